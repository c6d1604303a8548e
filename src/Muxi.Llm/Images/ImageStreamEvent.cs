namespace Muxi.Llm;

/// <summary>One event of a streamed picture: an unfinished one, a finished one, or something that we do not know, kept as it came.</summary>
/// <remarks>Source: ImageGenStreamEvent and ImageEditStreamEvent of OpenAI's OpenAPI document 2.3.0.</remarks>
public sealed record ImageStreamEvent : Reply
{
    /// <summary>What the event is.</summary>
    public required ImageEventType Type { get; init; }

    /// <summary>The picture, finished or not; null in an event that has none.</summary>
    public GeneratedImage? Image { get; init; }

    /// <summary>Which unfinished picture it is, from 0.</summary>
    public int? PartialImageIndex { get; init; }

    /// <summary>When it was made, in Unix seconds.</summary>
    public long? CreatedAt { get; init; }

    /// <summary>The picture's size, as the service tells it.</summary>
    public ImageSize? Size { get; init; }

    /// <summary>The picture's quality, as the service tells it.</summary>
    public ImageQuality? Quality { get; init; }

    /// <summary>What is behind the things in it, as the service tells it.</summary>
    public ImageBackground? Background { get; init; }

    /// <summary>Its file format, as the service tells it.</summary>
    public ImageOutputFormat? OutputFormat { get; init; }

    /// <summary>What the call used; in the event of a finished picture.</summary>
    public ImagesUsage? Usage { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }

    /// <summary>Whether the picture in it is finished.</summary>
    public bool IsCompleted => Type.Value.EndsWith(".completed", StringComparison.Ordinal);

    /// <summary>Whether the picture in it is still being made.</summary>
    public bool IsPartial => Type.Value.EndsWith(".partial_image", StringComparison.Ordinal);

    /// <summary>The event in OpenAI's JSON form.</summary>
    public string ToJson() => JsonOut.ToText(this, static (json, it) => ImageReplyWriter.Write(json, it), indented: false);
}

/// <summary>What can be done with a stream of pictures.</summary>
public static class ImageStreams
{
    /// <summary>Reads the stream to its end: the reply that the same call would have had without streaming. Unfinished pictures are left out.</summary>
    /// <exception cref="StreamInterruptedException">The stream broke; what came is on the exception.</exception>
    public static async Task<ImagesResponse> ToImagesResponseAsync(this IAsyncEnumerable<ImageStreamEvent> events, CancellationToken cancellationToken = default)
    {
        var accumulator = new ImageAccumulator();
        await foreach (var one in events.WithCancellation(cancellationToken).ConfigureAwait(false)) accumulator.Add(one);
        return accumulator.Finished() ?? throw new StreamInterruptedException("the stream ended before a picture was finished");
    }
}

/// <summary>Puts the events of a stream together. Of a stream that broke, the last unfinished picture is better than none.</summary>
internal sealed class ImageAccumulator : IAccumulator<ImageStreamEvent>
{
    private readonly List<ImageStreamEvent> _completed = [];
    private ImageStreamEvent? _partial;

    public void Add(ImageStreamEvent chunk)
    {
        if (chunk.IsCompleted) _completed.Add(chunk);
        else if (chunk.IsPartial) _partial = chunk;
    }

    public Reply? ToReply() => Finished() ?? (_partial is null ? null : Of([_partial]));

    /// <summary>The finished pictures; null where there are none.</summary>
    public ImagesResponse? Finished() => _completed.Count == 0 ? null : Of(_completed);

    private static ImagesResponse Of(IReadOnlyList<ImageStreamEvent> events)
    {
        var last = events[^1];
        return new()
        {
            Created = events[0].CreatedAt ?? 0, Data = [.. events.Select(one => one.Image).OfType<GeneratedImage>()],
            Background = last.Background, OutputFormat = last.OutputFormat, Size = last.Size, Quality = last.Quality, Usage = Sum(events), Call = last.Call,
        };
    }

    private static ImagesUsage? Sum(IReadOnlyList<ImageStreamEvent> events)
    {
        var all = events.Select(one => one.Usage).OfType<ImagesUsage>().ToList();
        if (all.Count < 2) return all.FirstOrDefault();
        return new()
        {
            InputTokens = all.Sum(one => one.InputTokens), OutputTokens = all.Sum(one => one.OutputTokens), TotalTokens = all.Sum(one => one.TotalTokens),
            InputTokensDetails = Sum([.. all.Select(one => one.InputTokensDetails).OfType<ImagesTokensDetails>()]),
            OutputTokensDetails = Sum([.. all.Select(one => one.OutputTokensDetails).OfType<ImagesTokensDetails>()]),
            Extra = all[^1].Extra,
        };
    }

    private static ImagesTokensDetails? Sum(List<ImagesTokensDetails> all) => all.Count == 0 ? null : new()
    {
        TextTokens = all.Sum(one => one.TextTokens), ImageTokens = all.Sum(one => one.ImageTokens), Extra = all[^1].Extra,
    };
}
