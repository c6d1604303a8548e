using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// Folds a stream of pictures: each event is told as it is. The stream is whole when as many finished pictures have come as were asked for; one that ends earlier is cut.
/// A service that does not stream, and answers with a whole reply, is taken as if each picture were an event.
/// </summary>
/// <param name="completed">What a finished picture's event is called.</param>
/// <param name="wanted">How many pictures were asked for.</param>
/// <param name="context">The call's surroundings.</param>
internal sealed class ImageStreamFold(ImageEventType completed, int wanted, CallContext context) : IFold<ImageStreamEvent>
{
    private int _finished;
    private bool _sawAny;
    private bool _isWhole;

    public bool IsComplete => _isWhole || _finished >= wanted;

    public void Next(WireEvent wireEvent, ICollection<ImageStreamEvent> into)
    {
        var data = wireEvent.Data.Span;
        if (IsComplete || data.IsEmpty || data.Trim(" \t"u8).SequenceEqual("[DONE]"u8)) return;
        _sawAny = true;
        try
        {
            if (wireEvent.Type is null && data.IndexOf("\"data\""u8) >= 0 && ImageReplyReader.Read(data) is { } whole)
            {
                foreach (var one in Events(whole)) into.Add(one);
                _isWhole = true;
                return;
            }
            if (wireEvent.Type != "error" && ImageReplyReader.ReadEvent(data, wireEvent.Type) is { } read)
            {
                Add(read, into);
                return;
            }
        }
        catch (JsonException)
        {
            // Broken or cut: the classifier says so.
        }
        throw context.Error(wireEvent);
    }

    public void End(ICollection<ImageStreamEvent> into)
    {
        if (IsComplete) return;
        throw context.Interrupted(!_sawAny ? "ended before anything came" : _finished == 0 ? "was cut: it ended before the picture was finished" : $"was cut: it ended after {_finished} of {wanted} pictures");
    }

    private void Add(ImageStreamEvent one, ICollection<ImageStreamEvent> into)
    {
        if (one.IsCompleted) _finished++;
        into.Add(one);
    }

    private IEnumerable<ImageStreamEvent> Events(ImagesResponse whole)
    {
        for (var i = 0; i < whole.Data.Count; i++)
            yield return new()
            {
                Type = completed, Image = whole.Data[i], CreatedAt = whole.Created, Size = whole.Size, Quality = whole.Quality, Background = whole.Background, OutputFormat = whole.OutputFormat,
                Usage = i == whole.Data.Count - 1 ? whole.Usage : null,
            };
    }
}
