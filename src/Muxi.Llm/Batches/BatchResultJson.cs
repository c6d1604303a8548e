using System.Text.Json;

namespace Muxi.Llm;

/// <summary>A result as a line of OpenAI's form, whoever answered.</summary>
internal static class BatchResultJson
{
    /// <remarks>Source: the lines of an output file in OpenAI's guide to batches, as of 2026-11.</remarks>
    public static void Write(Utf8JsonWriter json, BatchResult result)
    {
        if (result is { Reply: null, Error: null, Raw.IsEmpty: false })
        {
            result.Raw.WriteTo(json);
            return;
        }
        json.WriteStartObject();
        json.WriteString("custom_id"u8, result.CustomId);
        if (BodyOf(result.Reply) is { } body)
        {
            json.WriteStartObject("response"u8);
            json.WriteNumber("status_code"u8, 200);
            json.WriteString("request_id"u8, result.RequestId ?? "");
            json.WritePropertyName("body"u8);
            json.WriteRawValue(body, skipInputValidation: true);
            json.WriteEndObject();
            json.WriteNull("error"u8);
        }
        else
        {
            json.WriteNull("response"u8);
            json.WriteStartObject("error"u8);
            json.WriteString("code"u8, result.Error?.Code ?? result.Error?.Type ?? result.Outcome.Value);
            json.WriteString("message"u8, result.Error?.Message ?? "");
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static string? BodyOf(Reply? reply) => reply switch
    {
        ChatCompletion chat => chat.ToJson(),
        EmbeddingResponse embedding => embedding.ToJson(),
        Completion completion => completion.ToJson(),
        ModerationResponse moderation => moderation.ToJson(),
        OcrResponse ocr => ocr.ToJson(),
        ImagesResponse images => images.ToJson(),
        Response response => response.ToJson(),
        _ => null,
    };
}
