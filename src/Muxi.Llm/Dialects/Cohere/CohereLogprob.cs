using System.Text.Json;

namespace Muxi.Llm;

/// <summary>How likely a piece of text was.</summary>
internal static class CohereLogprob
{
    /// <summary>
    /// The object that the reader stands on. Its text may be of several tokens: what is told of them (<c>token_ids</c>, <c>logprobs</c>) is kept, and the logarithm of the text is their sum.
    /// </summary>
    public static TokenLogprob Read(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        string? text = null;
        double sum = 0;
        var count = 0;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("text"u8)) text = reader.ReadString(source);
            else
            {
                if (reader.Is("logprobs"u8)) Sum(reader, ref sum, ref count);
                if (reader.Is("logprobs"u8) && count == 1) reader.SkipMember();
                else extra.Take(ref reader, source);
            }
        }
        return new(text ?? "", sum) { Extra = extra.ToExtra() };
    }

    /// <summary>Adds up without leaving the member.</summary>
    private static void Sum(Utf8JsonReader reader, ref double sum, ref int count)
    {
        if (!reader.EnterArray()) return;
        while (reader.NextItem())
        {
            if (reader.TokenType == JsonTokenType.Number)
            {
                sum += Math.Clamp(reader.GetDouble(), double.MinValue, double.MaxValue);
                count++;
            }
            else reader.Skip();
        }
        sum = Math.Clamp(sum, double.MinValue, double.MaxValue);
    }
}
