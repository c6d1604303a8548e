using System.Text.Json;

namespace Muxi.Llm.Gateway.Surfaces.OpenAI;

/// <summary>A refusal in OpenAI's shape: <c>{"error":{"message","type","param","code"}}</c>, all four always there.</summary>
/// <remarks>Source: ErrorResponse in OpenAI's OpenAPI document 2.3.0.</remarks>
internal static class OpenAIErrors
{
    public static void Write(Utf8JsonWriter json, Refusal refusal)
    {
        json.WriteStartObject();
        json.WritePropertyName("error"u8);
        WriteInner(json, refusal);
        json.WriteEndObject();
    }

    /// <summary>The object within.</summary>
    public static void WriteInner(Utf8JsonWriter json, Refusal refusal)
    {
        json.WriteStartObject();
        json.WriteString("message"u8, refusal.Message);
        json.WriteString("type"u8, refusal.Type ?? Type(refusal.Status));
        json.WriteString("param"u8, refusal.Param);
        json.WriteString("code"u8, refusal.Code);
        json.WriteEndObject();
    }

    private static string Type(int status) => status switch
    {
        429 => "rate_limit_error",
        < 500 => "invalid_request_error",
        _ => "server_error",
    };
}
