using System.Text;

namespace Muxi.Llm;

/// <summary>
/// Folds a prediction that is read as it comes into canonical chunks:
/// <code>
///   POST ... {"stream":true}  ──►  the prediction        ── its stream's address is asked next
///   GET urls.stream           ──►  event: output ...     ── the text
///                                  event: done           ── the end, or why there is none
///   GET urls.get              ──►  the prediction        ── what was used
/// </code>
/// A model that cannot stream has no such address: its prediction is looked at until it is over, and comes whole.
/// </summary>
internal sealed class ReplicateStreamFold(ReplicateChat quirks, CallContext context) : IFold<ChatCompletionChunk>
{
    /// <summary>How often a prediction whose stream is over is looked at for what it used: it is written down a moment later.</summary>
    private const int MostLooksAfter = 5;

    private WholeCharacters _text;
    private ReplicatePrediction? _prediction;
    private Phase _phase;
    private int _looks;
    private string? _logs;
    private bool _isBegun;

    private enum Phase
    {
        /// <summary>Nothing has come.</summary>
        Made,

        /// <summary>The stream is read.</summary>
        Streaming,

        /// <summary>The text is whole, and what was used is looked for.</summary>
        Counting,

        /// <summary>There is no stream: the prediction is looked at until it is over.</summary>
        Polling,

        /// <summary>All is there.</summary>
        Over,
    }

    /// <summary>Whether the text is whole, or what has come says where to go on.</summary>
    public bool IsComplete { get; private set; }

    public HttpCall? Abandon => _phase is Phase.Over or Phase.Counting ? null : ReplicateCalls.Cancel(_prediction);

    public void Next(WireEvent wireEvent, ICollection<ChatCompletionChunk> into)
    {
        if (_phase == Phase.Over) return;
        switch (wireEvent.Type)
        {
            case "output":
                Begin(into);
                Add(_text.Next(Encoding.UTF8.GetString(wireEvent.Data.Span)), into);
                break;
            case "logs":
                _logs += Encoding.UTF8.GetString(wireEvent.Data.Span);
                break;
            case "done":
                Done(wireEvent, into);
                break;
            case "error":
                throw Failed(wireEvent);
            case null:
                Take(wireEvent, into);
                break;
        }
    }

    public void End(ICollection<ChatCompletionChunk> into)
    {
        if (IsComplete) return;
        throw Begun(context.Interrupted(_phase == Phase.Made ? "ended before anything came" : "was cut: it ended without an event that is done"));
    }

    public HttpCall? Continue()
    {
        if (_phase == Phase.Over || _prediction is not { } prediction) return null;
        IsComplete = false;
        if (_phase == Phase.Made && prediction.Stream is { } url)
        {
            _phase = Phase.Streaming;
            return new(HttpMethod.Get, "") { Url = url, Looks = true, Headers = [new("Accept", "text/event-stream"), new("Cache-Control", "no-store")] };
        }
        if (_phase == Phase.Made) _phase = Phase.Polling;
        return ReplicateCalls.Look(prediction)! with { After = ReplicateCalls.Pause(quirks.PollSeconds, quirks.MaxPollSeconds, _looks++) - (_phase == Phase.Counting && _looks == 1 ? TimeSpan.FromSeconds(quirks.PollSeconds) : TimeSpan.Zero) };
    }

    /// <summary>A prediction, which comes as one JSON object: as it was made, or as it is now.</summary>
    private void Take(WireEvent wireEvent, ICollection<ChatCompletionChunk> into)
    {
        if (ReplicatePrediction.Read(wireEvent.Data.Span) is not { } read) throw Failed(wireEvent);
        _prediction = read;
        if (read.IsOver && !read.HasSucceeded) throw read.Failure(context);
        IsComplete = true;
        if (_phase == Phase.Counting)
        {
            if (read.IsOver || _looks >= MostLooksAfter) Finish(into, read.Usage, read.Extra);
        }
        else if (read.HasSucceeded)
        {
            Begin(into);
            Add(read.Text, into);
            Finish(into, read.Usage, read.Extra);
        }
        else if (read.Stream is null && read.Get is null) throw Failed(wireEvent);
    }

    private void Done(WireEvent wireEvent, ICollection<ChatCompletionChunk> into)
    {
        var reason = Reason(wireEvent);
        if (reason is "error" or "canceled") throw ((_prediction ?? new() { Id = "", Status = "" }) with { Status = reason == "error" ? "failed" : reason }).Failure(context);
        Begin(into);
        IsComplete = true;
        if (quirks.StreamUsage && _prediction?.Get is not null) (_phase, _looks) = (Phase.Counting, 0);
        else Finish(into, null, _logs is null ? default : new Extra().With("logs", RawJson.Trusted(JsonOut.ToUtf8(_logs, static (json, text) => json.WriteStringValue(text)))));
    }

    private string? Reason(WireEvent wireEvent)
    {
        try
        {
            return wireEvent.Data.IsEmpty ? null : ToolForms.Text(System.Text.Json.JsonElement.Parse(wireEvent.Data.Span), "reason");
        }
        catch (System.Text.Json.JsonException)
        {
            throw Begun(context.Interrupted("was cut within its last event"));
        }
    }

    private void Begin(ICollection<ChatCompletionChunk> into)
    {
        if (_isBegun) return;
        _isBegun = true;
        into.Add(Chunk(new ChunkChoice { Delta = new() { Role = Role.Assistant } }));
    }

    private void Add(string? text, ICollection<ChatCompletionChunk> into)
    {
        if (!string.IsNullOrEmpty(text)) into.Add(Chunk(new ChunkChoice { Delta = new() { Content = text } }));
    }

    private void Finish(ICollection<ChatCompletionChunk> into, Usage? usage, Extra extra)
    {
        _phase = Phase.Over;
        into.Add(Chunk(new ChunkChoice { Delta = new(), FinishReason = FinishReason.Stop, FinishReasonRaw = "succeeded" }) with { Extra = extra });
        if (usage is not null) into.Add(Chunk(null) with { Usage = usage });
    }

    private LlmException Failed(WireEvent wireEvent) => Begun(context.Error(wireEvent));

    private LlmException Begun(LlmException error)
    {
        error.HasBegun = _prediction is not null;
        return error;
    }

    private ChatCompletionChunk Chunk(ChunkChoice? choice) => new()
    {
        Id = _prediction?.Id is { Length: > 0 } id ? id : context.MakeId("msg_", 0), Model = _prediction?.Model ?? context.Model, Created = _prediction?.Created ?? context.Now.ToUnixTimeSeconds(), Choices = choice is null ? [] : [choice],
    };
}
