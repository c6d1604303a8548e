using System.Text.Json;
using static Muxi.Llm.RequestReading;

namespace Muxi.Llm;

/// <summary>What makes a batch, and the lines of its input, as JSON: strict about shapes, open for members that it does not know.</summary>
internal static class BatchRequestJson
{
    private const string Kind = "A request for a batch";
    private const string Line = "A line of a batch";

    public static BatchCreateRequest Read(ReadOnlySpan<byte> utf8)
    {
        var reader = Begin(utf8 = JsonReading.WithoutMark(utf8), Kind);
        string? file = null, endpoint = null, window = null;
        Dictionary<string, string>? metadata = null;
        FileExpiration? expires = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("input_file_id"u8)) file = Text(ref reader, "input_file_id");
            else if (reader.Is("endpoint"u8)) endpoint = Text(ref reader, "endpoint");
            else if (reader.Is("completion_window"u8)) window = Text(ref reader, "completion_window");
            else if (reader.Is("metadata"u8)) metadata = Labels(ref reader, utf8);
            else if (reader.Is("output_expires_after"u8)) expires = UploadRequestJson.Expiration(ref reader, Kind, "output_expires_after");
            else extra.Take(ref reader, utf8);
        }
        reader.Read();
        return new()
        {
            InputFileId = file is { Length: > 0 } ? file : throw Missing(Kind, "input_file_id"), Endpoint = endpoint is { Length: > 0 } ? endpoint : throw Missing(Kind, "endpoint"),
            CompletionWindow = window, Metadata = metadata, OutputExpiresAfter = expires, Extra = extra.ToExtra(),
        };
    }

    public static void Write(Utf8JsonWriter json, BatchCreateRequest request)
    {
        var members = new MemberWriter(json, request.Extra, [], new());
        json.WriteStartObject();
        members.Text("input_file_id"u8, request.InputFileId);
        members.Text("endpoint"u8, request.Endpoint.Value);
        members.Text("completion_window"u8, request.CompletionWindow);
        members.Labels("metadata"u8, request.Metadata);
        if (request.OutputExpiresAfter is { } expires && !members.Skips("output_expires_after"u8))
        {
            json.WriteStartObject("output_expires_after"u8);
            json.WriteString("anchor"u8, expires.Anchor);
            json.WriteNumber("seconds"u8, expires.Seconds);
            json.WriteEndObject();
        }
        request.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    /// <summary>Reads one request as a file of OpenAI's form has it.</summary>
    public static BatchRequest ReadLine(ReadOnlySpan<byte> utf8, string? provider)
    {
        var reader = Begin(utf8 = JsonReading.WithoutMark(utf8), Line);
        string? id = null, url = null, method = null;
        RawJson body = default;
        while (reader.NextMember())
        {
            if (reader.Is("custom_id"u8)) id = Text(ref reader, "custom_id");
            else if (reader.Is("url"u8)) url = Text(ref reader, "url");
            else if (reader.Is("method"u8)) method = Text(ref reader, "method");
            else if (reader.Is("body"u8))
            {
                reader.Read();
                body = reader.TokenType == JsonTokenType.StartObject ? reader.RawValue(utf8) : throw Wrong("body", "an object");
            }
            else reader.SkipMember();
        }
        reader.Read();
        if (method is not (null or "POST")) throw Wrong("method", "POST");
        if (body.IsEmpty) throw Missing(Line, "body");
        return Of(id is { Length: > 0 } ? id : throw Missing(Line, "custom_id"), url ?? throw Missing(Line, "url"), body.Utf8.Span, provider);
    }

    private static BatchRequest Of(string id, string url, ReadOnlySpan<byte> body, string? provider)
    {
        switch (url)
        {
            case "/v1/chat/completions":
                var chat = ChatCompletionRequest.Parse(body);
                return new(id, chat with { Model = Of(chat.Model, provider) });
            case "/v1/embeddings":
                var embedding = EmbeddingRequest.Parse(body);
                return new(id, embedding with { Model = Of(embedding.Model, provider) });
            case "/v1/completions":
                var completion = CompletionRequest.Parse(body);
                return new(id, completion with { Model = Of(completion.Model, provider) });
            case "/v1/moderations":
                var moderation = ModerationRequest.Parse(body);
                return new(id, moderation with { Model = Of(moderation.Model, provider) });
            case "/v1/images/generations":
                var images = ImageGenerationRequest.Parse(body);
                return new(id, images with { Model = Of(images.Model, provider) });
            case "/v1/ocr":
                var ocr = OcrRequest.Parse(body);
                return new(id, ocr with { Model = Of(ocr.Model, provider) });
            case "/v1/responses":
                var response = ResponseRequest.Parse(body);
                return new(id, response with { Model = Of(response.Model, provider) });
            default:
                throw Wrong("url", "/v1/chat/completions, /v1/completions, /v1/embeddings, /v1/images/generations, /v1/moderations, /v1/ocr or /v1/responses");
        }
    }

    private static string Of(string model, string? provider) =>
        provider is null || model.Length == 0 || model.StartsWith(provider + "/", StringComparison.Ordinal) ? model : $"{provider}/{model}";
}
