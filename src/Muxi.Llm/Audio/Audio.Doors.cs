namespace Muxi.Llm;

// The doors of one line, over LlmClient.Default. Their synchronous twins stand in SyncDoors.Audio.cs.
public sealed partial record Transcription
{
    /// <summary>Writes down what is said in a file: <c>await Transcription.CreateAsync("openai/gpt-4o-mini-transcribe", FileSource.FromFile("talk.mp3"))</c>.</summary>
    /// <exception cref="LlmException">As <see cref="TranscriptionsResource.CreateAsync"/>.</exception>
    public static Task<Transcription> CreateAsync(string model, FileSource file, CancellationToken cancellationToken = default) =>
        CreateAsync(new TranscriptionRequest { Model = model, File = file }, null, cancellationToken);

    /// <summary>Writes down with every option.</summary>
    /// <exception cref="LlmException">As <see cref="TranscriptionsResource.CreateAsync"/>.</exception>
    public static Task<Transcription> CreateAsync(TranscriptionRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        LlmClient.Default.Audio.Transcriptions.CreateAsync(request, options, cancellationToken);

    /// <summary>Gives what is said in a file as it comes.</summary>
    /// <exception cref="LlmException">As <see cref="TranscriptionsResource.StreamAsync"/>.</exception>
    public static IAsyncEnumerable<TranscriptionStreamEvent> StreamAsync(string model, FileSource file, CancellationToken cancellationToken = default) =>
        StreamAsync(new TranscriptionRequest { Model = model, File = file }, null, cancellationToken);

    /// <summary>Gives with every option what is said in a file, as it comes.</summary>
    /// <exception cref="LlmException">As <see cref="TranscriptionsResource.StreamAsync"/>.</exception>
    public static IAsyncEnumerable<TranscriptionStreamEvent> StreamAsync(TranscriptionRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        LlmClient.Default.Audio.Transcriptions.StreamAsync(request, options, cancellationToken);
}

public sealed partial record Translation
{
    /// <summary>Writes down in English what is said in a file: <c>await Translation.CreateAsync("openai/whisper-1", FileSource.FromFile("rede.mp3"))</c>.</summary>
    /// <exception cref="LlmException">As <see cref="TranslationsResource.CreateAsync"/>.</exception>
    public static Task<Translation> CreateAsync(string model, FileSource file, CancellationToken cancellationToken = default) =>
        CreateAsync(new TranslationRequest { Model = model, File = file }, null, cancellationToken);

    /// <summary>Writes down in English with every option.</summary>
    /// <exception cref="LlmException">As <see cref="TranslationsResource.CreateAsync"/>.</exception>
    public static Task<Translation> CreateAsync(TranslationRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        LlmClient.Default.Audio.Translations.CreateAsync(request, options, cancellationToken);
}

public sealed partial record Speech
{
    /// <summary>Has a text said: <c>await (await Speech.CreateAsync("openai/gpt-4o-mini-tts", "Hello", "alloy")).SaveAsync("hello.mp3")</c>.</summary>
    /// <exception cref="LlmException">As <see cref="SpeechResource.CreateAsync"/>.</exception>
    public static Task<Speech> CreateAsync(string model, string input, SpeechVoice? voice = null, CancellationToken cancellationToken = default) =>
        CreateAsync(Say(model, input, voice), null, cancellationToken);

    /// <summary>Has a text said with every option.</summary>
    /// <exception cref="LlmException">As <see cref="SpeechResource.CreateAsync"/>.</exception>
    public static Task<Speech> CreateAsync(SpeechRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        LlmClient.Default.Audio.Speech.CreateAsync(request, options, cancellationToken);

    /// <summary>Has a text said with every option, and gives the sound as events.</summary>
    /// <exception cref="LlmException">As <see cref="SpeechResource.StreamAsync"/>.</exception>
    public static IAsyncEnumerable<SpeechStreamEvent> StreamAsync(SpeechRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        LlmClient.Default.Audio.Speech.StreamAsync(request, options, cancellationToken);

    internal static SpeechRequest Say(string model, string input, SpeechVoice? voice) => new() { Model = model, Input = input, Voice = voice };
}
