using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Muxi.Llm.Tests;

/// <summary>A dialect is a function of its input: it can be tested without a network, and turned round for the gateway.</summary>
public class Law02_Dialects_are_pure
{
    private static readonly HashSet<string> _worldlyTypes =
    [
        "HttpClient", "HttpMessageInvoker", "HttpMessageHandler", "HttpClientHandler", "SocketsHttpHandler", "Socket", "ClientWebSocket",
        "Environment", "File", "Directory", "Console", "Process",
        "TimeProvider", "Stopwatch", "Timer", "PeriodicTimer",
        "Random", "RandomNumberGenerator",
        "Task", "ValueTask", "TaskCompletionSource", "Thread", "ThreadPool", "Parallel", "IAsyncEnumerable", "CancellationToken",
    ];

    private static readonly HashSet<string> _worldlyMembers = ["NewGuid", "CreateVersion7", "UtcNow", "Today", "GetTimestamp"];

    [Fact]
    public void They_use_no_client_environment_clock_chance_or_task() =>
        Law.Holds(
            Sources.Library.Where(source => source.IsUnder("src/Muxi.Llm/Dialects")).SelectMany(Check),
            "Take it from CallContext (now, request id, made-up ids); what must wait or be sent is a step of an exchange, which the transport drives.");

    [Fact]
    public void The_law_catches_a_planted_breach()
    {
        var planted = new Source("src/Muxi.Llm/Dialects/Planted.cs", """
            class Planted
            {
                string A() => Environment.GetEnvironmentVariable("X");
                DateTimeOffset B() => DateTimeOffset.UtcNow;
                Guid C() => Guid.NewGuid();
                async void D() => await E();
                List<ValueTask<int>> _e = [];
                int F() => new Random().Next();
                int G() => System.Environment.TickCount;
                DateTimeOffset Good(CallContext context) => context.Now;
                object AlsoGood() => new Part { File = ContentPartType.File };
            }
            """);

        Law.Catches(Check(planted), 3, 4, 5, 6, 7, 8, 9);
    }

    private static IEnumerable<Breach> Check(Source source) =>
        source.Names().Where(IsWorldly).Select(name => source.Breach(name, $"a dialect that uses {name} is no pure function"))
            .Concat(source.Root.DescendantTokens().Where(token => token.RawKind is (int)SyntaxKind.AsyncKeyword or (int)SyntaxKind.AwaitKeyword)
                .Select(token => source.Breach(token, "a dialect waits for nothing")));

    private static bool IsWorldly(SyntaxToken name)
    {
        if (name.Parent is { Parent: AssignmentExpressionSyntax { Parent: InitializerExpressionSyntax } set } && set.Left == name.Parent) return false;
        var access = name.Parent?.Parent as MemberAccessExpressionSyntax;
        var isMember = access?.Name == name.Parent;
        if (!isMember || access!.Expression.ToString().StartsWith("System", StringComparison.Ordinal)) return _worldlyTypes.Contains(name.ValueText);
        // A part of a message may be of the type File: a member is another thing than the type of its name.
        return _worldlyMembers.Contains(name.ValueText) || (name.ValueText == "Now" && access.Expression.ToString() is "DateTime" or "DateTimeOffset");
    }
}
