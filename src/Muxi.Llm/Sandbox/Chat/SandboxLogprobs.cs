using System.Text;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Log probabilities that look like some: made from the token's letters, well-formed, and without meaning.</summary>
internal static class SandboxLogprobs
{
    private static readonly string[] Others =
        [" the", " a", ".", ",", " and", " of", " to", "\n", " is", " in", " it", " that", "!", " for", " not", "?", " as", " on", " with", " at", " by"];

    /// <summary>Writes the <c>logprobs</c> member of a choice, for the tokens of its content; null where none are asked for.</summary>
    public static void Write(Utf8JsonWriter json, SandboxChatRequest request, IEnumerable<string>? tokens)
    {
        if (!request.Logprobs)
        {
            json.WriteNull("logprobs");
            return;
        }
        json.WriteStartObject("logprobs");
        if (tokens is null)
            json.WriteNull("content");
        else
        {
            json.WriteStartArray("content");
            WriteTokens(json, tokens, request.TopLogprobs);
            json.WriteEndArray();
        }
        json.WriteNull("refusal");
        json.WriteEndObject();
    }

    /// <summary>Writes the entries of an array, one for each token.</summary>
    public static void WriteTokens(Utf8JsonWriter json, IEnumerable<string> tokens, int top)
    {
        foreach (var token in tokens)
            Write(json, token, top);
    }

    /// <summary>How likely a token is said to be.</summary>
    public static decimal Likely(string token) => -(1 + (token.Sum(letter => letter) % 100)) / 1000m;

    /// <summary>The token and what might have stood in its place, this many together.</summary>
    public static IEnumerable<string> Candidates(string token, int top) => Others.Where(other => other != token).Prepend(token).Take(top);

    private static void Write(Utf8JsonWriter json, string token, int top)
    {
        var likely = Likely(token);
        json.WriteStartObject();
        Entry(json, token, likely);
        json.WriteStartArray("top_logprobs");
        foreach (var (rank, candidate) in Candidates(token, top).Index())
        {
            json.WriteStartObject();
            Entry(json, candidate, likely - (3 * rank));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Entry(Utf8JsonWriter json, string token, decimal logprob)
    {
        json.WriteString("token", token);
        json.WriteNumber("logprob", logprob);
        json.WriteStartArray("bytes");
        foreach (var part in Encoding.UTF8.GetBytes(token))
            json.WriteNumberValue(part);
        json.WriteEndArray();
    }
}
