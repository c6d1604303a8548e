namespace Muxi.Llm;

/// <summary>One name that the sandbox answers to.</summary>
/// <param name="Name">What comes after <c>sandbox/</c>.</param>
/// <param name="Description">What it does, in one line.</param>
/// <param name="IsFault">Whether it exists to misbehave; every other name, listed or not, answers like <c>chat</c>.</param>
internal sealed record SandboxModel(string Name, string Description, bool IsFault);

/// <summary>The sandbox's model names. A fault is meant only by the whole name: <c>my-slow</c> is an ordinary model.</summary>
internal static class SandboxModels
{
    public const string Chat = "chat", Echo = "echo", Embed = "embed", Rerank = "rerank", Moderate = "moderate", Ocr = "ocr", RateLimit = "rate-limit", Quota = "quota", Auth = "auth", Overloaded = "overloaded",
        Flaky = "flaky", Slow = "slow", Stall = "stall", CutStream = "cut-stream", BadJson = "bad-json", StreamError = "stream-error",
        HtmlError = "html-error", ContentFilter = "content-filter", ContentFilterOutput = "content-filter-output", ContextLength = "context-length";

    /// <summary>Every listed name, the useful ones first.</summary>
    public static IReadOnlyList<SandboxModel> All { get; } =
    [
        new(Chat, "says what arrived; calls tools and fills schemas (any other name does the same)", false),
        new(Echo, "repeats the last user message, word for word", false),
        new(Embed, "embeds texts: those with words in common are somewhat alike", false),
        new(Rerank, "ranks documents: those with more of the query's words come first", false),
        new(Moderate, "finds a category of harm where a text names it: \"violence\"", false),
        new(Ocr, "gives a text document back, page by page; looks into nothing else", false),
        new(Slow, "a good reply, 2 s late and 100 ms between the chunks of a stream", true),
        new(Flaky, "two calls fail with 503, the third is good, and so on", true),
        new(RateLimit, "429 rate_limit_exceeded with retry-after: 1", true),
        new(Quota, "429 insufficient_quota", true),
        new(Overloaded, "503 overloaded", true),
        new(Auth, "401 invalid_api_key", true),
        new(ContextLength, "400 context_length_exceeded", true),
        new(ContentFilter, "400 content_policy_violation", true),
        new(ContentFilterOutput, "a reply that the content filter cuts off", true),
        new(HtmlError, "502 with a page of HTML", true),
        new(BadJson, "200 with broken JSON, in a stream after two good chunks", true),
        new(CutStream, "a reply whose second half never comes, though the connection ends well", true),
        new(StreamError, "an error event in the middle of a stream; 500 without streaming", true),
        new(Stall, "the first bytes of a reply, then nothing until the caller gives up", true),
    ];
}
