namespace Muxi.Llm.Tests;

/// <summary>What Hugging Face's services and the hub say to the blocks of its page.</summary>
internal static class HuggingFaceDocs
{
    private const string Tokenizer = "{\"version\": \"1.0\"}";

    /// <summary>The reply; null for what is none of theirs.</summary>
    public static CannedReply? Answer(SeenRequest request) => request.Target switch
    {
        "/generate" => CannedReply.Json("""{"generated_text":"2026","details":{"finish_reason":"length","generated_tokens":4,"prefill":[],"tokens":[]}}"""),
        "/embed" => CannedReply.Json("[[0.5,0.25]]"),
        "/rerank" when request.Text.Contains("\"texts\"", StringComparison.Ordinal) => CannedReply.Json("""[{"index":0,"score":0.9},{"index":1,"score":0.1}]"""),
        _ when request.Target.Contains("/resolve/", StringComparison.Ordinal) => CannedReply.Json(Tokenizer)
            .With("x-repo-commit", HubServer.Commit).With("x-linked-etag", $"\"{HubServer.GitName(System.Text.Encoding.UTF8.GetBytes(Tokenizer))}\"").With("x-linked-size", $"{Tokenizer.Length}"),
        _ => null,
    };
}
