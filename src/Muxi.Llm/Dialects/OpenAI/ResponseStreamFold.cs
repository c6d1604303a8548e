using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// Folds a response's stream: each event is told as it is, unknown ones too, in their order. The stream is whole with its last event; one that ends earlier is cut.
/// A service that does not stream, and answers with a whole response, is taken as if that were its last event.
/// </summary>
/// <remarks>
/// A response that failed is told as an event and then raised as what its error is: before any content the router may ask again or elsewhere and nobody sees the event;
/// after it the caller has everything that came, and an exception, since what is cut must not pass for whole. OpenAI's own clients leave the status for the caller to look at.
/// </remarks>
internal sealed class ResponseStreamFold(CallContext context) : IFold<ResponseStreamEvent>
{
    private bool _sawAny;

    public bool IsComplete { get; private set; }

    public void Next(WireEvent wireEvent, ICollection<ResponseStreamEvent> into)
    {
        var data = wireEvent.Data.Span;
        if (IsComplete || data.IsEmpty) return;
        if (data.Trim(" \t"u8).SequenceEqual("[DONE]"u8)) throw context.Interrupted(_sawAny ? "was cut: it ended without its last event" : "ended before anything came");
        if (Read(wireEvent) is not { } one) throw context.Error(wireEvent);
        _sawAny = true;
        IsComplete = one.IsLast;
        into.Add(one);
        if (one.Type == ResponseEventType.Failed) throw context.Error(wireEvent);
    }

    public void End(ICollection<ResponseStreamEvent> into)
    {
        if (!IsComplete) throw context.Interrupted(_sawAny ? "was cut: it ended without its last event" : "ended before anything came");
    }

    /// <summary>The event; null where it is an error, or cannot be read.</summary>
    private static ResponseStreamEvent? Read(WireEvent wireEvent)
    {
        try
        {
            var data = wireEvent.Data.Span;
            if (wireEvent.Type == "error" || ResponseEventJson.Read(data, wireEvent.Type) is not { } one || one.Type == ResponseEventType.Error) return null;
            if (one.Type.Value.Length > 0) return one;
            if (ResponseReader.Read(data) is { } whole) return Last(whole);
            return one.Extra.TryGet("error", out var error) && !error.Utf8.Span.SequenceEqual("null"u8) ? null : one;
        }
        catch (JsonException)
        {
            // Broken or cut: the classifier says so.
            return null;
        }
    }

    private static ResponseStreamEvent Last(Response whole) => new()
    {
        Type = whole.Status?.Value switch { "failed" => ResponseEventType.Failed, "incomplete" => ResponseEventType.Incomplete, _ => ResponseEventType.Completed },
        Response = whole,
    };
}
