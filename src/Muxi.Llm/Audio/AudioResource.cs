namespace Muxi.Llm;

/// <summary>Sound, as OpenAI's clients lay it out.</summary>
public sealed class AudioResource
{
    internal AudioResource(Router router, Targets targets) => (Speech, Transcriptions, Translations) = (new(router, targets), new(router, targets), new(router, targets));

    /// <summary>Text said aloud.</summary>
    public SpeechResource Speech { get; }

    /// <summary>What is said in sound, in its language.</summary>
    public TranscriptionsResource Transcriptions { get; }

    /// <summary>What is said in sound, in English.</summary>
    public TranslationsResource Translations { get; }

    /// <summary>Looks at what a request for a text of sound has.</summary>
    internal static void Check(FileSource file, double? temperature)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (file.Length == 0) throw Wrong.Request("file", $"the file '{file.Filename}' is empty");
        if (temperature is { } number && !(double.IsFinite(number) && number >= 0)) throw Wrong.Request("temperature", "temperature must be a number from 0 up");
    }
}

/// <summary>Transcripts by every provider.</summary>
public sealed class TranscriptionsResource
{
    private const int MostSpeakers = 4;

    private readonly Router _router;
    private readonly Targets _targets;

    internal TranscriptionsResource(Router router, Targets targets) => (_router, _targets) = (router, targets);

    /// <summary>Sends the sound, and waits for the whole transcript.</summary>
    /// <exception cref="BadRequestException">The request is wrong in itself, and nothing was sent; or the provider says so.</exception>
    /// <exception cref="ApiException">The provider answered with an error; the subclass says which.</exception>
    /// <exception cref="ApiConnectionException">No reply came, or not in time.</exception>
    /// <exception cref="ConfigurationException">The model's name or a setting cannot work, or the key is missing; nothing was sent.</exception>
    /// <exception cref="UnsupportedFeatureException">The provider has no transcripts; nothing was sent.</exception>
    public Task<Transcription> CreateAsync(TranscriptionRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        Check(request);
        return _router.SendAsync(Verbs.Transcription, request, _targets.ModelOf(request.Model), options, cancellationToken);
    }

    /// <summary>
    /// Sends the sound, and gives the transcript as it comes; from a model that does not stream, in one piece. Nothing is sent before the first event is asked for; leaving the
    /// loop ends the call at the provider.
    /// </summary>
    /// <exception cref="StreamInterruptedException">The stream broke after text had come; <see cref="StreamInterruptedException.Partial"/> holds it.</exception>
    /// <exception cref="BadRequestException">The request is wrong in itself, and nothing was sent; or the provider says so.</exception>
    /// <exception cref="ApiException">The provider answered with an error before any text.</exception>
    /// <exception cref="ApiConnectionException">No reply came, or not in time.</exception>
    /// <exception cref="ConfigurationException">The model's name or a setting cannot work, or the key is missing; nothing was sent.</exception>
    public IAsyncEnumerable<TranscriptionStreamEvent> StreamAsync(TranscriptionRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        Check(request);
        if (request.ResponseFormat is { IsSubtitles: true } format) throw Wrong.Request("response_format", $"{format} is not streamed: ask for it without streaming");
        return _router.StreamAsync(Verbs.TranscriptionStream, request, _targets.ModelOf(request.Model), options, cancellationToken);
    }

    private static void Check(TranscriptionRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        AudioResource.Check(request.File, request.Temperature);
        if (request.TimestampGranularities is { Count: > 0 } && request.ResponseFormat != AudioResponseFormat.VerboseJson)
            throw Wrong.Request("timestamp_granularities", "timestamp_granularities need the response_format verbose_json");
        if (request.Include?.Contains("logprobs") == true && request.ResponseFormat is { } format && format != AudioResponseFormat.Json)
            throw Wrong.Request("include", $"logprobs come with the response_format json only, not with {format}");
        if (request.Languages is { Count: 0 }) throw Wrong.Request("languages", "languages must name at least one language, or be left out");
        CheckSpeakers(request.KnownSpeakerNames, request.KnownSpeakerReferences);
        CheckChunking(request.ChunkingStrategy);
    }

    private static void CheckSpeakers(IReadOnlyList<string>? names, IReadOnlyList<string>? references)
    {
        if (names is null && references is null) return;
        if (names?.Count > MostSpeakers || references?.Count > MostSpeakers) throw Wrong.Request("known_speaker_names", $"{MostSpeakers} speakers can be known at most");
        if (names?.Count != references?.Count) throw Wrong.Request("known_speaker_references", $"each known speaker needs a name and a reference: there are {names?.Count ?? 0} names and {references?.Count ?? 0} references");
        if (references!.Any(static one => !one.StartsWith("data:", StringComparison.OrdinalIgnoreCase)))
            throw Wrong.Request("known_speaker_references", "a known speaker's reference must be a data URI, which Audio.DataUriFromFile makes of a sound file");
    }

