using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Muxi.Llm.Tests;

/// <summary>What asks the machine for the time can only be tested by waiting.</summary>
public class Law12_Time_is_injected
{
    private const string Bans = "src/Muxi.Llm/BannedSymbols.txt";
    private const string Project = "src/Muxi.Llm/Muxi.Llm.csproj";

    private static readonly string[] _othersProjects = ["src/Muxi.Llm.Gateway/Muxi.Llm.Gateway.csproj", "src/Muxi.Llm.Cli/Muxi.Llm.Cli.csproj"];

    /// <summary>Where the system's clock is named: the default of the option, and the command line's edge.</summary>
    private static readonly string[] _edges = ["src/Muxi.Llm/Configuration/LlmOptions.cs", "src/Muxi.Llm.Cli/Terminal.cs", "src/Muxi.Llm.Cli/Program.cs"];

    private static readonly string[] _mustBeBanned =
    [
        "P:System.DateTime.Now", "P:System.DateTime.UtcNow", "P:System.DateTime.Today", "P:System.DateTimeOffset.Now", "P:System.DateTimeOffset.UtcNow",
        "T:System.Diagnostics.Stopwatch", "P:System.Environment.TickCount", "P:System.Environment.TickCount64",
        "T:System.Threading.Timer", "M:System.Threading.PeriodicTimer.#ctor(System.TimeSpan)",
        "M:System.Threading.CancellationTokenSource.#ctor(System.TimeSpan)", "M:System.Threading.CancellationTokenSource.#ctor(System.Int32)",
        "M:System.Threading.Tasks.Task.Delay(System.TimeSpan)", "M:System.Threading.Tasks.Task.Delay(System.TimeSpan,System.Threading.CancellationToken)",
        "M:System.Threading.Tasks.Task.Delay(System.Int32)", "M:System.Threading.Tasks.Task.Delay(System.Int32,System.Threading.CancellationToken)",
        "M:System.Threading.Thread.Sleep(System.TimeSpan)", "M:System.Threading.Thread.Sleep(System.Int32)",
    ];

    [Fact]
    public void The_system_clock_is_banned_by_the_compiler()
    {
        var bans = Sources.Read(Bans).Split('\n').Select(line => line.Split(';')[0].Trim()).ToHashSet();

        Assert.Empty(_mustBeBanned.Except(bans));
        Assert.Contains("<AdditionalFiles Include=\"BannedSymbols.txt\"", Sources.Read(Project), StringComparison.Ordinal);
        Assert.All(_othersProjects, project => Assert.Contains("<AdditionalFiles Include=\"../Muxi.Llm/BannedSymbols.txt\"", Sources.Read(project), StringComparison.Ordinal));
    }

    [Fact]
    public void Nothing_lifts_the_ban() =>
        Law.Holds(
            Sources.Shipped.SelectMany(Check).Concat(((string[])[Project, .. _othersProjects, "Directory.Build.props", ".editorconfig"]).SelectMany(file => CheckSettings(file, Sources.Read(file)))),
            "Take a TimeProvider (LlmOptions.TimeProvider) and ask it; pass it to Task.Delay and CancellationTokenSource.");

    [Fact]
    public void The_law_catches_a_planted_breach()
    {
        Law.Catches(Check(new Source("src/Muxi.Llm/Planted.cs", """
            class Planted
            {
            #pragma warning disable RS0030 // just this once
                DateTime A() => DateTime.Now;
                [SuppressMessage("ApiDesign", "RS0030")] void B() { }
                TimeProvider C() => TimeProvider.System;
                TimeProvider Good(TimeProvider clock) => clock;
            #pragma warning disable
            }
            """)), 3, 5, 6, 8);
        Law.Catches(CheckSettings("Planted.csproj", "<Project>\n<NoWarn>$(NoWarn);RS0030</NoWarn>\n</Project>"), 2);
        Law.Catches(CheckSettings(".editorconfig", "[*.cs]\ndotnet_diagnostic.RS0030.severity = none"), 2);
    }

    private static IEnumerable<Breach> Check(Source source)
    {
        foreach (var pragma in source.Root.DescendantNodes(descendIntoTrivia: true).OfType<PragmaWarningDirectiveTriviaSyntax>())
            if (pragma.ErrorCodes.Count == 0 || pragma.ErrorCodes.Any(code => code.ToString() == "RS0030")) yield return source.Breach(pragma, "the ban is lifted");
        foreach (var attribute in source.All<AttributeSyntax>())
            if (attribute.ToString().Contains("RS0030", StringComparison.Ordinal)) yield return source.Breach(attribute, "the ban is lifted");
        foreach (var access in source.All<MemberAccessExpressionSyntax>())
            if (access.ToString().EndsWith("TimeProvider.System", StringComparison.Ordinal) && !_edges.Contains(source.Path)) yield return source.Breach(access, "the system's clock instead of the injected one");
    }

    private static IEnumerable<Breach> CheckSettings(string path, string text) =>
        text.Split('\n').Index().Where(line => line.Item.Contains("RS0030", StringComparison.Ordinal)).Select(line => new Breach(path, line.Index + 1, "the ban is lifted"));
}
