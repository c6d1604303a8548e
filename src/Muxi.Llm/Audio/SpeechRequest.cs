using System.Diagnostics.CodeAnalysis;

namespace Muxi.Llm;

/// <summary>A request for speech: every parameter of OpenAI's published schema, whoever answers. What is null is not sent.</summary>
/// <remarks>Source: CreateSpeechRequest in OpenAI's OpenAPI document 2.3.0. A vendor's further parameters go into <see cref="Extra"/>.</remarks>
public sealed record SpeechRequest
{
    /// <summary><c>provider/model</c>, or an alias; another name without a slash is OpenAI's. An empty one is the client's default model.</summary>
    public required string Model { get; init; }

    /// <summary>What to say; 4096 characters at most at OpenAI.</summary>
    public required string Input { get; init; }

    /// <summary>Who says it; the service's usual voice where nothing is said.</summary>
    public SpeechVoice? Voice { get; init; }

    /// <summary>How to say it, for models that take instructions (not <c>tts-1</c>).</summary>
    public string? Instructions { get; init; }

    /// <summary>The form of the sound; the service's usual one where nothing is said: mp3 at OpenAI, pcm at OpenRouter.</summary>
    public SpeechFormat? ResponseFormat { get; init; }

    /// <summary>How fast, 0.25 to 4; 1 is as usual.</summary>
    public double? Speed { get; init; }

    /// <summary>Further parameters, sent as they are; one of a known name goes before the typed one.</summary>
    public Extra Extra { get; init; }

    /// <summary><c>audio</c> or <c>sse</c>. The method that is called decides; this only says what a parsed request asked for.</summary>
    public string? StreamFormat { get; init; }

    /// <summary>Reads a request in OpenAI's JSON form.</summary>
    /// <exception cref="System.Text.Json.JsonException">It is not JSON, or a member is missing or of the wrong type.</exception>
    public static SpeechRequest Parse(ReadOnlySpan<byte> utf8) => SpeechRequestReader.Read(utf8);

    /// <summary>The request in OpenAI's JSON form.</summary>
    public string ToJson() => JsonOut.ToText(this, static (json, request) => SpeechRequestWriter.Write(json, request, request.Model, request.StreamFormat), indented: false);

    /// <summary>As <see cref="ToJson"/>, with line breaks and indentation for people.</summary>
    public string ToIndentedJson() => JsonOut.ToText(this, static (json, request) => SpeechRequestWriter.Write(json, request, request.Model, request.StreamFormat), indented: true);
}

/// <summary>A voice: one of the service's, by its name, or one's own, by its id.</summary>
public sealed record SpeechVoice
{
    private SpeechVoice(string? name, string? id) => (Name, Id) = (name, id);

    /// <summary>The name of a voice of the service's: <c>alloy</c>, <c>ash</c>, <c>ballad</c>, <c>coral</c>, <c>echo</c>, <c>fable</c>, <c>onyx</c>, <c>nova</c>, <c>sage</c>, <c>shimmer</c>, <c>verse</c>, <c>marin</c> or <c>cedar</c> at OpenAI.</summary>
    public string? Name { get; }

    /// <summary>The id of a voice of one's own: <c>voice_1234</c>.</summary>
    public string? Id { get; }

    /// <summary>Members of a voice of one's own that we do not know.</summary>
    public Extra Extra { get; init; }

    /// <summary>A voice of the service's.</summary>
    public static SpeechVoice FromName(string name) => new(name, null);

    /// <summary>A voice of one's own.</summary>
    public static SpeechVoice Custom(string id) => new(null, id);

    /// <summary>A voice of the service's, by its name.</summary>
    [return: NotNullIfNotNull(nameof(name))]
    public static implicit operator SpeechVoice?(string? name) => name is null ? null : FromName(name);

    /// <summary>The name or the id.</summary>
    public override string ToString() => Name ?? Id ?? "";
}
