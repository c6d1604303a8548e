using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using static Muxi.Llm.RequestReading;

namespace Muxi.Llm;

/// <summary>A request for embeddings in OpenAI's form, read strictly and written for a service or canonically.</summary>
internal static class EmbeddingRequestJson
{
    /// <summary>What services call the kind of number that they give (Mistral and Voyage; vLLM).</summary>
    private static readonly ImmutableArray<string> _numberForms = ["output_dtype", "embed_dtype"];

    /// <summary>Perplexity's words for its two forms of small numbers.</summary>
    public const string Bytes = "base64_int8", Bits = "base64_binary";

    public static EmbeddingRequest Read(ReadOnlySpan<byte> source)
    {
        source = JsonReading.WithoutMark(source);
        var reader = Begin(source, "A request for embeddings");
        string? model = null, user = null, format = null;
        TextInput? input = null;
        int? dimensions = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("model"u8)) model = Text(ref reader, "model");
            else if (reader.Is("input"u8)) input = TextInput.Read(ref reader, "input");
            else if (reader.Is("dimensions"u8)) dimensions = Whole(ref reader, "dimensions");
            else if (reader.Is("encoding_format"u8)) format = Text(ref reader, "encoding_format");
            else if (reader.Is("user"u8)) user = Text(ref reader, "user");
            else extra.Take(ref reader, source);
        }
        // What stands behind the object is an error of the reader's own.
        reader.Read();
        if (string.IsNullOrEmpty(model)) throw Missing("A request for embeddings", "model");
        if (input is null) throw Missing("A request for embeddings", "input");
        return new() { Model = model, Input = input, Dimensions = dimensions, EncodingFormat = format is null ? null : new(format), User = user, Extra = extra.ToExtra() };
    }

    public static void Write(Utf8JsonWriter json, EmbeddingRequest request) => Write(json, request, new(json, request.Extra), defaults: ImmutableDictionary<string, string>.Empty, base64: false);

    public static HttpCall Render(OpenAIEmbeddings quirks, EmbeddingRequest request, CallContext context)
    {
        var asked = request with { Model = context.Model };
        var isOfFloats = _numberForms.All(name => !request.Extra.TryGet(name, out _));
        // Base64 is of the very numbers that are asked for, which may be one byte each or single bits: as a list they can be read whatever they are.
        if (quirks.SmallNumbers) asked = asked with { EncodingFormat = asked.EncodingFormat?.Value is Bytes or Bits ? asked.EncodingFormat : new(Bytes) };
        else if (!isOfFloats && asked.EncodingFormat == EncodingFormat.Base64) asked = asked with { EncodingFormat = null };
        var warnings = new Warnings();
        var body = JsonOut.ToUtf8((asked, quirks, Base64: quirks.Base64 && isOfFloats, warnings), static (json, it) =>
            Write(json, it.asked, new(json, it.asked.Extra, it.quirks.Drops, it.warnings) { Renames = it.quirks.Renames }, it.quirks.Defaults, it.Base64));
        return new(HttpMethod.Post, quirks.Path) { Body = body, Warnings = warnings.Given };
    }

    private static void Write(Utf8JsonWriter json, EmbeddingRequest request, MemberWriter members, ImmutableDictionary<string, string> defaults, bool base64)
    {
        json.WriteStartObject();
        members.Text("model"u8, request.Model);
        if (!members.Overrides("input"u8)) request.Input.Write(json, "input"u8);
        members.Number("dimensions"u8, request.Dimensions);
        members.Text("encoding_format"u8, request.EncodingFormat?.Value ?? (base64 ? "base64" : null));
        members.Text("user"u8, request.User);
        foreach (var (name, value) in defaults) members.Text(Encoding.UTF8.GetBytes(name), value);
        request.Extra.WriteMembers(json);
        json.WriteEndObject();
    }
}
