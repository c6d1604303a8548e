using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Muxi.Llm;

/// <summary>Reads a value out of an answer: checked against its schema and by its serialiser. A code fence and words around the JSON, as models write them where no schema holds them, do no harm.</summary>
internal static class AnswerReader
{
    private const int MostTries = 20;

    /// <summary>The value, or what is wrong with the answer.</summary>
    /// <exception cref="StructuredOutputException">It is a refusal, or was cut off.</exception>
    public static bool TryRead<T>(ChatCompletion reply, JsonTypeInfo<T> type, out T value, out IReadOnlyList<string> faults)
    {
        ThrowIfNoAnswer(reply);
        faults = [];
        var schema = AnswerSchema.Of(type);
        foreach (var json in Candidates(reply.Text))
        {
            if (TryRead(json, schema, type, out value, out var own)) return true;
            if (faults.Count == 0) faults = own;
        }
        if (faults.Count == 0) faults = [reply.Text.Length == 0 ? "the answer is empty" : "the answer holds no JSON"];
        value = default!;
        return false;
    }

    private static void ThrowIfNoAnswer(ChatCompletion reply)
    {
        if (reply.Choices is not [{ Message: var message } choice, ..]) throw new StructuredOutputException("the reply holds no answer", reply);
        if (!string.IsNullOrEmpty(message.Refusal)) throw new RefusalException($"the model will not answer: {message.Refusal}", reply) { Refusal = message.Refusal };
        if (choice.FinishReasonRaw == "refusal") throw new RefusalException("the model will not answer", reply) { Refusal = reply.Text };
        if (choice.FinishReason == FinishReason.Length) throw new LengthFinishReasonException("the answer was cut off at the limit of tokens: raise max_tokens", reply);
        if (choice.FinishReason == FinishReason.ContentFilter) throw new ContentFilterFinishReasonException("the service's filter cut the answer off", reply);
        if (reply.Text.Length == 0 && message.ToolCalls.Count > 0) throw new StructuredOutputException("the model called tools instead of answering: run them by RunToolsAsync, with ResponseFormat.FromType as the request's format", reply);
    }

    private static bool TryRead<T>(JsonNode? json, AnswerSchema schema, JsonTypeInfo<T> type, out T value, out IReadOnlyList<string> faults)
    {
        value = default!;
        if (schema.IsWrapped && json is JsonObject { Count: 1 } wrapped && wrapped.ContainsKey(StrictSchema.Wrapped)) json = wrapped[StrictSchema.Wrapped];
        json = StrictValue.ToPlain(json, schema.Plain, schema.Plain);
        faults = SchemaCheck.Faults(json, schema.Plain, schema.Plain);
        if (faults.Count > 0) return false;
        try
        {
            if (JsonSerializer.Deserialize(json, type) is { } read)
            {
                value = read;
                return true;
            }
            faults = ["the value is null"];
        }
        catch (Exception e) when (e is JsonException or ArgumentException or FormatException or OverflowException or InvalidOperationException)
        {
            // A constructor may know more than the schema says.
            faults = [e.Message.ReplaceLineEndings(" ")];
        }
        return false;
    }

    /// <summary>What in a text may be the JSON that was asked for, the likeliest first: all of it, then each object or list in it.</summary>
    private static IEnumerable<JsonNode?> Candidates(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text.Trim());
        if (utf8.Length == 0) yield break;
        if (One(utf8, out var length, out var whole) && length == utf8.Length) yield return whole;
        else
        {
            for (int at = 0, tries = 0; at < utf8.Length && tries < MostTries; at++)
            {
                if (utf8[at] is not ((byte)'{' or (byte)'[')) continue;
                tries++;
                if (!One(utf8.AsSpan(at), out length, out var part)) continue;
                yield return part;
                at += length - 1;
            }
        }
    }

    /// <summary>Reads the one value that the bytes begin with.</summary>
    private static bool One(ReadOnlySpan<byte> utf8, out int length, out JsonNode? value)
    {
        (length, value) = (0, null);
        try
        {
            // Not the last block, so that what follows the value does no harm: a number would wait for more, but an answer is no number.
            var reader = new Utf8JsonReader(utf8, isFinalBlock: false, default);
            if (!reader.Read() || !reader.TrySkip()) return false;
            length = (int)reader.BytesConsumed;
            value = SchemaNode.Parse(utf8[..length]);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
