using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// <c>POST /embeddings</c>: vectors of length 1, made of the words of a text by their hashes, so that texts with words in common are somewhat alike and equal ones are the same.
/// They mean nothing else.
/// </summary>
internal static class SandboxEmbeddings
{
    private const int DefaultDimensions = 1536, MostDimensions = 8192;

    public static SandboxAnswer Answer(SandboxCall call)
    {
        var request = new SandboxRequest(call);
        var model = request.Model();
        var texts = request.Texts("input", mayBeEmpty: false);
        var dimensions = request.Integer("dimensions", 1, MostDimensions) ?? DefaultDimensions;
        var format = request.Text("encoding_format") ?? "float";
        if (format is not ("float" or "base64")) throw SandboxChatReader.Unknown("encoding_format", format, ["float", "base64"]);
        var tokens = texts.Sum(text => text.Tokens);
        return SandboxAnswer.Json(json =>
        {
            json.WriteStartObject();
            json.WriteString("object", "list");
            json.WriteStartArray("data");
            foreach (var (index, text) in texts.Index()) Write(json, index, Vector(text.Text, dimensions), format);
            json.WriteEndArray();
            json.WriteString("model", model);
            json.WriteStartObject("usage");
            json.WriteNumber("prompt_tokens", tokens);
            json.WriteNumber("total_tokens", tokens);
            json.WriteEndObject();
            json.WriteEndObject();
        }) with { Model = model, PromptTokens = tokens };
    }

    private static void Write(Utf8JsonWriter json, int index, float[] vector, string format)
    {
        json.WriteStartObject();
        json.WriteString("object", "embedding");
        json.WriteNumber("index", index);
        if (format == "base64")
        {
            var bytes = new byte[vector.Length * sizeof(float)];
            for (var i = 0; i < vector.Length; i++) BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), vector[i]);
            json.WriteBase64String("embedding", bytes);
        }
        else
        {
            json.WriteStartArray("embedding");
            foreach (var number in vector) json.WriteNumberValue(number);
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    /// <summary>The sum of the words' own directions, made as long as 1. A cut one is made so again, as OpenAI does it.</summary>
    private static float[] Vector(string text, int dimensions)
    {
        var sum = new double[dimensions];
        foreach (var word in SandboxTokens.Split(text).Select(word => word.Trim().ToLowerInvariant())) Add(sum, word);
        var length = Math.Sqrt(sum.Sum(number => number * number));
        return [.. sum.Select(number => (float)(number / length))];
    }

    private static void Add(double[] sum, string word)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(word), hash);
        // A generator of our own: the numbers must be the same on every machine and in every version.
        var state = BinaryPrimitives.ReadUInt64LittleEndian(hash) | 1;
        for (var i = 0; i < sum.Length; i++)
        {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            sum[i] += ((state >> 11) * (1.0 / (1UL << 53))) - 0.5;
        }
    }
}
