namespace Muxi.Llm.Cli;

/// <summary>What a service was asked and what our reading of its reply is, both in canonical JSON.</summary>
/// <param name="Reply">The reply.</param>
/// <param name="Warnings">What was not sent as asked.</param>
internal sealed record Outcome(string Reply, IReadOnlyList<Warning> Warnings);

/// <summary>One thing to ask a service, so that its reply is recorded: small, cheap, and the same for all.</summary>
/// <param name="Name">What it is called on the command line and in the folder's name.</param>
/// <param name="What">What is asked, in a few words.</param>
/// <param name="Operation">Which operation it is, as <see cref="Operations"/> calls it.</param>
internal sealed record Scenario(string Name, string What, string Operation)
{
    /// <summary>The request in canonical JSON, for a model as <c>provider/model</c>.</summary>
    public required Func<string, string> Request { get; init; }

    /// <summary>Asks.</summary>
    public required Func<LlmClient, string, CancellationToken, Task<Outcome>> AskAsync { get; init; }

    /// <summary>Whether the reply is a stream.</summary>
    public bool IsStreamed { get; init; }

    /// <summary>Whether an error is what is wanted.</summary>
    public bool IsOfAnError { get; init; }

    private const string Png = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAIAAAD8GO2jAAAAJ0lEQVR42u3NsQkAAAjAsP7/tF7hIASyp6lTCQQCgUAgEAgEgi/BAjLD/C5w/SM9AAAAAElFTkSuQmCC";

    private const string NoKey = "sk-this-is-no-key-of-anybodys";

    private static readonly ResponseFormat _person = ResponseFormat.JsonSchema(
        "person", """{"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer"}},"required":["name","age"],"additionalProperties":false}""");

    private static readonly Tool _weather = Tool.FromFunction("get_weather", "Tells the weather in a city.", """{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}""");

    /// <summary>All of them, in the order in which they are listed.</summary>
    public static IReadOnlyList<Scenario> All { get; } = [.. Made()];

    private static IEnumerable<Scenario> Made()
    {
        foreach (var isStreamed in (bool[])[false, true])
        {
            yield return Chat("chat", "a short answer", Asking("Say hello in one short sentence."), isStreamed);
            yield return Chat("tools", "calls of a tool, two at once where the model can", Asking("What is the weather in Paris and in Rome? Use the tool.") with { Tools = [_weather] }, isStreamed);
            yield return Chat("tool-results", "an answer from a tool's result", Asking("What is the weather in Paris?") with
            {
                Messages =
                [
                    Message.User("What is the weather in Paris?"),
                    new() { Role = Role.Assistant, ToolCalls = [new() { Id = "call_a1", Function = new("get_weather", """{"city":"Paris"}""") }] }, Message.Tool("call_a1", "18 degrees and sunny"),
                ],
                Tools = [_weather],
            }, isStreamed);
            yield return Chat("schema", "JSON after a schema", Asking("Invent a person.") with { ResponseFormat = _person }, isStreamed);
            yield return Chat("vision", "a picture, all red", Asking("") with { Messages = [Message.User(ContentPart.FromText("Which colour is this picture? One word."), new() { Type = ContentPartType.ImageUrl, ImageUrl = new(Png) })] }, isStreamed);
            yield return Chat("reasoning", "an answer that is thought about, at low effort", Asking("Which is larger, 9.11 or 9.9?") with { ReasoningEffort = "low" }, isStreamed);
            yield return Completion(isStreamed);
            yield return Response(isStreamed);
        }
        yield return Embeddings();
        yield return Reranking();
        yield return Moderations();
        yield return Models();
        yield return Chat("bad-key", "the error of a key that is none", Asking("Hi"), false, NoKey);
        yield return Chat("unknown-model", "the error of a model that there is not", Asking("Hi"), false) with { IsOfAnError = true };
        yield return Chat("unknown-model", "the same of a stream", Asking("Hi"), true) with { IsOfAnError = true };
        yield return Chat("bad-request", "the error of a value that makes no sense", Asking("Hi") with { Temperature = 99 }, false) with { IsOfAnError = true };
    }

    private static ChatCompletionRequest Asking(string prompt) => new() { Model = "", Messages = [Message.User(prompt)] };

