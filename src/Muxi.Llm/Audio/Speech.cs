namespace Muxi.Llm;

/// <summary>Speech, which is read as it comes. It holds its connection until it is read to the end or disposed.</summary>
/// <remarks>
/// A service that streams a WAV does not know its length when it begins, and writes a wrong one (OpenAI: 0xFFFFFFFF). What is saved or read whole gets its true lengths, so that
/// players and editors take it; <see cref="ContentReply.Content"/> gives the bytes as they come.
/// </remarks>
public sealed partial record Speech : ContentReply
{
    internal Speech(ContentBody body, SpeechFormat? asked) : base(body) => Format = Told(body) ?? asked ?? SpeechFormat.Mp3;

    /// <summary>The form of the sound: as the service tells it, else as it was asked for.</summary>
    public SpeechFormat Format { get; }

    /// <summary>Writes the sound to a WAV file: a WAV as it is, and PCM behind a header that tells how it is to be played.</summary>
    /// <param name="path">The file; one that is there already is replaced when all has come.</param>
    /// <param name="progress">Told how many bytes have come.</param>
    /// <param name="cancellationToken">Ends the call; nothing is left behind.</param>
    /// <exception cref="InvalidOperationException">The sound is compressed: ask for <see cref="SpeechFormat.Wav"/> or <see cref="SpeechFormat.Pcm"/>.</exception>
    /// <exception cref="StreamInterruptedException">The reply broke off; nothing is left behind.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public async Task SaveWavAsync(string path, IProgress<TransferProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        await using (this.ConfigureAwait(false))
        {
            if (Format != SpeechFormat.Wav && Format != SpeechFormat.Pcm) throw new InvalidOperationException($"The sound is {Format}, of which no WAV can be made here: ask for wav or pcm.");
            Stream content = Format == SpeechFormat.Pcm ? new HeadedStream(WavAudio.Header(null), Content) : Content;
            await Saving.SaveAsync(content, path, new(progress, Length) { Finish = WavAudio.MendAsync }, cancellationToken).ConfigureAwait(false);
        }
    }

    private protected override ValueTask FinishAsync(Stream whole, CancellationToken cancellationToken) =>
        Format == SpeechFormat.Wav ? WavAudio.MendAsync(whole, cancellationToken) : ValueTask.CompletedTask;

    private static SpeechFormat? Told(ContentBody body) => SpeechFormat.OfMediaType(body.ContentType);
}

/// <summary>A stream with something before it.</summary>
internal sealed class HeadedStream(byte[] head, Stream inner) : PassingStream
{
    private int _at;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_at == head.Length) return inner.ReadAsync(buffer, cancellationToken);
        var count = Math.Min(buffer.Length, head.Length - _at);
        head.AsMemory(_at, count).CopyTo(buffer);
        _at += count;
        return new(count);
    }
}
