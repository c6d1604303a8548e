using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// Structured reasoning: a list of <c>{type, text | summary | data, signature, id, format, index}</c>. Text and summaries become reasoning blocks, encrypted data
/// an opaque one; what we do not name stays on the block, so that the list goes back as it came.
/// </summary>
/// <remarks>Source: OpenRouter's reasoning_details, as recorded in 2025 and 2026; a stream sends each entry in pieces that share an index.</remarks>
internal static class ReasoningDetailsJson
{
    public static List<BlockDelta> Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, string format)
    {
        var deltas = new List<BlockDelta>();
        if (!reader.EnterArray()) return deltas;
        while (reader.NextItem())
        {
            if (reader.TokenType == JsonTokenType.StartObject) deltas.Add(ReadOne(ref reader, source, format, deltas.Count));
            else reader.Skip();
        }
        return deltas;
    }

    public static void Write(Utf8JsonWriter json, string field, IReadOnlyList<ContentPart> blocks)
    {
        var open = false;
        foreach (var block in blocks)
        {
            var ours = block.Type == ContentPartType.Opaque ? block.Format == field : block.Type == ContentPartType.Reasoning && block.Extra.TryGet("type", out _);
            if (!ours) continue;
            if (!open) json.WriteStartArray(field);
            open = true;
            WriteOne(json, block);
        }
        if (open) json.WriteEndArray();
    }

    private static BlockDelta ReadOne(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, string format, int place)
    {
        var whole = source[(int)reader.TokenStartIndex..];
        var start = reader.TokenStartIndex;
        string? text = null, signature = null;
        var isOpaque = false;
        var index = place;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            // A null goes back as a null: it stays with what we do not name.
            var isNull = reader.NextIsNull();
            if (!isNull && (reader.Is("text"u8) || reader.Is("summary"u8)))
            {
                text = reader.ReadString(source);
                continue;
            }
            if (!isNull && reader.Is("signature"u8))
            {
                signature = reader.ReadString(source);
                continue;
            }
            if (reader.Is("data"u8)) isOpaque = true;
            var peek = reader;
            if (reader.Is("index"u8) && peek.ReadLong() is { } told) index = (int)told;
            extra.Take(ref reader, source);
        }
        var piece = isOpaque
            ? ContentPart.FromOpaque(format, RawJson.Trusted(whole[..(int)(reader.BytesConsumed - start)]))
            : new ContentPart { Type = ContentPartType.Reasoning, Text = text, Signature = signature, Extra = extra.ToExtra() };
        return new(index, piece);
    }

    private static void WriteOne(Utf8JsonWriter json, ContentPart block)
    {
        if (!block.Raw.IsEmpty)
        {
            block.Raw.WriteTo(json);
            return;
        }
        json.WriteStartObject();
        block.Extra.WriteMembers(json);
        if (block.Text is { } text) json.WriteString(block.Extra.GetString("type") is "reasoning.summary" ? "summary"u8 : "text"u8, text);
        if (block.Signature is { } signature) json.WriteString("signature"u8, signature);
        json.WriteEndObject();
    }
}
