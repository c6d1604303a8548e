using System.Runtime.CompilerServices;

namespace Muxi.Llm;

/// <summary>One event of streamed speech. <see cref="Type"/> says which of the other members is set.</summary>
public sealed record SpeechStreamEvent : Reply
{
    /// <summary>What the event brings; a word that we do not know is kept, with everything else in <see cref="Extra"/>.</summary>
    public required SpeechEventType Type { get; init; }

    /// <summary>More sound in base64, which decodes for itself.</summary>
    public string? Audio { get; init; }

    /// <summary>What the call used, at the end.</summary>
    public AudioUsage? Usage { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }

    /// <summary>The new sound as bytes; empty where there is none. It is decoded at each call.</summary>
    /// <exception cref="FormatException">It is no base64.</exception>
    public byte[] ToBytes() => Audio is null ? [] : Convert.FromBase64String(Audio);

    /// <summary>The event in OpenAI's JSON form.</summary>
    public string ToJson() => JsonOut.ToText(this, SpeechRequestWriter.Write, indented: false);

    /// <summary>Whether the event brings sound or the end: what commits an attempt.</summary>
    internal bool HasContent => !string.IsNullOrEmpty(Audio) || Type == SpeechEventType.Done;
}

/// <summary>What can be done with streamed speech.</summary>
public static class SpeechStreams
{
    /// <summary>The sound, piece by piece.</summary>
    public static async IAsyncEnumerable<ReadOnlyMemory<byte>> BytesAsync(this IAsyncEnumerable<SpeechStreamEvent> events, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var one in events.WithCancellation(cancellationToken).ConfigureAwait(false))
            if (!string.IsNullOrEmpty(one.Audio)) yield return one.ToBytes();
    }
}

/// <summary>Sound that has gone to the caller is not kept.</summary>
internal sealed class SpeechAccumulator : IAccumulator<SpeechStreamEvent>
{
    public void Add(SpeechStreamEvent chunk) { }

    public Reply? ToReply() => null;
}
