namespace Muxi.Llm.Gateway.Surfaces.OpenAI;

/// <summary><c>POST /v1/completions</c>, the form before chat; a stream's first content decides about the status, as with chat.</summary>
internal sealed class Completions(LlmClient client, Callees callees)
{
    public async Task AnswerAsync(Incoming call)
    {
        var request = await JsonCall.ReadAsync(call, static body => CompletionRequest.Parse(body.Span));
        var (fallbacks, others) = JsonCall.Fallbacks(request.Extra);
        request = request with { Extra = others };
        var options = callees.OptionsFor(call, request.Model, fallbacks);
        if (request.Stream == true) await StreamAsync(call, request, options);
        else
        {
            var reply = await client.Completions.CreateAsync(request, options, call.Aborted);
            await call.AnswerAsync(reply with { Choices = [.. reply.Choices.Select(choice => Known(choice, isEnd: true))] }, CompletionReplyWriter.Write);
        }
    }

    private async Task StreamAsync(Incoming call, CompletionRequest request, RequestOptions options)
    {
        var asked = request.StreamOptions ?? new();
        var chunks = client.Completions.StreamAsync(request with { StreamOptions = asked with { IncludeUsage = true } }, options, call.Aborted);
        await EventBody<CompletionChunk>.AnswerAsync(call, chunks, new(CompletionReplyWriter.Write) { Show = chunk => Shown(chunk, asked.IncludeUsage == true), EndsWithDone = true });
    }

    /// <summary>A chunk as the client is to see it; null where there is nothing for it to see.</summary>
    private static CompletionChunk? Shown(CompletionChunk chunk, bool tellsUsage)
    {
        if (chunk.Usage is not null && !tellsUsage)
        {
            if (chunk.Choices.Count == 0) return null;
            chunk = chunk with { Usage = null };
        }
        return chunk.Choices.All(choice => ReferenceEquals(choice, Known(choice, isEnd: false))) ? chunk : chunk with { Choices = [.. chunk.Choices.Select(choice => Known(choice, isEnd: false))] };
    }

    /// <summary>OpenAI's clients know no finish reasons but these; a vendor's word stays beside.</summary>
    private static CompletionChoice Known(CompletionChoice choice, bool isEnd)
    {
        if (choice.FinishReason is { Value: "stop" or "length" or "content_filter" } || (choice.FinishReason is null && !isEnd)) return choice;
        return choice with { FinishReason = FinishReason.Stop, FinishReasonRaw = choice.FinishReasonRaw ?? choice.FinishReason?.Value };
    }
}