    private static void CheckChunking(ChunkingStrategy? strategy)
    {
        if (strategy?.Threshold is { } threshold && threshold is not (>= 0 and <= 1)) throw Wrong.Request("chunking_strategy", "the threshold of chunking_strategy must be from 0 to 1");
        if (strategy is { PrefixPaddingMs: < 0 } or { SilenceDurationMs: < 0 }) throw Wrong.Request("chunking_strategy", "the milliseconds of chunking_strategy must be from 0 up");
    }
}

/// <summary>Translations of speech into English by every provider.</summary>
public sealed class TranslationsResource
{
    private readonly Router _router;
    private readonly Targets _targets;

    internal TranslationsResource(Router router, Targets targets) => (_router, _targets) = (router, targets);

    /// <summary>Sends the sound, and waits for what is said in it, in English.</summary>
    /// <exception cref="BadRequestException">The request is wrong in itself, and nothing was sent; or the provider says so.</exception>
    /// <exception cref="ApiException">The provider answered with an error; the subclass says which.</exception>
    /// <exception cref="ApiConnectionException">No reply came, or not in time.</exception>
    /// <exception cref="ConfigurationException">The model's name or a setting cannot work, or the key is missing; nothing was sent.</exception>
    /// <exception cref="UnsupportedFeatureException">The provider has no translations; nothing was sent.</exception>
    public Task<Translation> CreateAsync(TranslationRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        AudioResource.Check(request.File, request.Temperature);
        return _router.SendAsync(Verbs.Translation, request, _targets.ModelOf(request.Model), options, cancellationToken);
    }
}

/// <summary>Speech by every provider.</summary>
public sealed class SpeechResource
{
    private const double Slowest = 0.25, Fastest = 4;

    private readonly Router _router;
    private readonly Targets _targets;

    internal SpeechResource(Router router, Targets targets) => (_router, _targets) = (router, targets);

    /// <summary>Has a text said, and gives the sound when its first bytes have come; the rest is read as it comes. Dispose it, or read it to its end.</summary>
    /// <exception cref="BadRequestException">The request is wrong in itself, and nothing was sent; or the provider says so.</exception>
    /// <exception cref="ApiException">The provider answered with an error, or with no sound; the subclass says which.</exception>
    /// <exception cref="ApiConnectionException">No reply came, or not in time.</exception>
    /// <exception cref="ConfigurationException">The model's name or a setting cannot work, or the key is missing; nothing was sent.</exception>
    /// <exception cref="UnsupportedFeatureException">The provider does not speak; nothing was sent.</exception>
    public Task<Speech> CreateAsync(SpeechRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        Check(request);
        return _router.OpenAsync(Verbs.Speech(request.ResponseFormat), request, _targets.ModelOf(request.Model), options, cancellationToken);
    }

    /// <summary>Has a text said, and gives the sound as events, which tell at their end what the call used. Nothing is sent before the first event is asked for.</summary>
    /// <exception cref="StreamInterruptedException">The stream broke after sound had come.</exception>
    /// <exception cref="BadRequestException">The request is wrong in itself, and nothing was sent; or the provider says so (OpenAI's <c>tts-1</c> gives no events).</exception>
    /// <exception cref="ApiException">The provider answered with an error before any sound.</exception>
    /// <exception cref="ApiConnectionException">No reply came, or not in time.</exception>
    /// <exception cref="ConfigurationException">The model's name or a setting cannot work, or the key is missing; nothing was sent.</exception>
    /// <exception cref="UnsupportedFeatureException">The provider gives speech as bytes only: use <see cref="CreateAsync"/>. Nothing was sent.</exception>
    public IAsyncEnumerable<SpeechStreamEvent> StreamAsync(SpeechRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        Check(request);
        return _router.StreamAsync(Verbs.SpeechStream, request, _targets.ModelOf(request.Model), options, cancellationToken);
    }

    private static void Check(SpeechRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (string.IsNullOrWhiteSpace(request.Input)) throw Wrong.Request("input", "there is nothing to say: the input is empty");
        if (request.Speed is { } speed && speed is not (>= Slowest and <= Fastest))
            throw Wrong.Request("speed", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"speed must be from {Slowest} to {Fastest}, not {speed}"));
        if (request.Voice is { } voice && voice.ToString().Length == 0) throw Wrong.Request("voice", "the voice is empty: name one of the service's, or leave it out");
    }
}
