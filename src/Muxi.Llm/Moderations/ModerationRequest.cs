namespace Muxi.Llm;

/// <summary>A request to look whether something is harmful: every parameter of OpenAI's published schema. What is null is not sent.</summary>
/// <remarks>Source: CreateModerationRequest in OpenAI's OpenAPI document 2.3.0. A vendor's further parameters go into <see cref="Extra"/>.</remarks>
public sealed record ModerationRequest
{
    /// <summary><c>provider/model</c>, or an alias; another name without a slash is OpenAI's. An empty one is OpenAI's default model.</summary>
    public string Model { get; init; } = "";

    /// <summary>What is looked at.</summary>
    public required ModerationInput Input { get; init; }

    /// <summary>Further parameters, sent as they are; one of a known name goes before the typed one.</summary>
    public Extra Extra { get; init; }

    /// <summary>Reads a request in OpenAI's JSON form.</summary>
    /// <exception cref="System.Text.Json.JsonException">It is not JSON, or a member is missing or of the wrong type; the path names it.</exception>
    public static ModerationRequest Parse(ReadOnlySpan<byte> utf8) => ModerationRequestJson.Read(utf8);

    /// <summary>The request in OpenAI's JSON form.</summary>
    public string ToJson() => JsonOut.ToText(this, static (json, request) => ModerationRequestJson.Write(json, request), indented: false);

    /// <summary>As <see cref="ToJson"/>, with line breaks and indentation for people.</summary>
    public string ToIndentedJson() => JsonOut.ToText(this, static (json, request) => ModerationRequestJson.Write(json, request), indented: true);
}
