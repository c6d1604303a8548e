namespace Muxi.Llm.Tests;

/// <summary>Replies of an Ollama server to whatever it is asked, after docs/api.md of ollama/ollama.</summary>
internal static class OllamaServer
{
    public const string Chat = """{"model":"qwen3:4b","created_at":"2026-08-04T19:58:15Z","message":{"role":"assistant","content":"Hello!"},"done":true,"done_reason":"stop","prompt_eval_count":10,"eval_count":5}""";

    public static CannedReply Answer(SeenRequest request) => request.Target switch
    {
        "/api/chat" => Maybe(request, Chat),
        "/api/generate" => Maybe(request, """{"model":"qwen3:4b","created_at":"2026-08-04T19:58:15Z","response":"Hello!","done":true,"done_reason":"stop","prompt_eval_count":10,"eval_count":5}"""),
        "/api/embed" => CannedReply.Json($$"""{"model":"m","embeddings":[{{(request.Text.Contains("\"two\"", StringComparison.Ordinal) ? "[1,2],[3,4]" : "[1,2]")}}],"total_duration":14143917,"load_duration":1019500,"prompt_eval_count":8}"""),
        "/api/tags" => CannedReply.Json("""{"models":[{"name":"qwen3:4b","model":"qwen3:4b","modified_at":"2026-08-04T19:58:15.1-07:00","size":2620788260,"digest":"359d7dd4bcda","details":{"family":"qwen3","parameter_size":"4.0B"}},{"name":"llama3.2:latest","model":"llama3.2:latest","modified_at":"2026-01-01T00:00:00Z","size":5}]}"""),
        "/api/show" => CannedReply.Json("""{"license":"MIT","details":{"family":"qwen3"},"model_info":{"qwen3.context_length":262144},"capabilities":["completion","tools"],"modified_at":"2026-01-01T00:00:00Z"}"""),
        "/api/ps" => CannedReply.Json("""{"models":[{"name":"qwen3:4b","model":"qwen3:4b","size":6654289920,"digest":"359d7dd4bcda","details":{"family":"qwen3"},"expires_at":"2026-08-04T20:03:15Z","size_vram":6654289920,"context_length":4096}]}"""),
        "/api/version" => CannedReply.Json("""{"version":"0.33.2"}"""),
        "/api/delete" => CannedReply.Json(""),
        "/api/pull" => CannedReply.JsonLines("""
            {"status":"pulling manifest"}
            {"status":"pulling 359d7dd4bcda","digest":"sha256:359d7dd4bcda","total":2100,"completed":700}
            {"status":"pulling 359d7dd4bcda","digest":"sha256:359d7dd4bcda","total":2100,"completed":2100}
            {"status":"verifying sha256 digest"}
            {"status":"writing manifest"}
            {"status":"success"}

            """),
        _ => CannedReply.Json("""{"error":"404 page not found"}""", 404),
    };

    private static CannedReply Maybe(SeenRequest request, string json) => request.Text.Contains("\"stream\":true", StringComparison.Ordinal) ? CannedReply.JsonLines(json + "\n") : CannedReply.Json(json);
}
