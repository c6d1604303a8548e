using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Writes replies with pictures, and the events of a streamed one, in OpenAI's shape.</summary>
internal static class ImageReplyWriter
{
    public static void Write(Utf8JsonWriter json, ImagesResponse reply)
    {
        json.WriteStartObject();
        json.WriteNumber("created"u8, reply.Created);
        json.WriteStartArray("data"u8);
        foreach (var image in reply.Data)
        {
            json.WriteStartObject();
            WriteMembers(json, image);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        Text(json, "background"u8, reply.Background?.Value);
        Text(json, "output_format"u8, reply.OutputFormat?.Value);
        Text(json, "size"u8, reply.Size?.Value);
        Text(json, "quality"u8, reply.Quality?.Value);
        if (reply.Usage is { } usage) Write(json, usage);
        reply.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, ImageStreamEvent one)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, one.Type.Value);
        if (one.Image is { } image) WriteMembers(json, image);
        if (one.CreatedAt is { } created) json.WriteNumber("created_at"u8, created);
        Text(json, "size"u8, one.Size?.Value);
        Text(json, "quality"u8, one.Quality?.Value);
        Text(json, "background"u8, one.Background?.Value);
        Text(json, "output_format"u8, one.OutputFormat?.Value);
        if (one.PartialImageIndex is { } index) json.WriteNumber("partial_image_index"u8, index);
        if (one.Usage is { } usage) Write(json, usage);
        one.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    private static void WriteMembers(Utf8JsonWriter json, GeneratedImage image)
    {
        if (!image.Bytes.IsEmpty) json.WriteBase64String("b64_json"u8, image.Bytes.Span);
        else Text(json, "b64_json"u8, image.B64Json);
        Text(json, "url"u8, image.Url);
        Text(json, "revised_prompt"u8, image.RevisedPrompt);
        image.Extra.WriteMembers(json);
    }

    private static void Write(Utf8JsonWriter json, ImagesUsage usage)
    {
        json.WriteStartObject("usage"u8);
        json.WriteNumber("input_tokens"u8, usage.InputTokens);
        json.WriteNumber("output_tokens"u8, usage.OutputTokens);
        json.WriteNumber("total_tokens"u8, usage.TotalTokens);
        // OpenAI's clients expect the prompt's details to be there.
        Write(json, "input_tokens_details"u8, usage.InputTokensDetails ?? new());
        if (usage.OutputTokensDetails is { } output) Write(json, "output_tokens_details"u8, output);
        usage.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, ImagesTokensDetails details)
    {
        json.WriteStartObject(name);
        json.WriteNumber("text_tokens"u8, details.TextTokens);
        json.WriteNumber("image_tokens"u8, details.ImageTokens);
        details.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    private static void Text(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null) json.WriteString(name, value);
    }
}
