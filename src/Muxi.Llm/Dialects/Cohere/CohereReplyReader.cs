using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Reads a whole reply of chat.</summary>
internal static class CohereReplyReader
{
    /// <summary>A reply; a 200 that holds an error, or nothing that can be read, is raised as what it is.</summary>
    public static ChatCompletion Parse(CohereChat quirks, HttpReply reply, CallContext context)
    {
        try
        {
            if (Read(quirks, JsonReading.WithoutMark(reply.Body.Span), context) is { } completion) return completion;
        }
        catch (JsonException)
        {
            // Not JSON, or JSON cut in the middle: the classifier says what it is.
        }
        throw context.Error(reply);
    }

    private static ChatCompletion? Read(CohereChat quirks, ReadOnlySpan<byte> source, CallContext context)
    {
        string? id = null, word = null;
        ReadOnlySpan<byte> said = default;
        Usage? usage = null;
        List<TokenLogprob>? logprobs = null;
        var extra = new ExtraReader();
        var reader = new Utf8JsonReader(source);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
        while (reader.NextMember())
        {
            if (reader.NextIsNull()) reader.SkipMember();
            else if (reader.Is("id"u8)) id = reader.ReadString(source);
            else if (reader.Is("message"u8)) said = reader.ReadObject(source);
            else if (reader.Is("finish_reason"u8)) word = reader.ReadString(source);
            else if (reader.Is("usage"u8)) usage = CohereUsage.Read(ref reader, source);
            else if (reader.Is("logprobs"u8)) logprobs = CohereMessage.Many(ref reader, source, CohereLogprob.Read);
            else extra.Take(ref reader, source);
        }
        // What stands behind the object is an error of the reader's own.
        reader.Read();
        var beside = extra.ToExtra();
        if (CohereStop.Error(quirks, word, beside, context) is { } error) throw error;
        // An error says what is wrong where a reply has its message.
        if (said.IsEmpty) return null;
        var (message, hasCalls) = ToMessage(CohereMessage.Read(said), context);
        var finish = CohereStop.Reason(quirks, word, hasCalls);
        return new()
        {
            Id = id is { Length: > 0 } ? id : context.MakeId("msg_", 0), Model = context.Model, Created = context.Now.ToUnixTimeSeconds(), Usage = usage, Extra = beside,
            Choices =
            [
                new() { Message = message, FinishReason = finish, FinishReasonRaw = CohereStop.Raw(finish, word), Logprobs = logprobs is { Count: > 0 } ? new() { Content = logprobs } : null },
            ],
        };
    }

    private static (Message Message, bool HasCalls) ToMessage(CohereMessage said, CallContext context)
    {
        var blocks = new List<ContentPart>();
        var lengths = new Dictionary<int, int>();
        for (var i = 0; i < said.Content?.Count; i++)
        {
            var part = said.Content[i];
            if (part.IsThinking && part.Thinking is { Length: > 0 } thinking) blocks.Add(ContentPart.FromReasoning(thinking));
            else if (!part.IsThinking && part.Text is { Length: > 0 } text)
            {
                blocks.Add(text);
                lengths[i] = text.Length;
            }
        }
        if (said.Plan is { Length: > 0 } plan) blocks.Add(ContentPart.FromReasoning(plan) with { Format = CohereChat.PlanFormat });
        var calls = 0;
        foreach (var call in said.Calls ?? [])
        {
            blocks.Add(ContentPart.FromToolCall(new()
            {
                Id = call.Id is { Length: > 0 } id ? id : context.MakeId("call_", calls), Function = new(call.Name ?? "", CohereCall.Whole(call.Arguments)), Extra = call.Extra,
            }));
            calls++;
        }
        var annotations = (said.Citations ?? []).SelectMany(citation => citation.ToAnnotations(lengths)).ToList();
        return (new() { Role = Role.Assistant, Blocks = blocks, Annotations = annotations }, calls > 0);
    }
}