    private static Scenario Chat(string name, string what, ChatCompletionRequest request, bool isStreamed, string? key = null) => new(isStreamed ? $"{name}-stream" : name, isStreamed ? $"{what}, streamed" : what, Operations.Chat)
    {
        IsStreamed = isStreamed,
        IsOfAnError = key is not null,
        Request = model => (request with { Model = model }).ToIndentedJson(),
        AskAsync = async (client, model, cancellationToken) =>
        {
            var (asked, options) = (request with { Model = model }, new RequestOptions { ApiKey = key });
            var reply = isStreamed ? await client.Chat.Completions.StreamAsync(asked, options, cancellationToken).ToCompletionAsync(cancellationToken) : await client.Chat.Completions.CreateAsync(asked, options, cancellationToken);
            return new(reply.ToJson(), reply.Warnings);
        },
    };

    private static Scenario Completion(bool isStreamed)
    {
        static CompletionRequest Request(string model) => new() { Model = model, Prompt = "Once upon a time", MaxTokens = 12 };
        return new(isStreamed ? "completion-stream" : "completion", isStreamed ? "a text that is gone on with, streamed" : "a text that is gone on with", Operations.Completions)
        {
            IsStreamed = isStreamed,
            Request = model => Request(model).ToIndentedJson(),
            AskAsync = async (client, model, cancellationToken) =>
            {
                var reply = isStreamed ? await client.Completions.StreamAsync(Request(model), null, cancellationToken).ToCompletionAsync(cancellationToken) : await client.Completions.CreateAsync(Request(model), null, cancellationToken);
                return new(reply.ToJson(), reply.Warnings);
            },
        };
    }

    private static Scenario Response(bool isStreamed)
    {
        static ResponseRequest Request(string model) => new() { Model = model, Input = "Say hello in one short sentence.", Store = false };
        return new(isStreamed ? "response-stream" : "response", isStreamed ? "a response, streamed" : "a response", Operations.Responses)
        {
            IsStreamed = isStreamed,
            Request = model => Request(model).ToIndentedJson(),
            AskAsync = async (client, model, cancellationToken) =>
            {
                var reply = isStreamed ? await client.Responses.StreamAsync(Request(model), null, cancellationToken).ToResponseAsync(cancellationToken) : await client.Responses.CreateAsync(Request(model), null, cancellationToken);
                return new(reply.ToJson(), reply.Warnings);
            },
        };
    }

    private static Scenario Embeddings()
    {
        static EmbeddingRequest Request(string model) => new() { Model = model, Input = (string[])["a red apple", "the sea at night"] };
        return new("embeddings", "two texts as numbers", Operations.Embeddings)
        {
            Request = model => Request(model).ToIndentedJson(),
            AskAsync = async (client, model, cancellationToken) =>
            {
                var reply = await client.Embeddings.CreateAsync(Request(model), null, cancellationToken);
                return new(reply.ToJson(), reply.Warnings);
            },
        };
    }

    private static Scenario Reranking()
    {
        static RerankRequest Request(string model) => new() { Model = model, Query = "Where do fish live?", Documents = ["Apples are red.", "The sea is full of fish."], TopN = 2 };
        return new("rerank", "two documents in order of what they say to a question", Operations.Rerank)
        {
            Request = model => Request(model).ToIndentedJson(),
            AskAsync = async (client, model, cancellationToken) =>
            {
                var reply = await client.Rerank.CreateAsync(Request(model), null, cancellationToken);
                return new(reply.ToJson(), reply.Warnings);
            },
        };
    }

    private static Scenario Moderations()
    {
        static ModerationRequest Request(string model) => new() { Model = model, Input = "I like apples." };
        return new("moderation", "whether a text is harmful", Operations.Moderations)
        {
            Request = model => Request(model).ToIndentedJson(),
            AskAsync = async (client, model, cancellationToken) =>
            {
                var reply = await client.Moderations.CreateAsync(Request(model), null, cancellationToken);
                return new(reply.ToJson(), reply.Warnings);
            },
        };
    }

    private static Scenario Models() => new("models", "the first page of the models that there are", Operations.Models)
    {
        Request = model => JsonText.Of(json =>
        {
            json.WriteStartObject();
            json.WriteString("provider", model.Split('/')[0]);
            json.WriteEndObject();
        }),
        AskAsync = async (client, model, cancellationToken) =>
        {
            var page = await client.Models.ListPageAsync(model.Split('/')[0], null, null, cancellationToken);
            return new($$"""{"object":"list","data":[{{string.Join(',', page.Data.Select(one => one.ToJson()))}}]}""", page.Warnings);
        },
    };
}
