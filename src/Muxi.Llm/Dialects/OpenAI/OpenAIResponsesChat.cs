using System.Collections.Immutable;

namespace Muxi.Llm;

/// <summary>
/// Chat over OpenAI's responses (<c>POST /responses</c>): for models that have nothing else, and to carry a model's sealed thinking from turn to turn. Nothing is kept at
/// the service unless the request says so: what an answer is made of stands in its blocks and goes back with them.
/// </summary>
/// <remarks>Source: <c>CreateResponse</c> and <c>Response</c> in OpenAI's OpenAPI document 2.3.0.</remarks>
public sealed record OpenAIResponsesChat : ChatDialect
{
    /// <summary>The path after the base URL.</summary>
    public string Path { get; init; } = "responses";

    /// <summary>
    /// The name under which thinking and items of this service are known. A service that cannot read another one's has a name of its own: blocks of other names are not sent.
    /// </summary>
    public string BlockFormat { get; init; } = "responses";

    /// <summary>Whether sealed thinking is asked for (<c>include: ["reasoning.encrypted_content"]</c>); a model that does not think refuses that.</summary>
    public bool EncryptedReasoning { get; init; }

    /// <summary>Whether thinking that is not sealed goes back too. OpenAI looks for it among what it has kept, and refuses it where it kept nothing.</summary>
    public bool UnsealedReasoning { get; init; }

    /// <summary>What summary of the thinking is asked for: <c>auto</c>, <c>concise</c>, <c>detailed</c>; null asks for none.</summary>
    public string? ReasoningSummary { get; init; }

    /// <summary>Whether sound may stand in a user's message.</summary>
    public bool Sound { get; init; }

    /// <summary>The fewest tokens that an answer may be limited to; fewer are sent as this, with a warning. 0 for no such limit.</summary>
    public int MinOutputTokens { get; init; }

    /// <summary>The type of the service's tool that stands for <c>web_search_options</c>; null where there is none.</summary>
    public string? WebSearchTool { get; init; } = "web_search";

    /// <summary>Request members of the format that the service rejects: left out, with a warning.</summary>
    public ImmutableArray<string> Drops { get; init; } = [];

    /// <summary>Whether every message of the input must say that it is one (<c>"type": "message"</c>), which may be left out at OpenAI.</summary>
    public bool TypedMessages { get; init; }

    /// <summary>The member in which the form of an answer is asked for, in chat's shape (<c>response_format</c>); null for <c>text.format</c>.</summary>
    public string? FormatField { get; init; }

    /// <summary>How large a request is at most, in bytes, attachments in base64 included; 0 for no limit that is published.</summary>
    public long MaxRequestBytes { get; init; }

    /// <inheritdoc/>
    public override Framing Framing => Framing.Sse;

    /// <summary>The wire format itself; nothing is asked of it but answers.</summary>
    private OpenAIResponseCreation Wire => new() { Path = Path, Drops = Drops, FormatField = FormatField, TypedMessages = TypedMessages, MaxRequestBytes = MaxRequestBytes };

    /// <inheritdoc/>
    public override HttpCall Render(ChatCompletionRequest request, CallContext context, bool stream)
    {
        var warnings = new Warnings();
        var asked = ResponsesChatRequest.From(this, request, warnings);
        var call = stream ? Wire.Render(asked, context) : Wire.Begin(asked, context).Next(null).Call!;
        foreach (var warning in call.Warnings) warnings.Add(warning.Param, warning.Message);
        return call with { Warnings = warnings.Given };
    }

    /// <inheritdoc/>
    public override ChatCompletion Parse(HttpReply reply, CallContext context) => ResponsesChatReply.Parse(this, Wire, reply, context);

    /// <inheritdoc/>
    public override IFold<ChatCompletionChunk> Fold(CallContext context) => new ResponsesChatFold(this, Wire.Fold(new() { Model = context.Model }, context), context);
}
