namespace Muxi.Llm;

/// <summary>
/// More texts than a provider takes at once: several requests, of which all go to one target, because embeddings of two models cannot be compared.
/// <code>
///   target ── batches, four at a time ──┬─ all good ──► one reply
///                                       └─ one failed for good: the others are cancelled ─┬─ a fallback takes such failures ──► the same, with all texts, there
///                                                                                         └─ else: the error
/// </code>
/// </summary>
internal sealed class EmbeddingBatches(Router router, EmbeddingRequest request, CancellationToken cancellationToken)
{
    private const int AtOnce = 4;

    /// <summary>How many texts a target takes at once.</summary>
    public static int MostOf(Stop stop) => stop.Name.Provider.Embeddings?.ForModel(stop.Name.Model).MaxInputs ?? int.MaxValue;

    public async Task<EmbeddingResponse> SendAsync(IReadOnlyList<Stop> stops)
    {
        var failures = new List<LlmException>();
        for (var at = 0; ;)
        {
            try
            {
                return await SendAsync(stops[at]).ConfigureAwait(false);
            }
            catch (LlmException e)
            {
                failures.Add(e);
                do at++;
                while (at < stops.Count && !stops[at].Fallback!.Covers(e));
                if (at < stops.Count) continue;
                if (failures.Count == 1) throw;
                throw AllTargetsFailedException.Of(failures);
            }
        }
    }

    private async Task<EmbeddingResponse> SendAsync(Stop stop)
    {
        var input = request.Input;
        var most = Math.Min(MostOf(stop), input.Count);
        var replies = new EmbeddingResponse[(input.Count + most - 1) / most];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, replies.Length, parallel, async (batch, cancelled) =>
        {
            var start = batch * most;
            var part = request with { Input = input.Slice(start, Math.Min(most, input.Count - start)) };
            replies[batch] = await router.SendAsync(Verbs.Embedding, part, stop, cancelled).ConfigureAwait(false);
        }).ConfigureAwait(false);
        return Joined(replies, most);
    }

    private static EmbeddingResponse Joined(EmbeddingResponse[] replies, int most)
    {
        var first = replies[0];
        return first with
        {
            Data = [.. replies.SelectMany((reply, batch) => batch == 0 ? reply.Data : reply.Data.Select(one => one with { Index = one.Index + (batch * most) }))],
            Usage = replies.Any(reply => reply.Usage is null) ? null : replies.Select(reply => reply.Usage!).Aggregate(Sum),
            Call = first.Call?.With([.. replies.SelectMany(reply => reply.Attempts)]),
        };
    }

    private static Usage Sum(Usage all, Usage one) => all with
    {
        PromptTokens = all.PromptTokens + one.PromptTokens, CompletionTokens = all.CompletionTokens + one.CompletionTokens, TotalTokens = all.TotalTokens + one.TotalTokens,
    };
}
