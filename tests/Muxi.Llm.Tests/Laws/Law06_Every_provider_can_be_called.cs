using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Provider data rots where nothing reads it: each one is called for each operation that it claims, at its own address, with the key from each of its variables.</summary>
public class Law06_Every_provider_can_be_called
{
    /// <summary>What stands in the braces of an address: a region, a project.</summary>
    private const string Part = "here-1";

    private const string Chat = "chat", Stream = "chat, streamed";

    /// <summary>The sandbox answers inside the process and has no address.</summary>
    private static IEnumerable<Provider> Called => Catalog.BuiltIn.Where(provider => provider.InProcess is null);

    public static TheoryData<string, string> Claims => [.. Called.SelectMany(provider => Claimed(provider).Select(operation => new TheoryDataRow<string, string>(provider.Name, operation)))];

    [Theory, MemberData(nameof(Claims))]
    public async Task At_its_own_address_with_the_key_from_each_of_its_variables(string name, string operation)
    {
        var (provider, call) = (Of(name), CallOf(Of(name), operation));

        foreach (var variable in provider.CredentialVariables.DefaultIfEmpty(""))
        {
            var (request, body, said) = await CallAsync(provider, call, asked => asked == variable ? "the-key" : null);

            Assert.Equal(Url(provider, call), request.RequestUri!.AbsoluteUri);
            Assert.Equal(call.Method, request.Method.Method);
            if (variable.Length > 0)
            {
                var auth = provider.KeyVariables.Contains(variable) ? provider.Auth : provider.Auth.Others.First(other => other.Variables.Contains(variable));
                Assert.Equal(auth.Prefix + "the-key", Assert.Single(request.Headers.GetValues(auth.Header)));
            }
            Assert.All(provider.Headers, header => Assert.Equal(header.Value, Assert.Single(request.Headers.GetValues(header.Key))));
            if (call.Method == "POST" && !RunsOneModel(provider, operation)) Assert.True(Names((Fact(DialectOf(provider, operation), "ShortModel") is true ? "" : provider.ModelPrefix) + "m", request, body), $"the model is neither in {request.RequestUri} nor in {body}");
            Assert.Equal(CalledOperation.Said, said);
        }
    }

