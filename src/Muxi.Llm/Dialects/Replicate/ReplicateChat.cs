using System.Collections.Immutable;

namespace Muxi.Llm;

/// <summary>
/// Replicate's language models as a chat. A call becomes a prediction: its reply is waited for, then it is looked at until it is over; a stream is read at an address of its own.
/// Models take a prompt, and each has its own names for what else it takes: those are the quirks, and further members of a request go into the input as they are. Earlier turns
/// are told in the prompt, each with whose it is. There are no tools.
/// </summary>
/// <remarks>Source: replicate.com/docs/reference/http and /streaming, recordings of 2024, and the input that public programs send to these models (2026-11).</remarks>
public sealed record ReplicateChat : ChatDialect
{
    /// <summary>The path for a model by its name; <c>{model}</c> in it stands for that.</summary>
    public string Path { get; init; } = "models/{model}/predictions";

    /// <summary>The path for a version of a model, <c>owner/name:version</c>.</summary>
    public string VersionPath { get; init; } = "predictions";

    /// <summary>The member of the input that takes the prompt.</summary>
    public string PromptField { get; init; } = "prompt";

    /// <summary>The member of the input that takes the instructions; null puts them before the prompt.</summary>
    public string? SystemField { get; init; } = "system_prompt";

    /// <summary>The member of the input that limits the answer's tokens.</summary>
    public string MaxTokensField { get; init; } = "max_tokens";

    /// <summary>The member of the input that takes stop texts, with commas between; null where there is none.</summary>
    public string? StopField { get; init; } = "stop_sequences";

    /// <summary>The member of the input that takes an effort of reasoning; null where there is none.</summary>
    public string? EffortField { get; init; }

    /// <summary>The member of the input that takes a picture; null where the model sees none.</summary>
    public string? ImageField { get; init; } = "image";

    /// <summary>Whether that takes a list of pictures.</summary>
    public bool ManyImages { get; init; }

    /// <summary>What stands before a person's turn where earlier ones are told in the prompt.</summary>
    public string UserName { get; init; } = "User";

    /// <summary>What stands before the model's turn there.</summary>
    public string AssistantName { get; init; } = "Assistant";

    /// <summary>Request members that models reject: left out, with a warning.</summary>
    public ImmutableArray<string> Drops { get; init; } = [];

    /// <summary>Further members of a request that stand beside the input.</summary>
    public ImmutableArray<string> Beside { get; init; } = ["version", "webhook", "webhook_events_filter"];

    /// <summary>For how many seconds the service is asked to wait for the prediction before it answers, 60 at most; 0 for not at all.</summary>
    public int WaitSeconds { get; init; } = 60;

    /// <summary>How long to wait before the first look at a prediction, in seconds; each further wait is half as long again.</summary>
    public double PollSeconds { get; init; } = 0.5;

    /// <summary>How long to wait between looks at most, in seconds.</summary>
    public double MaxPollSeconds { get; init; } = 10;

    /// <summary>Whether the prediction is looked at once its stream is over, as the stream does not tell what was used.</summary>
    public bool StreamUsage { get; init; } = true;

    /// <inheritdoc/>
    public override Framing Framing => Framing.Sse;

    /// <inheritdoc/>
    public override HttpCall Render(ChatCompletionRequest request, CallContext context, bool stream) => ReplicateInput.Render(this, request, context, stream);

    /// <inheritdoc/>
    public override ChatCompletion Parse(HttpReply reply, CallContext context)
    {
        var prediction = ReplicatePrediction.Read(reply.Body.Span) ?? throw context.Error(reply);
        return prediction.HasSucceeded ? ReplicateAnswer.Of(prediction, context) : throw prediction.Failure(context);
    }

    /// <inheritdoc/>
    public override IFold<ChatCompletionChunk> Fold(CallContext context) => new ReplicateStreamFold(this, context);

    /// <inheritdoc/>
    public override IExchange<ChatCompletion> Begin(ChatCompletionRequest request, CallContext context) => new ReplicateCourse<ChatCompletion>(
        () => Render(request, context, stream: false), prediction => ReplicateAnswer.Of(prediction, context), (PollSeconds, MaxPollSeconds), context);
}

/// <summary>A prediction is made and looked at until it is over.</summary>
/// <param name="make">Makes the call that begins it.</param>
/// <param name="read">Reads what came of it.</param>
/// <param name="pauses">The first and the longest wait between looks, in seconds.</param>
/// <param name="context">The call's surroundings.</param>
internal sealed class ReplicateCourse<T>(Func<HttpCall> make, Func<ReplicatePrediction, T> read, (double First, double Longest) pauses, CallContext context) : IExchange<T>
{
    private ReplicatePrediction? _last;
    private int _looks;

    public HttpCall? Abandon => ReplicateCalls.Cancel(_last);

    public Step<T> Next(HttpReply? reply)
    {
        if (reply is not { } got) return Step<T>.Send(make());
        _last = ReplicatePrediction.Read(got.Body.Span) ?? throw Unusable(got);
        if (_last.IsOver) return _last.HasSucceeded ? Step<T>.Done(read(_last)) : throw _last.Failure(context);
        return ReplicateCalls.Look(_last) is { } look ? Step<T>.Send(look, ReplicateCalls.Pause(pauses.First, pauses.Longest, _looks++)) : throw Unusable(got);
    }

    private ApiException Unusable(HttpReply reply)
    {
        var error = context.Error(reply);
        error.HasBegun = _last is not null;
        return error;
    }
}

/// <summary>A prediction as an answer.</summary>
internal static class ReplicateAnswer
{
    public static ChatCompletion Of(ReplicatePrediction prediction, CallContext context) => new()
    {
        Id = prediction.Id, Model = prediction.Model ?? context.Model, Created = prediction.Created ?? context.Now.ToUnixTimeSeconds(), Usage = prediction.Usage, Extra = prediction.Extra,
        Choices = [new() { Message = Message.Assistant(prediction.Text), FinishReason = FinishReason.Stop, FinishReasonRaw = prediction.Status }],
    };
}
