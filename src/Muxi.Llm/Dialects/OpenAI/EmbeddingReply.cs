using System.Buffers;
using System.Net;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// Reads a reply with embeddings while it comes, so that no more of it is held than one embedding: a reply with thousands is larger than all else that it becomes.
/// What stands beside <c>data</c> is kept as it is and read at the end.
/// <code>
///   { ──► member, whole ──► kept        "data": [ ──► embedding, whole ──► vector, or what does not fit yet waits for more bytes
/// </code>
/// </summary>
internal sealed class EmbeddingReply : IBodyReader
{
    /// <summary>What the numbers are, where they come as base64.</summary>
    public VectorForm Form { get; init; }

    private const int MostOfHead = 2048;

    private readonly List<Embedding> _data = [];
    private readonly ArrayBufferWriter<byte> _rest = new();
    private byte[]? _head;
    private JsonReaderState _state;
    private Place _place;
    private bool _isBroken, _hasData;

    private enum Place
    {
        Start,
        Root,
        Data,
        End,
    }

    /// <summary>Reads the canonical form.</summary>
    public static EmbeddingResponse Read(ReadOnlySpan<byte> utf8)
    {
        var reply = new EmbeddingReply();
        reply.Take(utf8, isEnd: true);
        return reply is { _isBroken: false, _hasData: true } ? reply.ToResponse() : throw new JsonException("A reply with embeddings needs 'data'.");
    }

    public static void Write(Utf8JsonWriter json, EmbeddingResponse reply, EncodingFormat format)
    {
        json.WriteStartObject();
        json.WriteString("object"u8, "list"u8);
        json.WriteStartArray("data"u8);
        foreach (var embedding in reply.Data) VectorJson.Write(json, embedding, format);
        json.WriteEndArray();
        json.WriteString("model"u8, reply.Model);
        json.WriteStartObject("usage"u8);
        json.WriteNumber("prompt_tokens"u8, reply.Usage?.PromptTokens ?? 0);
        json.WriteNumber("total_tokens"u8, reply.Usage?.TotalTokens ?? 0);
        reply.Usage?.Extra.WriteMembers(json);
        json.WriteEndObject();
        reply.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    public int Take(ReadOnlySpan<byte> bytes, bool isEnd)
    {
        if (_head is null && bytes.IsEmpty && !isEnd) return 0;
        _head ??= bytes[..Math.Min(bytes.Length, MostOfHead)].ToArray();
        if (_isBroken || _place == Place.End) return bytes.Length;
        try
        {
            return TakeSome(bytes, isEnd);
        }
        catch (JsonException)
        {
            // Not JSON, or JSON that ends in the middle: the classifier says what it is.
            _isBroken = true;
            return bytes.Length;
        }
    }

    /// <summary>The reply, once its body was taken.</summary>
    /// <param name="reply">Its status and headers.</param>
    /// <param name="texts">How many texts were to be embedded; null where that is not known.</param>
    /// <param name="context">The call's surroundings.</param>
    /// <exception cref="ApiException">It is an error after all, or nothing that can be read.</exception>
    public EmbeddingResponse ToResponse(HttpReply reply, int? texts, CallContext context)
    {
        var rest = Rest();
        if (_isBroken || !_hasData || rest.TryGet("error", out var error) && error.ToElement().ValueKind != JsonValueKind.Null)
            throw context.Error(reply with { Body = _isBroken || rest.IsEmpty ? _head : rest.Utf8.ToArray() });
        if (texts is null || _data.Count == texts) return ToResponse();
        throw new ServerException($"{context.Provider}: the reply has {_data.Count} embeddings, and {texts} were asked for") { Provider = context.Provider, Model = context.Model, Status = HttpStatusCode.BadGateway };
    }

    private EmbeddingResponse ToResponse()
    {
        var rest = Rest();
        var usage = default(Usage);
        if (rest.TryGet("usage", out var raw))
        {
            var reader = new Utf8JsonReader(raw.Utf8.Span);
            reader.Read();
            usage = UsageJson.Read(ref reader, raw.Utf8.Span);
        }
        return new() { Model = rest.GetString("model") ?? "", Data = InOrder(), Usage = usage, Extra = rest.Without("usage").Without("model").Without("object") };
    }

    /// <summary>In the order of the texts. A service that numbers them all alike gives them in that order.</summary>
    private List<Embedding> InOrder()
    {
        for (var i = 0; i < _data.Count; i++)
            if (_data[i].Index != i) return Sorted();
        return _data;
    }

    private List<Embedding> Sorted()
    {
        var isNumbered = _data.Select(static embedding => embedding.Index).Distinct().Count() == _data.Count && _data.TrueForAll(embedding => embedding.Index >= 0 && embedding.Index < _data.Count);
        if (isNumbered) _data.Sort(static (a, b) => a.Index.CompareTo(b.Index));
        else
            for (var i = 0; i < _data.Count; i++) _data[i] = _data[i] with { Index = i };
        return _data;
    }

    private Extra Rest() => _rest.WrittenCount == 0 ? default : Extra.Trusted([.. _rest.WrittenSpan, (byte)'}']);

    private int TakeSome(ReadOnlySpan<byte> bytes, bool isEnd)
    {
        var taken = 0;
        if (_place == Place.Start)
        {
            if (bytes.Length < 3 && !isEnd) return 0;
            taken = bytes.Length - JsonReading.WithoutMark(bytes).Length;
        }
        while (_place != Place.End)
        {
            var left = bytes[taken..];
            var reader = new Utf8JsonReader(left, isEnd, _state);
            var isWhole = _place switch
            {
                Place.Start => Begin(ref reader),
                Place.Root => TakeMember(ref reader, left),
                _ => TakeEmbedding(ref reader, left),
            };
            if (!isWhole) return taken;
            _state = reader.CurrentState;
            taken += (int)reader.BytesConsumed;
        }
        return bytes.Length;
    }

    private bool Begin(ref Utf8JsonReader reader)
    {
        if (!reader.Read()) return false;
        if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException("The reply is no object.");
        _place = Place.Root;
        return true;
    }

    /// <summary>Takes a member beside the data, or steps into the data.</summary>
    private bool TakeMember(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.Read()) return false;
        if (reader.TokenType == JsonTokenType.EndObject)
        {
            _place = Place.End;
            return true;
        }
        var start = (int)reader.TokenStartIndex;
        var isData = reader.Is("data"u8);
        if (!reader.Read()) return false;
        if (isData && reader.TokenType == JsonTokenType.StartArray)
        {
            _place = Place.Data;
            return _hasData = true;
        }
        if (!reader.TrySkip()) return false;
        _rest.Write(_rest.WrittenCount == 0 ? "{"u8 : ","u8);
        _rest.Write(source[start..(int)reader.BytesConsumed]);
        return true;
    }

    private bool TakeEmbedding(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.Read()) return false;
        if (reader.TokenType == JsonTokenType.EndArray)
        {
            _place = Place.Root;
            return true;
        }
        var start = (int)reader.TokenStartIndex;
        var isEmbedding = reader.TokenType == JsonTokenType.StartObject;
        if (!reader.TrySkip()) return false;
        if (isEmbedding) _data.Add(VectorJson.Read(source[start..(int)reader.BytesConsumed], _data.Count, Form));
        return true;
    }
}
