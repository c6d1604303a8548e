namespace Muxi.Llm;

/// <summary>A request for a transcript: every parameter of OpenAI's published schema, whoever answers. What is null is not sent.</summary>
/// <remarks>Source: CreateTranscriptionRequest in OpenAI's OpenAPI document 2.3.0. A vendor's further parameters go into <see cref="Extra"/>.</remarks>
public sealed record TranscriptionRequest
{
    /// <summary><c>provider/model</c>, or an alias; another name without a slash is OpenAI's. An empty one is the client's default model.</summary>
    public required string Model { get; init; }

    /// <summary>The sound: flac, mp3, mp4, mpeg, mpga, m4a, ogg, wav or webm at OpenAI, 25 MB at most. It is read while it is sent.</summary>
    public required FileSource File { get; init; }

    /// <summary>The language that is spoken, by ISO 639-1 (<c>en</c>): makes the transcript better and faster.</summary>
    public string? Language { get; init; }

    /// <summary>The languages that may be spoken, for models that take several (<c>gpt-transcribe</c>).</summary>
    public IReadOnlyList<string>? Languages { get; init; }

    /// <summary>Words and phrases to be expected, for models that take them (<c>gpt-transcribe</c>).</summary>
    public IReadOnlyList<string>? Keywords { get; init; }

    /// <summary>Text in the sound's language that guides the style, or that the sound goes on from.</summary>
    public string? Prompt { get; init; }

    /// <summary>In which form the transcript comes; <c>json</c> where nothing is said. Which models give which is the provider's matter.</summary>
    public AudioResponseFormat? ResponseFormat { get; init; }

    /// <summary>Randomness, 0 to 1 at OpenAI; at 0 the model raises it itself where it must.</summary>
    public double? Temperature { get; init; }

    /// <summary>How finely <see cref="AudioResponseFormat.VerboseJson"/> tells times; needs that form.</summary>
    public IReadOnlyList<TimestampGranularity>? TimestampGranularities { get; init; }

    /// <summary>What else to tell: <c>logprobs</c>, which needs the form <c>json</c>.</summary>
    public IReadOnlyList<string>? Include { get; init; }

    /// <summary>How the sound is cut into pieces: <see cref="ChunkingStrategy.Auto"/>, or by settings of one's own. Diarizing models need one for more than 30 seconds.</summary>
    public ChunkingStrategy? ChunkingStrategy { get; init; }

    /// <summary>Names of people who speak, four at most, in the order of <see cref="KnownSpeakerReferences"/>.</summary>
    public IReadOnlyList<string>? KnownSpeakerNames { get; init; }

    /// <summary>A sample of each one's voice, 2 to 10 seconds, as a data URI: <see cref="Audio.DataUriFromFile"/>.</summary>
    public IReadOnlyList<string>? KnownSpeakerReferences { get; init; }

    /// <summary>Further fields, sent as they are; one of a known name goes before the typed one.</summary>
    public Extra Extra { get; init; }
}

/// <summary>How a service cuts sound into pieces before it listens.</summary>
public sealed record ChunkingStrategy
{
    /// <summary><c>auto</c> or <c>server_vad</c>.</summary>
    public required string Type { get; init; }

    /// <summary>How loud speech must be to count, 0 to 1; 0.5 where nothing is said.</summary>
    public double? Threshold { get; init; }

    /// <summary>How much sound before speech to take along, in milliseconds; 300 where nothing is said.</summary>
    public int? PrefixPaddingMs { get; init; }

    /// <summary>How long a silence ends a piece, in milliseconds; 200 where nothing is said.</summary>
    public int? SilenceDurationMs { get; init; }

    /// <summary>The service evens out the loudness and finds the pauses itself.</summary>
    public static ChunkingStrategy Auto { get; } = new() { Type = "auto" };

    /// <summary>Pauses are found by voice activity, with settings to be made by <c>with</c>.</summary>
    public static ChunkingStrategy ServerVad { get; } = new() { Type = "server_vad" };
}