    [Theory, MemberData(nameof(Claims))]
    public async Task Without_a_key_only_where_none_is_needed(string name, string operation)
    {
        var (provider, call) = (Of(name), CallOf(Of(name), operation));

        if (!provider.Auth.IsRequired)
        {
            var (request, _, _) = await CallAsync(provider, call, _ => null);
            Assert.Null(request.Headers.Authorization);
            return;
        }
        var error = await Assert.ThrowsAsync<ConfigurationException>(() => CallAsync(provider, call, _ => null));
        Assert.Contains(provider.KeyVariables[0], error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_sent_in_OpenAIs_format_is_what_its_document_takes()
    {
        var bodies = new List<(string Schema, string Body)>();
        foreach (var provider in Called)
            foreach (var call in Claimed(provider).Select(operation => CallOf(provider, operation)))
                if (call.Schema is { } schema && !IsOwnForm(DialectOf(provider, call.Operation))) bodies.Add((schema, (await CallAsync(provider, call, asked => provider.CredentialVariables.Contains(asked) ? "the-key" : null)).Body));

        Assert.True(bodies.Count > 100, $"only {bodies.Count} bodies");
        await OpenAISchemas.ExpectValidAsync(bodies.Distinct());
    }

    [Fact]
    public void Every_operation_of_the_library_has_a_row()
    {
        var called = CalledOperation.All.Select(call => call.Operation).ToHashSet();

        Assert.Empty(Operations.Of(Providers.Sandbox).Except([Chat]).Except(called));
    }

    /// <summary>Embeddings that are asked with words which OpenAI's format lacks.</summary>
    private static bool IsOwnForm(Dialect dialect) => dialect is OpenAIChat { Renames: var names } && names.ContainsKey("model") || dialect is OpenAIEmbeddings { SmallNumbers: true } or OpenAIEmbeddings { Defaults.Count: > 0 };

    private static Provider Of(string name) => Catalog.BuiltIn.Single(one => one.Name == name);

    private static IEnumerable<string> Claimed(Provider provider) =>
        (provider.Chat is null ? [] : new[] { Chat, Stream }).Concat(Operations.Of(provider).Where(operation => operation != Chat)).Concat(provider.Models is null ? [] : ["models"]);

    /// <summary>How the provider is asked for an operation: the row of its dialect.</summary>
    private static CalledOperation CallOf(Provider provider, string operation)
    {
        if (operation is Chat or Stream) return ChatOf(provider.Chat!.ForModel("m"), operation == Stream);
        var dialect = DialectOf(provider, operation);
        return CalledOperation.All.SingleOrDefault(call => call.Operation == operation && call.Format == dialect.GetType())
            ?? throw new ArgumentException($"CalledOperation.All has no row for {operation} by {dialect.GetType().Name}", nameof(operation));
    }

    /// <summary>A chat, which the wire's own model answers: it reads strictly after the format's reference.</summary>
    private static CalledOperation ChatOf(ChatDialect dialect, bool stream)
    {
        var wire = WireModel.Of(dialect);
        var reply = wire.Say(stream, new Said.Words(CalledOperation.Said));
        return new(stream ? Stream : Chat, dialect.GetType(), "POST", "", Convert.ToBase64String(reply.Body), async (client, provider) => stream
            ? (await client.AskStream($"{provider}/m").WholeAsync()).Text!
            : (await client.AskAsync($"{provider}/m")).Text!);
    }

    private static Dialect DialectOf(Provider provider, string operation) => operation switch
    {
        Chat or Stream => provider.Chat!.ForModel("m"),
        "embeddings" => provider.Embeddings!.ForModel("m"),
        "rerank" => provider.Rerank!.ForModel("m"),
        "images" => provider.Images!.ForModel("m"),
        "speech" => provider.Speech!.ForModel("m"),
        "transcription" => provider.Transcription!.ForModel("m"),
        "translation" => provider.Translation!.ForModel("m"),
        "models" => provider.Models!,
        _ => (Dialect)Operations.DialectOf(provider, operation)!,
    };

    private static string Url(Provider provider, CalledOperation call)
    {
        var dialect = DialectOf(provider, call.Operation);
        var stream = call.Operation == Stream ? dialect.GetType().GetProperty("StreamPath")?.GetValue(dialect) as string : null;
        var path = stream is { Length: > 0 } ? stream : (string)dialect.GetType().GetProperty("Path")!.GetValue(dialect)!;
        var address = provider.UrlParts.Aggregate(provider.BaseUrl, static (url, part) => url.Replace($"{{{part.Name}}}", Part, StringComparison.Ordinal));
        var model = provider.ModelPrefix + "m";
        return new Uri(new Uri(address + "/"), (Fact(dialect, "VendorUrl") as string ?? path).Replace("{model}", model, StringComparison.Ordinal).Replace("{segment}", model, StringComparison.Ordinal) + call.Suffix).AbsoluteUri;
    }

    /// <summary>Servers that run one model, and ask nobody for which.</summary>
    private static bool RunsOneModel(Provider provider, string operation) =>
        operation is not (Chat or Stream) && DialectOf(provider, operation) is TgiCompletions or HuggingFaceEmbeddings { Runner: "" } or CohereRerank { ModelInBody: false, Path: "rerank" };

    private static object? Fact(Dialect dialect, string name) => dialect.GetType().GetProperty(name)?.GetValue(dialect);

    /// <summary>Whether the model stands in the address, in a member <c>model</c> or in the field of a form.</summary>
    private static bool Names(string model, HttpRequestMessage request, string body)
    {
        if ($"{request.RequestUri!.AbsolutePath}/".Replace(':', '/').Contains($"/{model}/", StringComparison.Ordinal)) return true;
        if (request.Content?.Headers.ContentType?.MediaType == "multipart/form-data") return body.Contains($"name=model\r\n\r\n{model}\r\n", StringComparison.Ordinal) || body.Contains($"name=\"model\"\r\n\r\n{model}\r\n", StringComparison.Ordinal);
        return (JsonNode.Parse(body)!["model"] ?? JsonNode.Parse(body)!["model_id"]).Str() == model;
    }

    private static async Task<(HttpRequestMessage Request, string Body, string Said)> CallAsync(Provider provider, CalledOperation call, Func<string, string?> environment)
    {
        using var handler = new Recorder(call);
        // The name that belongs to a secret, too.
        var parts = provider.UrlParts.SelectMany(part => part.Variables).Concat(provider.Auth.Others.SelectMany(static other => other.Exchange is { } exchange ? exchange.ClientVariables : [])).ToHashSet();
        using var client = new LlmClient(new() { Handler = handler, Environment = asked => environment(asked) ?? (parts.Contains(asked) ? Part : null), Retries = Calls.Once });
        var said = await call.AskAsync(client, provider.Name);
        return (handler.Seen!, handler.Body, said);
    }

    private sealed class Recorder(CalledOperation call) : HttpMessageHandler
    {
        public HttpRequestMessage? Seen { get; private set; }

        public string Body { get; private set; } = "";

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            // A credential that is exchanged becomes a token, which is taken for it here.
            if (request.Content?.Headers.ContentType?.MediaType == "application/x-www-form-urlencoded") return new(HttpStatusCode.OK) { Content = new StringContent("""{"access_token":"the-key","token_type":"Bearer","expires_in":3600}""") };
            Seen = request;
            Body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
            var isChat = call.Operation is Chat or Stream;
            var bytes = isChat ? Convert.FromBase64String(call.Reply) : Encoding.UTF8.GetBytes(call.Reply is "sound" or "picture" ? CalledOperation.Said : call.Reply.StartsWith("data:", StringComparison.Ordinal) ? call.Reply + "\n\n" : call.Reply);
            var type = call.Reply == "sound" ? "audio/mpeg" : call.Reply == "picture" ? "image/jpeg" : call.Operation == Stream || call.Reply.StartsWith("data:", StringComparison.Ordinal) ? "text/event-stream" : "application/json";
            if (call.Operation == Stream) type = WireModel.Of((ChatDialect)Activator.CreateInstance(call.Format)!).Say(true, new Said.Words("x")).Headers["content-type"];
            return new(HttpStatusCode.OK) { Content = new ByteArrayContent(bytes) { Headers = { { "Content-Type", type } } } };
        }
    }
}
