using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>
/// A model as a service of one wire format lets it be seen: reads a request strictly after the format's reference, and says things in the format. Written for
/// conformance suites alone and knows nothing of the library, so that each dialect is held against something else than itself.
/// </summary>
internal abstract class WireModel
{
    /// <summary>All of them, by the name of their wire format.</summary>
    public static IReadOnlyDictionary<string, WireModel> All { get; } = new Dictionary<string, WireModel>(ShapedServices.All)
    {
        ["openai-chat"] = new OpenAIWireModel(), ["anthropic-messages"] = new AnthropicWireModel(), ["openai-responses-chat"] = new OpenAIResponsesWireModel(),
        ["ollama-chat"] = new OllamaWireModel(),
        ["gemini-chat"] = new GeminiWireModel(),
        ["bedrock-converse"] = new BedrockWireModel(),
        ["cohere-chat"] = new CohereWireModel(),
        ["openai-chat as responses"] = new ServedWireModel(new OpenAIWireModel(), "chat-only/gpt-test"), ["anthropic-messages as responses"] = new ServedWireModel(new AnthropicWireModel(), "anthropic/claude-sonnet-4-5"),
    };

    /// <summary>Those that call no tools.</summary>
    public static IReadOnlyDictionary<string, WireModel> Toolless { get; } = new Dictionary<string, WireModel>(ShapedServices.Toolless) { ["replicate-chat"] = new ReplicateWireModel() };

    /// <summary>The library's name of the model, <c>provider/model</c>.</summary>
    public abstract string Name { get; }

    /// <summary>What the service calls the model in its replies.</summary>
    public abstract string Vendors { get; }

    /// <summary>The path that is asked.</summary>
    public abstract string Path { get; }

    /// <summary>Whether a request asks for a stream.</summary>
    public virtual bool Streams(SeenRequest request) => request.Text.Contains("\"stream\":true", StringComparison.Ordinal);

    /// <summary>Whether a request names the model, and asks at the path for it.</summary>
    public virtual bool IsFor(string model, SeenRequest request) => request.Target.EndsWith("/" + Path, StringComparison.Ordinal) && request.Text.Contains($"\"model\":\"{model}\"", StringComparison.Ordinal);

    /// <summary>Whether calls can be forbidden where there were some before; where not, that is a warning.</summary>
    public virtual bool ForbidsFurtherCalls => true;

    /// <summary>Whether the format can say which tool must be called, and how many at once.</summary>
    public virtual bool Chooses => true;

    /// <summary>Whether it can be said that a tool must be called; where not, that is a warning.</summary>
    public virtual bool Forces => Chooses;

    /// <summary>Whether an answer can be held to a schema; where not, that is a warning.</summary>
    public virtual bool TakesSchemas => true;

    /// <summary>Whether thinking comes apart from the text, and goes back before the calls that it led to.</summary>
    public virtual bool Thinks => true;

    /// <summary>Whether several calls at once can be forbidden; where not, that is a warning.</summary>
    public virtual bool ForbidsParallelCalls => Chooses;

    /// <summary>Whether it says between which words a picture stands.</summary>
    public virtual bool PlacesPictures => true;

    /// <summary>Whether it signs thinking.</summary>
    public virtual bool Signs => true;

    /// <summary>Whether an answer can be a refusal.</summary>
    public virtual bool Refuses => true;

    /// <summary>Whether it says that an answer was cut by the limit of tokens.</summary>
    public virtual bool TellsCuts => true;

    /// <summary>Whether the service reads the addresses of pictures itself.</summary>
    public virtual bool ReadsAddresses => true;

    /// <summary>Whether the format tells a refusal of the model's from an answer that a filter has cut.</summary>
    public virtual bool TellsRefusals => true;

    /// <summary>The one whose wire format a dialect speaks.</summary>
    public static WireModel Of(ChatDialect dialect) => dialect switch
    {
        OpenAIChat { StreamPath: { } path, Path: var whole } => new PathWireModel { At = whole, Streamed = path },
        ReplicateChat => new ReplicateWireModel(),
        OpenAIChat { Path: var path } => path == "chat/completions" ? All["openai-chat"] : new OpenAIWireModel { At = path.Split("../")[^1] },
        AnthropicMessages => All["anthropic-messages"],
        OpenAIResponsesChat => All["openai-responses-chat"],
        OllamaChat => All["ollama-chat"],
        GeminiChat => All["gemini-chat"],
        BedrockConverse => All["bedrock-converse"],
        CohereChat => All["cohere-chat"],
        _ => throw new ArgumentException($"there is no wire model for {dialect.GetType().Name}", nameof(dialect)),
    };

