using System.Runtime.CompilerServices;
using System.Text.Json.Serialization.Metadata;

namespace Muxi.Llm;

/// <summary>Asks for a value of a type: once, and once more where the answer does not follow its schema, with what is wrong with it.</summary>
internal sealed class StructuredAnswer<T>
{
    private const int MostRounds = 2;

    private readonly JsonTypeInfo<T> _type;
    private readonly List<ChatCompletion> _rounds = [];

    public StructuredAnswer(ChatCompletionRequest request, JsonTypeInfo<T> type)
    {
        _type = type;
        Next = Asking(request, type);
    }

    /// <summary>What is to be sent next.</summary>
    public ChatCompletionRequest Next { get; private set; }

    /// <summary>Takes a reply: the value; null where <see cref="Next"/> must be asked first.</summary>
    /// <exception cref="StructuredOutputException">The answer is not what was asked for, and will not be.</exception>
    public ChatCompletion<T>? Take(ChatCompletion reply)
    {
        _rounds.Add(reply);
        if (AnswerReader.TryRead(reply, _type, out var value, out var faults)) return ChatCompletion<T>.Of(value, _rounds);
        if (_rounds.Count == MostRounds) throw AnswerFault.Of(reply, faults);
        var said = reply.Choices[0].Message;
        Message[] seen = reply.Text.Length == 0 ? [] : [said];
        Next = Next with { Messages = [.. Next.Messages, .. seen, Message.User($"That does not follow the schema: {string.Join("; ", faults)}. Answer again with the mended JSON and nothing else.")] };
        return null;
    }

    /// <summary>Streams the rounds; the last piece has the value.</summary>
    public static async IAsyncEnumerable<ChatCompletionChunk<T>> StreamAsync(
        ChatCompletionRequest request, JsonTypeInfo<T> type, Func<ChatCompletionRequest, IAsyncEnumerable<ChatCompletionChunk>> ask, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var answer = new StructuredAnswer<T>(request, type);
        for (var round = 1; ; round++)
        {
            var accumulator = new ChatAccumulator();
            await foreach (var chunk in ask(answer.Next).WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                accumulator.Add(chunk);
                yield return new() { Chunk = chunk, Round = round, Call = chunk.Call };
            }
            var reply = accumulator.ToCompletion() ?? throw new StreamInterruptedException("the stream ended before anything came");
            if (answer.Take(reply) is not { } whole) continue;
            yield return new() { Completion = whole, Round = round, Call = whole.Call };
            yield break;
        }
    }

    private static ChatCompletionRequest Asking(ChatCompletionRequest request, JsonTypeInfo<T> type)
    {
        if (request.N > 1) throw Wrong.Request("n", $"n is {request.N}: an answer as a value is one; leave n out");
        var format = AnswerSchema.Of(type).Format;
        return request with { ResponseFormat = request.ResponseFormat is { } own ? format with { Name = own.Name ?? format.Name, Description = own.Description } : format };
    }
}

/// <summary>The error of an answer that does not follow its schema.</summary>
internal static class AnswerFault
{
    public static StructuredOutputException Of(ChatCompletion reply, IReadOnlyList<string> faults) => new($"the answer does not follow the schema: {string.Join("; ", faults)}", reply) { Faults = faults };
}
