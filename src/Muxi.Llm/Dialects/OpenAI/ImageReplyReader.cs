using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Reads replies with pictures, and the events of a streamed one. Base64 becomes bytes straight from the body.</summary>
internal static class ImageReplyReader
{
    /// <summary>Reads a service's reply; a 200 that holds an error, or no pictures, is raised as what it is.</summary>
    public static ImagesResponse Parse(HttpReply reply, CallContext context)
    {
        try
        {
            if (Read(reply.Body.Span) is { } images) return images;
        }
        catch (JsonException)
        {
            // Not JSON, or JSON cut in the middle: the classifier says what it is.
        }
        throw context.Error(reply);
    }

    /// <summary>Reads a reply; null where it is an error, or no pictures are in it.</summary>
    public static ImagesResponse? Read(ReadOnlySpan<byte> source)
    {
        var reader = new Utf8JsonReader(source = JsonReading.WithoutMark(source));
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
        List<GeneratedImage>? data = null;
        var reply = new ImagesResponse { Data = [] };
        var isError = false;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("created"u8)) reply = reply with { Created = FileJson.ReadTime(ref reader) ?? 0 };
            else if (reader.Is("data"u8)) data = ReadData(ref reader, source);
            else if (reader.Is("background"u8)) reply = reply with { Background = Word(ref reader, source, static word => new ImageBackground(word)) };
            else if (reader.Is("output_format"u8)) reply = reply with { OutputFormat = Word(ref reader, source, static word => new ImageOutputFormat(word)) };
            else if (reader.Is("size"u8)) reply = reply with { Size = Word(ref reader, source, static word => new ImageSize(word)) };
            else if (reader.Is("quality"u8)) reply = reply with { Quality = Word(ref reader, source, static word => new ImageQuality(word)) };
            else if (reader.Is("usage"u8)) reply = reply with { Usage = ReadUsage(ref reader, source) };
            else
            {
                isError |= reader.Is("error"u8) && !reader.NextIsNull();
                extra.Take(ref reader, source);
            }
        }
        reader.Read();
        return data is null || isError ? null : reply with { Data = data, Extra = extra.ToExtra() };
    }

    /// <summary>Reads an event; null where it is an error or nothing that has a type.</summary>
    public static ImageStreamEvent? ReadEvent(ReadOnlySpan<byte> source, string? name)
    {
        var reader = new Utf8JsonReader(source);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
        string? type = null;
        var image = new ImageReader();
        var read = new ImageStreamEvent { Type = "" };
        var isError = false;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("type"u8)) type = reader.ReadString(source);
            else if (reader.Is("partial_image_index"u8)) read = read with { PartialImageIndex = (int?)reader.ReadLong() };
            else if (reader.Is("created_at"u8)) read = read with { CreatedAt = FileJson.ReadTime(ref reader) };
            else if (reader.Is("background"u8)) read = read with { Background = Word(ref reader, source, static word => new ImageBackground(word)) };
            else if (reader.Is("output_format"u8)) read = read with { OutputFormat = Word(ref reader, source, static word => new ImageOutputFormat(word)) };
            else if (reader.Is("size"u8)) read = read with { Size = Word(ref reader, source, static word => new ImageSize(word)) };
            else if (reader.Is("quality"u8)) read = read with { Quality = Word(ref reader, source, static word => new ImageQuality(word)) };
            else if (reader.Is("usage"u8)) read = read with { Usage = ReadUsage(ref reader, source) };
            else if (!image.Take(ref reader, source))
            {
                isError |= reader.Is("error"u8) && !reader.NextIsNull();
                extra.Take(ref reader, source);
            }
        }
        if (isError || type == "error" || (type ?? name) is not { Length: > 0 } named) return null;
        return read with { Type = named, Image = image.ToImage(), Extra = extra.ToExtra() };
    }

    private static List<GeneratedImage>? ReadData(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.EnterArray()) return null;
        var data = new List<GeneratedImage>();
        while (reader.NextItem())
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                continue;
            }
            var image = new ImageReader();
            var extra = new ExtraReader();
            while (reader.NextMember())
                if (!image.Take(ref reader, source)) extra.Take(ref reader, source);
            data.Add((image.ToImage() ?? new()) with { Extra = extra.ToExtra() });
        }
        return data;
    }

    /// <summary>Words come as words; an empty one says nothing.</summary>
    private static T? Word<T>(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, Func<string, T> make) where T : struct => reader.ReadString(source) is { Length: > 0 } word ? make(word) : null;

    /// <summary>Usage in tokens. One that counts something else (xAI counts money) has zeros and its own members.</summary>
    private static ImagesUsage? ReadUsage(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.EnterObject()) return null;
        long? input = null, output = null, total = null;
        ImagesTokensDetails? inputs = null, outputs = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("input_tokens"u8)) input = reader.ReadLong();
            else if (reader.Is("output_tokens"u8)) output = reader.ReadLong();
            else if (reader.Is("total_tokens"u8)) total = reader.ReadLong();
            else if (reader.Is("input_tokens_details"u8)) inputs = ReadDetails(ref reader, source);
            else if (reader.Is("output_tokens_details"u8)) outputs = ReadDetails(ref reader, source);
            else extra.Take(ref reader, source);
        }
        return new()
        {
            InputTokens = input ?? 0, OutputTokens = output ?? 0, TotalTokens = total ?? (input ?? 0) + (output ?? 0), InputTokensDetails = inputs, OutputTokensDetails = outputs, Extra = extra.ToExtra(),
        };
    }

    private static ImagesTokensDetails? ReadDetails(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.EnterObject()) return null;
        long text = 0, image = 0;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("text_tokens"u8)) text = reader.ReadLong() ?? 0;
            else if (reader.Is("image_tokens"u8)) image = reader.ReadLong() ?? 0;
            else extra.Take(ref reader, source);
        }
        return new() { TextTokens = text, ImageTokens = image, Extra = extra.ToExtra() };
    }

    /// <summary>The members of one picture, in a list or in an event.</summary>
    private ref struct ImageReader
    {
        private byte[]? _bytes;
        private string? _text, _url, _revised;

        public bool Take(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
        {
            if (reader.Is("b64_json"u8))
            {
                reader.Read();
                _bytes = reader.TokenType == JsonTokenType.String ? Base64Text.Decode(ref reader) : null;
                if (_bytes is null) _text = reader.TextOf(source);
            }
            else if (reader.Is("url"u8)) _url = reader.ReadString(source) is { Length: > 0 } url ? url : null;
            else if (reader.Is("revised_prompt"u8)) _revised = reader.ReadString(source);
            else return false;
            return true;
        }

        /// <summary>The picture; null where none of its members came.</summary>
        public readonly GeneratedImage? ToImage()
        {
            if (_bytes is null && _text is null && _url is null && _revised is null) return null;
            return _bytes is null ? new() { B64Json = _text, Url = _url, RevisedPrompt = _revised } : new() { Bytes = _bytes, Url = _url, RevisedPrompt = _revised };
        }
    }
}
