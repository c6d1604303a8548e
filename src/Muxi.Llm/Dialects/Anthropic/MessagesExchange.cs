using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// A call, and further ones where the service pauses a long turn of its own tools: what came so far goes back as the assistant's turn, and the answer goes on.
/// </summary>
internal sealed class MessagesExchange(AnthropicMessages dialect, ChatCompletionRequest asked, CallContext context) : IExchange<ChatCompletion>
{
    // The container of the caller's options is to be joined with the one that the service names.
    private readonly ChatCompletionRequest _request = OwnParts.Merged(asked, dialect.BlockFormat);
    private ChatCompletion? _soFar;
    private HashSet<string>? _seen;

    public Step<ChatCompletion> Next(HttpReply? reply)
    {
        if (reply is not { } got) return Step<ChatCompletion>.Send(dialect.Render(_request, context, stream: false));
        var next = dialect.Parse(got, context);
        _seen ??= [];
        // The very reply once more would come for ever.
        var isNew = _seen.Add(next.Id);
        if (_soFar is null) _soFar = next;
        else if (isNew) _soFar = MessagesContinuation.Join(_soFar, next);
        return isNew && next.Choices[0].FinishReasonRaw == MessagesStop.Paused && _seen.Count <= dialect.MaxContinuations
            ? Step<ChatCompletion>.Send(dialect.Render(MessagesContinuation.After(_request, _soFar), context, stream: false))
            : Step<ChatCompletion>.Done(_soFar);
    }
}

/// <summary>How a paused turn goes on.</summary>
internal static class MessagesContinuation
{
    /// <summary>The request that asks for the rest: the turn so far is its last one, in the container in which its tools ran.</summary>
    public static ChatCompletionRequest After(ChatCompletionRequest request, ChatCompletion soFar) =>
        request with { Messages = [.. request.Messages, soFar.Choices[0].Message], Extra = WithContainer(request.Extra, soFar.Extra) };

    /// <summary>Both parts as one reply, as it were the first that went on.</summary>
    public static ChatCompletion Join(ChatCompletion first, ChatCompletion next)
    {
        var (before, after) = (first.Choices[0], next.Choices[0]);
        var start = before.Message.Content?.Length ?? 0;
        return first with
        {
            Usage = MessagesUsage.Sum(first.Usage, next.Usage), ServiceTier = next.ServiceTier ?? first.ServiceTier, Extra = first.Extra.With(next.Extra),
            Choices =
            [
                after with
                {
                    Message = before.Message with
                    {
                        Blocks = [.. before.Message.Blocks, .. after.Message.Blocks],
                        Annotations = [.. before.Message.Annotations, .. after.Message.Annotations.Select(one => one with { StartIndex = one.StartIndex + start, EndIndex = one.EndIndex + start })],
                    },
                    Extra = before.Extra.With(after.Extra),
                },
            ],
        };
    }

    private static Extra WithContainer(Extra asked, Extra given)
    {
        if (!given.TryGet("container", out var container) || container.ToElement() is not { ValueKind: JsonValueKind.Object } element
            || !element.TryGetProperty("id"u8, out var id) || id.ValueKind != JsonValueKind.String) return asked;
        // The caller's may name skills beside, which are needed again.
        return asked["container"] is { IsEmpty: false } own && own.ToElement().ValueKind == JsonValueKind.Object
            ? asked.With("container", Extra.Trusted(own.Utf8.ToArray()).With("id", id).ToString())
            : asked.With("container", id);
    }
}
