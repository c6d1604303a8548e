using System.Text.Json;

namespace Muxi.Llm;

/// <summary>OpenAI's moderation. Reading takes any categories, and replies that do not say whether anything was found (Mistral).</summary>
/// <remarks>Source: OpenAI's OpenAPI document 2.3.0, <c>POST /moderations</c>.</remarks>
public sealed record OpenAIModerations : ModerationsDialect
{
    /// <summary>The path after the base URL.</summary>
    public string Path { get; init; } = "moderations";

    /// <inheritdoc/>
    public override HttpCall Render(ModerationRequest request, CallContext context) =>
        new(HttpMethod.Post, Path) { Body = JsonOut.ToUtf8(request with { Model = context.Model }, static (json, asked) => ModerationRequestJson.Write(json, asked)) };

    /// <inheritdoc/>
    public override ModerationResponse Parse(HttpReply reply, CallContext context)
    {
        try
        {
            if (ModerationReply.Read(reply.Body.Span) is { } read && read.Extra["error"] is var error && (error.IsEmpty || error.ToElement().ValueKind == JsonValueKind.Null)) return read;
        }
        catch (JsonException)
        {
            // Not JSON, or JSON cut in the middle: the classifier says what it is.
        }
        throw context.Error(reply);
    }
}
