using System.Net;
using System.Text;

namespace Muxi.Llm.Tests;

/// <summary>Provider data rots where nothing reads it: each one is called, at its own address, with the key from each of its variables.</summary>
public class Law06_Every_provider_can_be_called
{
    private const string Anthropics = """{"id":"1","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"Hello"}],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":1}}""";

    private const string Responses = """{"id":"1","object":"response","created_at":1,"status":"completed","model":"m","output":[{"id":"m1","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"Hello","annotations":[]}]}]}""";

    private const string Converse = """{"output":{"message":{"role":"assistant","content":[{"text":"Hello"}]}},"stopReason":"end_turn"}""";

    /// <summary>What stands in the braces of an address: a region, a project.</summary>
    private const string Part = "here-1";

    private const string Reply = """{"id":"1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}]}""";

    private const string Googles = """{"candidates":[{"content":{"parts":[{"text":"Hello"}],"role":"model"},"finishReason":"STOP"}],"modelVersion":"m","responseId":"1"}""";

    private const string Ollamas = """{"model":"m","created_at":"2026-08-04T19:59:11Z","message":{"role":"assistant","content":"Hello"},"done":true,"done_reason":"stop"}""";

    public static TheoryData<string> Names => [.. Called.Select(provider => provider.Name)];

    public static TheoryData<string, string> Variables
    {
        get
        {
            var rows = new TheoryData<string, string>();
            foreach (var provider in Called)
                foreach (var variable in provider.CredentialVariables) rows.Add(provider.Name, variable);
            return rows;
        }
    }

    /// <summary>The sandbox answers inside the process and has no address; who has no chat is called in the tests of what it has.</summary>
    private static IEnumerable<Provider> Called => Catalog.BuiltIn.Where(provider => provider.InProcess is null && provider.Chat is not null);

    [Theory]
    [MemberData(nameof(Variables))]
    public async Task At_its_own_address_with_the_key_from_each_of_its_variables(string name, string variable)
    {
        var provider = Catalog.BuiltIn.Single(one => one.Name == name);

        var (request, reply) = await CallAsync(name, asked => asked == variable ? "the-key" : null);

        var auth = provider.KeyVariables.Contains(variable) ? provider.Auth : provider.Auth.Alternative!;
        Assert.Equal($"{provider.UrlParts.Aggregate(provider.BaseUrl, static (url, part) => url.Replace($"{{{part.Name}}}", Part, StringComparison.Ordinal))}/{PathOf(provider.Chat!)}", request.RequestUri!.AbsoluteUri);
        Assert.Equal(HttpMethod.Post, request.Method);
        Assert.Equal(auth.Prefix + "the-key", Assert.Single(request.Headers.GetValues(auth.Header)));
        Assert.All(provider.Headers, header => Assert.Equal(header.Value, Assert.Single(request.Headers.GetValues(header.Key))));
        Assert.Equal("Hello", reply.Text);
        Assert.Equal(name, reply.Provider);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Without_a_key_only_where_none_is_needed(string name)
    {
        var provider = Catalog.BuiltIn.Single(one => one.Name == name);

        if (provider.Auth.IsRequired)
        {
            var error = await Assert.ThrowsAsync<ConfigurationException>(() => CallAsync(name, _ => null));
            Assert.Contains(provider.KeyVariables[0], error.Message, StringComparison.Ordinal);
            return;
        }
        var (request, _) = await CallAsync(name, _ => null);
        Assert.Null(request.Headers.Authorization);
    }

    private static string PathOf(ChatDialect dialect) => dialect switch
    {
        OpenAIChat chat => chat.Path,
        AnthropicMessages messages => messages.Path,
        OpenAIResponsesChat responses => responses.Path,
        GeminiChat chat => chat.Path.Replace("{model}", "m", StringComparison.Ordinal),
        BedrockConverse converse => converse.Path.Replace("{model}", "m", StringComparison.Ordinal),
        OllamaChat chat => chat.Path,
        _ => throw new ArgumentException($"say what {dialect.GetType().Name} asks", nameof(dialect)),
    };

    private static async Task<(HttpRequestMessage Request, ChatCompletion Reply)> CallAsync(string name, Func<string, string?> environment)
    {
        using var handler = new Recorder();
        var parts = Catalog.BuiltIn.Single(one => one.Name == name).UrlParts;
        using var client = new LlmClient(new() { Handler = handler, Environment = asked => environment(asked) ?? (parts.Any(part => part.Variables.Contains(asked)) ? Part : null), Retries = Calls.Once });
        var reply = await client.Chat.Completions.CreateAsync(new() { Model = $"{name}/m", Messages = [Message.User("Hi")] }, null, TestContext.Current.CancellationToken);
        return (handler.Seen!, reply);
    }

    private sealed class Recorder : HttpMessageHandler
    {
        public HttpRequestMessage? Seen { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Seen = request;
            var path = request.RequestUri!.AbsolutePath;
            var reply = path[(path.LastIndexOf('/') + 1)..] switch { "messages" => Anthropics, "responses" => Responses, "converse" => Converse, "chat" => Ollamas, "m:generateContent" => Googles, _ => Reply };
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(reply, Encoding.UTF8, "application/json") });
        }
    }
}