    /// <summary>What a request says; fails where the service would refuse it.</summary>
    public virtual SeenChat Read(SeenRequest request) => Read(JsonNode.Parse(request.Text, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false })!.AsObject());

    /// <summary>The reply in which the model says these things, whole or streamed in small pieces.</summary>
    public virtual CannedReply Say(bool stream, params Said[] said) => stream ? CannedReply.Sse(Events(said)) : CannedReply.Json(Whole(said).ToJsonString());

    protected abstract SeenChat Read(JsonObject body);

    protected abstract JsonObject Whole(Said[] said);

    protected abstract string Events(Said[] said);

    /// <summary>The text in pieces of a few characters, of which none is cut in half.</summary>
    protected static IEnumerable<string> Pieces(string text, int length = 7)
    {
        var piece = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            piece.Append(rune.ToString());
            if (piece.Length < length) continue;
            yield return piece.ToString();
            piece.Clear();
        }
        if (piece.Length > 0) yield return piece.ToString();
    }

    /// <summary>Fails where an object has a member that the format does not know, or lacks one that it needs.</summary>
    protected static JsonObject Only(JsonNode? node, string[] needed, params string[] also)
    {
        var members = Assert.IsType<JsonObject>(node);
        Assert.All(needed, name => Assert.True(members.ContainsKey(name), $"'{name}' is missing: {members.ToJsonString()}"));
        Assert.All(members, member => Assert.True(needed.Contains(member.Key) || also.Contains(member.Key), $"'{member.Key}' is not of the format: {members.ToJsonString()}"));
        return members;
    }

    protected static string Text(JsonNode? node) => Assert.IsAssignableFrom<JsonValue>(node).GetValue<string>();

    protected static (string Type, string Data) DataUri(string uri)
    {
        var comma = uri.IndexOf(',', StringComparison.Ordinal);
        Assert.True(uri.StartsWith("data:", StringComparison.Ordinal) && uri[..comma].EndsWith(";base64", StringComparison.Ordinal), uri[..Math.Min(uri.Length, 60)]);
        return (uri["data:".Length..(comma - ";base64".Length)], uri[(comma + 1)..]);
    }

    protected static string Event(JsonNode data, string? type = null) => (type is null ? "" : $"event: {type}\n") + $"data: {data.ToJsonString()}\n\n";
}

/// <summary>One thing that a model says.</summary>
internal abstract record Said
{
    public sealed record Words(string Text) : Said;
    public sealed record Call(string Id, string Name, string Arguments) : Said;

    /// <summary>Thinking, where the format has it.</summary>
    public sealed record Thinking(string Text, string Signature) : Said;

    /// <summary>That it will not answer, and why.</summary>
    public sealed record Refusal(string Text) : Said;

    /// <summary>After what was said before it, the limit of tokens.</summary>
    public sealed record Cut : Said;
}

/// <summary>What a request says, whatever its format.</summary>
internal sealed record SeenChat(string? System, IReadOnlyList<SeenTurn> Turns, IReadOnlyList<SeenTool> Tools, string? ToolChoice, bool? Parallel)
{
    /// <summary>The form that the answer must have: <c>json_schema</c>, <c>json_object</c>; null for any.</summary>
    public string? Format { get; init; }

    /// <summary>The schema of that form.</summary>
    public JsonNode? Schema { get; init; }

    /// <summary>The conversation as lines, to compare at a glance.</summary>
    public IEnumerable<string> Lines => Turns.Select(turn => $"{turn.Role}: {string.Join(" | ", turn.Parts)}");
}

/// <summary>A turn: <c>user</c>, <c>assistant</c>, or <c>tool</c> for a tool's result.</summary>
internal sealed record SeenTurn(string Role, IReadOnlyList<SeenPart> Parts);

/// <summary>A part of a turn.</summary>
internal abstract record SeenPart
{
    public sealed record Words(string Text) : SeenPart { public override string ToString() => Text; }
    public sealed record Picture(string Source) : SeenPart { public override string ToString() => $"<{Source}>"; }
    public sealed record Call(string Id, string Name, JsonNode Arguments) : SeenPart { public override string ToString() => $"{Id}={Name}({Arguments.ToJsonString(_plain)})"; }
    public sealed record Result(string Id, bool IsError, IReadOnlyList<SeenPart> Parts) : SeenPart { public override string ToString() => $"{Id}{(IsError ? " failed" : "")}: {string.Join(" + ", Parts)}"; }
    public sealed record Thinking(string Text, string Signature) : SeenPart { public override string ToString() => $"({Text}/{Signature})"; }

    private static readonly JsonSerializerOptions _plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}

/// <summary>A tool as the model sees it.</summary>
internal sealed record SeenTool(string Name, string? Description, JsonNode? Schema);
