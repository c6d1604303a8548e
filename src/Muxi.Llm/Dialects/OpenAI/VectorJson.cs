using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>What an embedding's numbers are, where they come as base64.</summary>
internal enum VectorForm
{
    /// <summary>Four bytes each, the lowest first.</summary>
    Floats,

    /// <summary>A signed byte each.</summary>
    Bytes,

    /// <summary>A bit each.</summary>
    Bits,
}

/// <summary>One embedding, read and written: its numbers as a list or as the base64 of their bytes, the lowest first.</summary>
internal static class VectorJson
{
    /// <summary>Reads an embedding's whole object.</summary>
    /// <exception cref="JsonException">It has no numbers.</exception>
    public static Embedding Read(ReadOnlySpan<byte> source, int place, VectorForm form = VectorForm.Floats)
    {
        var reader = new Utf8JsonReader(source);
        reader.Read();
        var index = place;
        float[]? vector = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("index"u8)) index = (int)(reader.ReadLong() ?? place);
            else if (reader.Is("object"u8)) reader.SkipMember();
            else if (reader.Is("embedding"u8)) vector = ReadVector(ref reader, form);
            else extra.Take(ref reader, source);
        }
        return new() { Index = index, Vector = vector ?? throw new JsonException("An embedding has no numbers."), Extra = extra.ToExtra() };
    }

    public static void Write(Utf8JsonWriter json, Embedding embedding, EncodingFormat format)
    {
        json.WriteStartObject();
        json.WriteString("object"u8, "embedding"u8);
        json.WriteNumber("index"u8, embedding.Index);
        if (format == EncodingFormat.Base64) WriteBase64(json, embedding.Vector.Span);
        else
        {
            json.WriteStartArray("embedding"u8);
            foreach (var number in embedding.Vector.Span) json.WriteNumberValue(number);
            json.WriteEndArray();
        }
        embedding.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    private static void WriteBase64(Utf8JsonWriter json, ReadOnlySpan<float> vector)
    {
        if (BitConverter.IsLittleEndian)
        {
            json.WriteBase64String("embedding"u8, MemoryMarshal.AsBytes(vector));
            return;
        }
        var bytes = new byte[vector.Length * sizeof(float)];
        for (var i = 0; i < vector.Length; i++) BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), vector[i]);
        json.WriteBase64String("embedding"u8, bytes);
    }

    /// <summary>The numbers of the value that the reader is about to step to; null where there are none.</summary>
    /// <exception cref="JsonException">Something in it is no number.</exception>
    public static float[]? ReadVector(ref Utf8JsonReader reader, VectorForm form = VectorForm.Floats)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String) return form == VectorForm.Floats ? Decode(in reader) : Small(in reader, form);
        if (reader.TokenType == JsonTokenType.StartArray) return ReadList(ref reader);
        reader.Skip();
        return null;
    }

    /// <summary>The numbers of the list that the reader stands on.</summary>
    /// <exception cref="JsonException">Something in it is no number.</exception>
    public static float[] ReadList(ref Utf8JsonReader reader)
    {
        // llama.cpp's own form: a list of lists, of which there is one where the tokens are taken together.
        if (reader.NextIs(JsonTokenType.StartArray))
        {
            reader.Read();
            var only = ReadList(ref reader);
            return reader.NextItem() ? throw new JsonException("An embedding has several lists of numbers.") : only;
        }
        var numbers = ArrayPool<float>.Shared.Rent(4096);
        try
        {
            var count = 0;
            while (reader.NextItem())
            {
                if (reader.TokenType != JsonTokenType.Number || !reader.TryGetSingle(out var number)) throw new JsonException("An embedding holds something that is no number.");
                if (count == numbers.Length) Grow(ref numbers);
                numbers[count++] = number;
            }
            return numbers.AsSpan(0, count).ToArray();
        }
        finally
        {
            ArrayPool<float>.Shared.Return(numbers);
        }
    }

    private static void Grow(ref float[] numbers)
    {
        var larger = ArrayPool<float>.Shared.Rent(numbers.Length * 2);
        numbers.CopyTo(larger, 0);
        ArrayPool<float>.Shared.Return(numbers);
        numbers = larger;
    }

    /// <summary>Numbers of a byte or a bit each.</summary>
    private static float[] Small(in Utf8JsonReader reader, VectorForm form)
    {
        if (!reader.TryGetBytesFromBase64(out var bytes)) throw new JsonException("An embedding's base64 cannot be read.");
        if (form == VectorForm.Bytes) return [.. bytes.Select(static one => (float)(sbyte)one)];
        var vector = new float[bytes.Length * 8];
        for (var i = 0; i < vector.Length; i++) vector[i] = (bytes[i / 8] >> (7 - (i % 8)) & 1) == 1 ? 1 : -1;
        return vector;
    }

    private static float[] Decode(in Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped) return Decode(reader.ValueSpan);
        var plain = new byte[reader.ValueSpan.Length];
        return Decode(plain.AsSpan(0, reader.CopyString(plain)));
    }

    private static float[] Decode(ReadOnlySpan<byte> base64)
    {
        var padding = base64 is [.., (byte)'=', (byte)'='] ? 2 : base64 is [.., (byte)'='] ? 1 : 0;
        var length = (base64.Length / 4 * 3) - padding;
        if (base64.Length % 4 != 0 || length % sizeof(float) != 0) throw new JsonException("An embedding's base64 is not whole.");
        var vector = GC.AllocateUninitializedArray<float>(length / sizeof(float));
        var bytes = MemoryMarshal.AsBytes(vector.AsSpan());
        if (Base64.DecodeFromUtf8(base64, bytes, out _, out var written) != OperationStatus.Done || written != length) throw new JsonException("An embedding's base64 cannot be read.");
        if (!BitConverter.IsLittleEndian) BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<float, int>(vector), MemoryMarshal.Cast<float, int>(vector.AsSpan()));
        return AreDoubles(vector) ? Singles(MemoryMarshal.Cast<float, double>(vector)) : vector;
    }

    /// <summary>
    /// Whether these are numbers of eight bytes, as vLLM sent them until it was mended (recorded in November 2024, version 0.6): half precision made wider, so that the lower
    /// four bytes of each are zero. As numbers of four bytes every second one would be zero, which no embedding is.
    /// </summary>
    private static bool AreDoubles(ReadOnlySpan<float> vector)
    {
        if (vector.Length < 16 || vector.Length % 2 != 0) return false;
        var hasNumbers = false;
        for (var i = 0; i < vector.Length; i += 2)
        {
            if (BitConverter.SingleToInt32Bits(vector[i]) != 0) return false;
            hasNumbers |= vector[i + 1] != 0;
        }
        return hasNumbers;
    }

    private static float[] Singles(ReadOnlySpan<double> numbers)
    {
        var vector = new float[numbers.Length];
        for (var i = 0; i < vector.Length; i++) vector[i] = (float)numbers[i];
        return vector;
    }
}
