using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// What a call used, in the server's counters: the prompt with what was in the cache, and the answer with its thinking. What it took, in nanoseconds
/// (<c>total_duration</c>, <c>load_duration</c>, <c>prompt_eval_duration</c>, <c>eval_duration</c>), stands beside it under its own names.
/// </summary>
internal ref struct OllamaUsage
{
    private long? _prompt, _cached, _answer;
    private ExtraReader _timings;
    private bool _isTold;

    /// <summary>Takes the member whose name the reader stands on, if it is one of these.</summary>
    public bool Take(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (reader.Is("prompt_eval_count"u8)) _prompt = reader.ReadLong();
        else if (reader.Is("prompt_eval_cached_count"u8)) _cached = reader.ReadLong();
        else if (reader.Is("eval_count"u8)) _answer = reader.ReadLong();
        else if (reader.ValueSpan.EndsWith("_duration"u8)) _timings.Take(ref reader, source);
        else return false;
        _isTold = true;
        return true;
    }

    /// <summary>The usage; null where nothing was counted. A prompt that was wholly in the cache of an older server (before 2024-10) is not counted there.</summary>
    public Usage? ToUsage() => !_isTold ? null : new()
    {
        PromptTokens = _prompt ?? 0, CompletionTokens = _answer ?? 0, TotalTokens = (_prompt ?? 0) + (_answer ?? 0),
        PromptTokensDetails = _cached is null ? null : new() { CachedTokens = _cached }, Extra = _timings.ToExtra(),
    };
}
