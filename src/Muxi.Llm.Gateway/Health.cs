namespace Muxi.Llm.Gateway;

/// <summary><c>GET /health</c>: that the process answers, and nothing else.</summary>
internal static class Health
{
    public static Task AnswerAsync(Incoming call) => call.WriteJsonAsync(200, static json =>
    {
        json.WriteStartObject();
        json.WriteString("status"u8, "ok"u8);
        json.WriteEndObject();
    });
}
