using System.Collections.Immutable;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// Ollama's embeddings. A text that is longer than the model's window is cut without a word, unless the request has <c>truncate</c> false; that, <c>keep_alive</c> and
/// <c>options</c> are further members of it.
/// </summary>
/// <remarks>Source: <c>POST /api/embed</c> in docs.ollama.com/openapi.yaml and docs/api.md of ollama/ollama, as of 2026-11.</remarks>
public sealed record OllamaEmbeddings : EmbeddingsDialect
{
    /// <summary>The path after the base URL.</summary>
    public string Path { get; init; } = "api/embed";

    /// <summary>Further members of a request that the server looks for within <c>options</c>, as for <see cref="OllamaChat.Options"/>.</summary>
    public ImmutableArray<string> Options { get; init; } = OllamaOptions.Known;

    /// <inheritdoc/>
    public override HttpCall Render(EmbeddingRequest request, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Input.Tokens.Count > 0) throw context.Refuse("input", "tokens are not taken: give text");
        var warnings = new Warnings();
        if (request.User is not null) warnings.Add("user", "left out: the server has nothing like it");
        var body = JsonOut.ToUtf8((this, request, context, warnings), static (json, it) => it.Item1.Write(json, it.request, it.context, it.warnings));
        return new(HttpMethod.Post, Path) { Body = body, Warnings = warnings.Given };
    }

    /// <inheritdoc/>
    public override EmbeddingResponse Parse(HttpReply reply, CallContext context) => Parse(reply, null, context);

    /// <inheritdoc/>
    public override IExchange<EmbeddingResponse> Begin(EmbeddingRequest request, CallContext context) =>
        Exchange.Of(() => Render(request, context), reply => Parse(reply, request.Extra.Holds("input"u8) ? null : request.Input.Count, context));

    private void Write(Utf8JsonWriter json, EmbeddingRequest request, CallContext context, Warnings warnings)
    {
        var extra = request.Extra;
        json.WriteStartObject();
        if (!extra.Holds("model"u8)) json.WriteString("model"u8, context.Model);
        if (!extra.Holds("input"u8)) request.Input.Write(json, "input"u8);
        if (request.Dimensions is { } dimensions && !extra.Holds("dimensions"u8)) json.WriteNumber("dimensions"u8, dimensions);
        new OllamaOptions(json, extra, [], warnings).End(Options);
        OllamaRequestWriter.WriteExtra(json, extra, Options);
        json.WriteEndObject();
    }

    private static EmbeddingResponse Parse(HttpReply reply, int? texts, CallContext context) => Counted(Read(reply, context) ?? throw context.Error(reply), texts, context);

    private static EmbeddingResponse? Read(HttpReply reply, CallContext context)
    {
        try
        {
            return Read(JsonReading.WithoutMark(reply.Body.Span), context);
        }
        catch (JsonException)
        {
            // Not JSON, or JSON cut in the middle: the classifier says what it is.
            return null;
        }
    }

    private static EmbeddingResponse? Read(ReadOnlySpan<byte> source, CallContext context)
    {
        var reader = new Utf8JsonReader(source);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
        string? model = null;
        List<Embedding>? data = null;
        var isError = false;
        OllamaUsage usage = default;
        ExtraReader extra = default;
        while (reader.NextMember())
        {
            if (reader.NextIsNull()) reader.SkipMember();
            else if (reader.Is("model"u8)) model = reader.ReadString(source);
            else if (reader.Is("embeddings"u8)) data = ReadAll(ref reader);
            // The form before 0.3, of one text.
            else if (reader.Is("embedding"u8) && VectorJson.ReadVector(ref reader) is { } only) data = [new() { Vector = only }];
            else if (!usage.Take(ref reader, source))
            {
                isError |= reader.Is("error"u8);
                extra.Take(ref reader, source);
            }
        }
        reader.Read();
        if (data is null || isError) return null;
        return new() { Model = model ?? context.Model, Data = data, Usage = usage.ToUsage(), Extra = extra.ToExtra() };
    }

    private static List<Embedding>? ReadAll(ref Utf8JsonReader reader)
    {
        if (!reader.EnterArray()) return null;
        var all = new List<Embedding>();
        while (reader.NextItem()) all.Add(new() { Index = all.Count, Vector = reader.TokenType == JsonTokenType.StartArray ? VectorJson.ReadList(ref reader) : throw new JsonException("An embedding has no numbers.") });
        return all;
    }
}
