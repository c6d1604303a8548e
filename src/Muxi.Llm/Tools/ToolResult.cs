using System.Text.Json.Serialization.Metadata;

namespace Muxi.Llm;

/// <summary>What a tool gives back to the model: words, pictures, documents, or a failure that the model is to know of.</summary>
public sealed record ToolResult
{
    /// <summary>What it gives, in order.</summary>
    public IReadOnlyList<ContentPart> Parts { get; init; } = [];

    /// <summary>Whether it tells of a failure.</summary>
    public bool IsError { get; init; }

    /// <summary>The words of all parts together.</summary>
    public string Text => string.Concat(Parts.Select(part => part.Text));

    /// <summary>Words, and nothing else.</summary>
    public static ToolResult FromText(string text) => new() { Parts = [ContentPart.FromText(text)] };

    /// <summary>Words, pictures, documents: <c>ToolResult.FromParts("The radar:", Image.FromFile("radar.png"))</c>.</summary>
    public static ToolResult FromParts(params ContentPart[] parts) => new() { Parts = parts };

    /// <summary>What went wrong, in words for the model.</summary>
    public static ToolResult FromError(string error) => FromText(error) with { IsError = true };

    /// <summary>A value as its JSON.</summary>
    public static ToolResult FromJson<T>(T value, JsonTypeInfo<T> type) => value switch { null => new(), string text => FromText(text), _ => FromText(ToolValues.Json(value, type)) };

    /// <summary>Words are a result.</summary>
    public static implicit operator ToolResult(string text) => FromText(text);

    /// <summary>A picture or a document is a result.</summary>
    public static implicit operator ToolResult(ContentPart part) => FromParts(part);

    /// <summary>The message that answers a call with this.</summary>
    public Message ToMessage(string toolCallId) => new()
    {
        // Some services refuse a result that says nothing.
        Role = Role.Tool, ToolCallId = toolCallId, Blocks = Parts.Count == 0 || Parts is [{ Text: "" }] ? [ContentPart.FromText("(nothing)")] : Parts, IsError = IsError ? true : null,
    };
}

/// <summary>Raised by a tool to tell the model what went wrong: its message goes to the model, as that of other exceptions does not.</summary>
public sealed class ToolErrorException(string message, Exception? inner = null) : Exception(message, inner);
