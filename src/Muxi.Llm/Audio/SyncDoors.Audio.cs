namespace Muxi.Llm;

public static partial class SyncDoors
{
    extension(Transcription)
    {
        /// <summary>Writes down what is said in a file, and waits for it.</summary>
        public static Transcription Create(string model, FileSource file, CancellationToken cancellationToken = default) =>
            Transcription.Create(new TranscriptionRequest { Model = model, File = file }, null, cancellationToken);

        /// <summary>Writes down with every option, and waits for it.</summary>
        public static Transcription Create(TranscriptionRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Audio.Transcriptions.Create(request, options, cancellationToken);

        /// <summary>Gives what is said in a file as it comes.</summary>
        public static IEnumerable<TranscriptionStreamEvent> Stream(string model, FileSource file, CancellationToken cancellationToken = default) =>
            Transcription.Stream(new TranscriptionRequest { Model = model, File = file }, null, cancellationToken);

        /// <summary>Gives with every option what is said in a file, as it comes.</summary>
        public static IEnumerable<TranscriptionStreamEvent> Stream(TranscriptionRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Audio.Transcriptions.Stream(request, options, cancellationToken);
    }

    extension(TranscriptionsResource transcriptions)
    {
        /// <summary>Sends the sound, and waits for the whole transcript.</summary>
        public Transcription Create(TranscriptionRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Wait(() => transcriptions.CreateAsync(request, options, cancellationToken));

        /// <summary>Sends the sound, and gives the transcript as it comes. Leaving the loop ends the call at the provider.</summary>
        public IEnumerable<TranscriptionStreamEvent> Stream(TranscriptionRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Each(transcriptions.StreamAsync(request, options, cancellationToken));
    }

    extension(TranslationsResource translations)
    {
        /// <summary>Sends the sound, and waits for what is said in it, in English.</summary>
        public Translation Create(TranslationRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Wait(() => translations.CreateAsync(request, options, cancellationToken));
    }

    extension(Speech)
    {
        /// <summary>Has a text said, and waits for the sound to begin.</summary>
        public static Speech Create(string model, string input, SpeechVoice? voice = null, CancellationToken cancellationToken = default) =>
            Speech.Create(Speech.Say(model, input, voice), null, cancellationToken);

        /// <summary>Has a text said with every option, and waits for the sound to begin.</summary>
        public static Speech Create(SpeechRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Audio.Speech.Create(request, options, cancellationToken);

        /// <summary>Has a text said with every option, and gives the sound as events.</summary>
        public static IEnumerable<SpeechStreamEvent> Stream(SpeechRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Audio.Speech.Stream(request, options, cancellationToken);
    }

    extension(Speech speech)
    {
        /// <summary>Writes the samples of <see cref="SpeechFormat.Pcm"/> to a WAV file, and waits until all are there; as <see cref="Speech.SaveWavAsync"/>.</summary>
        public void SaveWav(string path, IProgress<TransferProgress>? progress = null, CancellationToken cancellationToken = default) => Wait(async () =>
        {
            await speech.SaveWavAsync(path, progress, cancellationToken).ConfigureAwait(false);
            return true;
        });
    }

    extension(SpeechResource speech)
    {
        /// <summary>Has a text said, and waits for the sound to begin; <see cref="ContentReply.Content"/> can be read synchronously as well.</summary>
        public Speech Create(SpeechRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Wait(() => speech.CreateAsync(request, options, cancellationToken));

        /// <summary>Has a text said, and gives the sound as events. Leaving the loop ends the call at the provider.</summary>
        public IEnumerable<SpeechStreamEvent> Stream(SpeechRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Each(speech.StreamAsync(request, options, cancellationToken));
    }

    extension(ContentReply reply)
    {
        /// <summary>Reads all bytes into memory, and waits for them.</summary>
        public byte[] ReadBytes(CancellationToken cancellationToken = default) => Wait(() => reply.ReadBytesAsync(cancellationToken));

        /// <summary>Writes the bytes to a file, and waits until all are there.</summary>
        public void Save(string path, IProgress<TransferProgress>? progress = null, CancellationToken cancellationToken = default) => Wait(async () =>
        {
            await reply.SaveAsync(path, progress, cancellationToken).ConfigureAwait(false);
            return true;
        });
    }
}

/// <summary>The synchronous doors of <see cref="Translation"/>, beside the other <see cref="SyncDoors"/>: their parameters are those of <see cref="Transcription"/>'s.</summary>
public static class TranslationSyncDoors
{
    extension(Translation)
    {
        /// <summary>Writes down in English what is said in a file, and waits for it.</summary>
        public static Translation Create(string model, FileSource file, CancellationToken cancellationToken = default) =>
            Translation.Create(new TranslationRequest { Model = model, File = file }, null, cancellationToken);

        /// <summary>Writes down in English with every option, and waits for it.</summary>
        public static Translation Create(TranslationRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Audio.Translations.Create(request, options, cancellationToken);
    }
}
