using System.Text.Json;

namespace Muxi.Llm;

/// <summary>OpenAI's moderation. Reading takes any categories, and replies that do not say whether anything was found (Mistral).</summary>
/// <remarks>Source: OpenAI's OpenAPI document 2.3.0, <c>POST /moderations</c>.</remarks>
public sealed record OpenAIModerations : ModerationsDialect
{
    /// <summary>The path after the base URL.</summary>
    public string Path { get; init; } = "moderations";

    /// <summary>The path for a conversation; null where none is looked at.</summary>
    public string? ChatPath { get; init; }

    /// <summary>Whether parts, of which some are pictures, are looked at; where not, texts that are given as parts go as one.</summary>
    public bool Parts { get; init; } = true;

    /// <summary>How a conversation is written: plainly, as members that only a chat knows may be refused.</summary>
    internal static OpenAIChat Conversation { get; } = new() { NamedRoles = ["tool"], NullContent = false };

    /// <inheritdoc/>
    public override HttpCall Render(ModerationRequest request, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Input.Messages.Count > 0 && ChatPath is null) throw context.Refuse("input", "it looks at no conversations: give the texts");
        if (!Parts && request.Input.Parts is { Count: > 0 } parts)
        {
            if (parts.Any(static part => part.Type != ContentPartType.Text)) throw context.Refuse("input", "it looks at no pictures: give texts alone");
            request = request with { Input = string.Join("\n", parts.Select(static part => part.Text)) };
        }
        var body = JsonOut.ToUtf8(request with { Model = context.Model }, static (json, asked) => ModerationRequestJson.Write(json, asked));
        return new(HttpMethod.Post, request.Input.Messages.Count > 0 ? ChatPath! : Path) { Body = body };
    }

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
