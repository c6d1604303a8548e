using System.Text;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Token probabilities, read and written.</summary>
internal static class LogprobsJson
{
    public static Logprobs? Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.EnterObject()) return null;
        IReadOnlyList<TokenLogprob>? content = null, refusal = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("content"u8)) content = ReadTokens(ref reader, source);
            else if (reader.Is("refusal"u8)) refusal = ReadTokens(ref reader, source);
            else extra.Take(ref reader, source);
        }
        return new() { Content = content, Refusal = refusal, Extra = extra.ToExtra() };
    }

    public static void Write(Utf8JsonWriter json, Logprobs logprobs)
    {
        json.WriteStartObject("logprobs"u8);
        WriteTokens(json, "content"u8, logprobs.Content);
        WriteTokens(json, "refusal"u8, logprobs.Refusal);
        logprobs.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    /// <summary>Reads the member's list of tokens; null when it is none.</summary>
    public static List<TokenLogprob>? ReadTokens(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.EnterArray()) return null;
        var tokens = new List<TokenLogprob>();
        while (reader.NextItem())
        {
            if (reader.TokenType == JsonTokenType.StartObject) tokens.Add(ReadToken(ref reader, source));
            else reader.Skip();
        }
        return tokens;
    }

    /// <summary>Writes a list of tokens as responses have it: in an event bytes and alternatives only where there are any, in a part always.</summary>
    public static void WriteFlat(Utf8JsonWriter json, IReadOnlyList<TokenLogprob> tokens, bool isWhole)
    {
        json.WriteStartArray("logprobs"u8);
        foreach (var token in tokens) WriteFlat(json, token, isWhole, isTop: false);
        json.WriteEndArray();
    }

    private static void WriteFlat(Utf8JsonWriter json, TokenLogprob token, bool isWhole, bool isTop)
    {
        json.WriteStartObject();
        json.WriteString("token"u8, token.Token);
        json.WriteNumber("logprob"u8, token.Logprob);
        if ((token.Bytes ?? (isWhole ? Encoding.UTF8.GetBytes(token.Token) : null)) is { } bytes)
        {
            json.WriteStartArray("bytes"u8);
            foreach (var one in bytes) json.WriteNumberValue(one);
            json.WriteEndArray();
        }
        if ((token.TopLogprobs ?? (isWhole && !isTop ? [] : null)) is { } top)
        {
            json.WriteStartArray("top_logprobs"u8);
            foreach (var other in top) WriteFlat(json, other, isWhole, isTop: true);
            json.WriteEndArray();
        }
        token.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    private static TokenLogprob ReadToken(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        string token = "";
        double logprob = 0;
        IReadOnlyList<byte>? bytes = null;
        IReadOnlyList<TokenLogprob>? top = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("token"u8)) token = reader.ReadString(source) ?? "";
            else if (reader.Is("logprob"u8)) logprob = reader.ReadDouble() ?? 0;
            else if (reader.Is("bytes"u8)) bytes = ReadBytes(ref reader);
            else if (reader.Is("top_logprobs"u8)) top = ReadTokens(ref reader, source);
            else extra.Take(ref reader, source);
        }
        return new(token, logprob) { Bytes = bytes, TopLogprobs = top, Extra = extra.ToExtra() };
    }

    private static List<byte>? ReadBytes(ref Utf8JsonReader reader)
    {
        if (!reader.EnterArray()) return null;
        var bytes = new List<byte>();
        while (reader.NextItem())
            if (reader.TokenType == JsonTokenType.Number && reader.TryGetByte(out var one)) bytes.Add(one);
        return bytes;
    }

    private static void WriteTokens(Utf8JsonWriter json, ReadOnlySpan<byte> name, IReadOnlyList<TokenLogprob>? tokens)
    {
        if (tokens is null)
        {
            json.WriteNull(name);
            return;
        }
        json.WriteStartArray(name);
        foreach (var token in tokens) WriteToken(json, token, isTop: false);
        json.WriteEndArray();
    }

    private static void WriteToken(Utf8JsonWriter json, TokenLogprob token, bool isTop)
    {
        json.WriteStartObject();
        json.WriteString("token"u8, token.Token);
        json.WriteNumber("logprob"u8, token.Logprob);
        if (token.Bytes is null) json.WriteNull("bytes"u8);
        else
        {
            json.WriteStartArray("bytes"u8);
            foreach (var one in token.Bytes) json.WriteNumberValue(one);
            json.WriteEndArray();
        }
        if (!isTop)
        {
            json.WriteStartArray("top_logprobs"u8);
            foreach (var top in token.TopLogprobs ?? []) WriteToken(json, top, isTop: true);
            json.WriteEndArray();
        }
        token.Extra.WriteMembers(json);
        json.WriteEndObject();
    }
}
