using System.Reflection;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Muxi.Llm.Tests;

/// <summary>Half an operation looks supported until somebody calls the other half.</summary>
public class Law05_A_verb_is_complete_or_absent
{
    private const string Mend = "Write the missing part, or take the operation off the provider until it is whole.";

    [Fact]
    public void Every_dialect_renders_parses_and_folds()
    {
        var verbs = typeof(LlmClient).Assembly.GetTypes().Where(type => !type.IsAbstract && Quirks.IsVerb(type)).ToArray();

        Assert.NotEmpty(verbs);
        Law.Holds(verbs.SelectMany(Check), Mend);
    }

    [Fact]
    public void No_dialect_puts_a_part_off() =>
        Law.Holds(Sources.Library.Where(source => source.IsUnder("src/Muxi.Llm/Dialects")).SelectMany(Check), Mend);

    [Fact]
    public async Task An_operation_that_a_provider_lacks_is_unsupported_and_nothing_is_sent()
    {
        using var handler = new Untouchable();
        using var client = new LlmClient(new() { Providers = [new("mute", "http://mute.invalid/v1", Auth.None)], Handler = handler, Environment = _ => null });
        var request = new ChatCompletionRequest { Model = "mute/any", Messages = [Message.User("Hi")] };

        var whole = await Assert.ThrowsAsync<UnsupportedFeatureException>(() => client.Chat.Completions.CreateAsync(request, null, TestContext.Current.CancellationToken));
        var streamed = await Assert.ThrowsAsync<UnsupportedFeatureException>(async () =>
        {
            await foreach (var _ in client.Chat.Completions.StreamAsync(request, null, TestContext.Current.CancellationToken)) { }
        });

        Assert.All([whole, streamed], error =>
        {
            Assert.Contains("mute", error.Message, StringComparison.Ordinal);
            Assert.Contains("chat", error.Message, StringComparison.Ordinal);
            Assert.Equal("mute", error.Provider);
            Assert.Equal(ErrorKind.Unsupported, error.Kind);
        });
        Assert.False(handler.WasTouched);
    }

    [Fact]
    public void The_law_catches_a_planted_breach()
    {
        Law.Catches(Check(typeof(Half)), "Half.Parse");
        Law.Catches(Check(typeof(HalfStream)), "HalfStream.Parse");
        Law.Catches(Check(new Source("src/Muxi.Llm/Dialects/Planted.cs", """
            class Planted
            {
                void A() => throw new NotSupportedException();
                void B() { throw new System.NotImplementedException("later"); }
                void Fine() => throw new JsonException();
            }
            """)), 3, 4);
    }

    private static IEnumerable<Breach> Check(Type verb)
    {
        var open = verb.GetInterfaces().Where(one => one.IsGenericType).Select(one => one.GetGenericTypeDefinition()).ToArray();
        string[] parts = ["Render", .. open.Contains(typeof(IVerb<,>)) || open.Contains(typeof(IStreamVerb<,>)) ? (string[])["Parse"] : [], .. open.Contains(typeof(IStreamVerb<,>)) ? (string[])["Fold"] : [], .. open.Contains(typeof(IContentVerb<>)) ? (string[])["Accepts"] : []];
        const BindingFlags Any = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;
        return parts.Where(part => !verb.GetMethods(Any).Any(method => method.Name == part && !method.IsAbstract))
            .Select(part => new Breach($"{verb.Name}.{part}", 0, $"a verb without {part} is half a verb"));
    }

    private static IEnumerable<Breach> Check(Source source) =>
        source.All<ObjectCreationExpressionSyntax>()
            .Where(made => made.Type.ToString().EndsWith("NotImplementedException", StringComparison.Ordinal) || made.Type.ToString().EndsWith("NotSupportedException", StringComparison.Ordinal))
            .Select(made => source.Breach(made, $"{made.Type} in a dialect"));

    private sealed class Untouchable : HttpMessageHandler
    {
        public bool WasTouched { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            WasTouched = true;
            throw new InvalidOperationException("something was sent");
        }
    }

    private sealed class Half : IVerb<string, string>
    {
        public IExchange<string> Begin(string request, CallContext context) => throw new InvalidOperationException();
        public static HttpCall Render(string request) => new(HttpMethod.Get, request);
    }

    private sealed class HalfStream : IStreamVerb<string, string>
    {
        public Framing Framing => Framing.Sse;
        public HttpCall Render(string request, CallContext context) => new(HttpMethod.Get, request);
        public IFold<string> Fold(string request, CallContext context) => throw new InvalidOperationException();
    }
}
