using System.Text.Json;

namespace Muxi.Llm.Gateway.Surfaces.Cohere;

/// <summary>A refusal in Cohere's shape: <c>{"message"}</c>. Its status says the rest.</summary>
/// <remarks>Source: the error replies of Cohere's reference, <c>POST /v2/rerank</c>, as of 2026-11.</remarks>
internal static class CohereErrors
{
    public static void Write(Utf8JsonWriter json, Refusal refusal)
    {
        json.WriteStartObject();
        json.WriteString("message"u8, refusal.Message);
        json.WriteEndObject();
    }
}
