using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// What a call used: the tokens that the model met and made (<c>tokens</c>), of which fewer are charged for. Those (<c>billed_units</c>), and tokens of pictures, which are counted apart, stand
/// beside ours under Cohere's names.
/// </summary>
internal static class CohereUsage
{
    /// <summary>The usage in the object that the reader is about to step to; null where nothing is counted.</summary>
    public static Usage? Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.EnterObject()) return null;
        Counts tokens = default, billed = default;
        long? cached = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.NextIsNull()) reader.SkipMember();
            else if (reader.Is("tokens"u8) && reader.NextIs(JsonTokenType.StartObject)) tokens = Counts.Read(ref reader, source, ref extra);
            else if (reader.Is("cached_tokens"u8)) cached = reader.ReadLong();
            else
            {
                if (reader.Is("billed_units"u8)) billed = Counts.Peek(reader, source);
                extra.Take(ref reader, source);
            }
        }
        if (!tokens.IsTold) tokens = billed;
        if (!tokens.IsTold) return null;
        return new()
        {
            PromptTokens = tokens.Input ?? 0, CompletionTokens = tokens.Output ?? 0, TotalTokens = (tokens.Input ?? 0) + (tokens.Output ?? 0),
            PromptTokensDetails = cached is null ? null : new() { CachedTokens = cached },
            CompletionTokensDetails = tokens.Reasoning is null ? null : new() { ReasoningTokens = tokens.Reasoning }, Extra = extra.ToExtra(),
        };
    }

    private readonly record struct Counts(long? Input, long? Output, long? Reasoning)
    {
        public bool IsTold => Input is not null || Output is not null;

        /// <param name="reader">Stands on the member's name.</param>
        /// <param name="source">What it reads.</param>
        /// <param name="extra">Takes counts that have no place of their own.</param>
        public static Counts Read(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> source, ref ExtraReader extra)
        {
            long? input = null, output = null, reasoning = null;
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                return default;
            }
            while (reader.NextMember())
            {
                if (reader.Is("input_tokens"u8)) input = reader.ReadLong();
                else if (reader.Is("output_tokens"u8)) output = reader.ReadLong();
                else if (reader.Is("reasoning_tokens"u8)) reasoning = reader.ReadLong();
                else extra.Take(ref reader, source);
            }
            return new(input, output, reasoning);
        }

        /// <summary>The counts of a member that the reader does not leave.</summary>
        public static Counts Peek(Utf8JsonReader reader, ReadOnlySpan<byte> source)
        {
            var none = new ExtraReader();
            return Read(ref reader, source, ref none);
        }
    }
}
