namespace Muxi.Llm;

/// <summary>Decides what an error is: by the words of its body first, by its status where they say nothing certain.</summary>
internal static class ErrorRules
{
    // Wordings of OpenAI, Anthropic, Google, Amazon, Mistral, TGI, vLLM, llama.cpp, Ollama, Perplexity (recorded or documented by 2026-11).
    private static readonly string[] Context =
    [
        "exceed context limit", "exceeds context limit", "maximum context length", "model's maximum context limit", "longer than the model's context length",
        "input tokens exceed the configured limit", "`inputs` tokens + `max_new_tokens` must be", "`inputs` must have less than", "exceeds the available context size",
        "exceeds the maximum number of tokens allowed", "context window", "prompt is too long", "prompt too long; exceeded max context length",
        "too many tokens", "input tokens exceeded", "input is too long for requested model", "too many total text bytes",
        "total length of all messages is too long", "reduce the length of messages",
        "reduce the length of the messages", "tokens) is too large to process",
    ];

    private static readonly string[] Content =
    [
        "content_policy_violation", "content_filter", "responsibleaipolicyviolation", "content management policy", "content filtering policy",
        "rejected as a result of our safety system", "rejected by the safety system", "input was flagged", "flagged as sensitive", "nsfw content detected", "content exists risk",
    ];

    // Strong enough for any status; "billing" alone is not, since rate-limit texts advertise the billing page too.
    private static readonly string[] Spent =
    [
        "insufficient balance", "insufficient credit", "insufficient funds", "insufficient_quota", "credit balance", "out of credits", "requires more credits",
        "used all available credits", "spending limit", "spend limit", "monthly included credits", "billing hard limit", "billing is not active",
        "check your billing", "credits are depleted", "used up your daily free allocation", "enable billing", "billing to be enabled", "余额不足", "欠费",
    ];

    private static readonly string[] SpentUnlessRated = ["exceeded your current quota", "billing", "quota exceeded", "exceeded your quota"];

    private static readonly string[] Rated =
    [
        "rate limit", "rate_limit", "ratelimit", "per minute", "per min", "per hour", "per day", "per second", "too many requests",
        "retry in", "again in", "please wait", "throttl",
    ];

    // Mistral's capacity text is documented to come with other statuses than 429.
    private static readonly string[] RatedAnywhere = ["service tier capacity exceeded", "rate limit exceeded", "rate limit reached", "too many requests"];

    private static readonly string[] Key =
    [
        "incorrect api key", "invalid api key", "invalid api-key", "invalid x-api-key", "api key not valid", "api key is invalid", "api key not found",
        "api key expired", "api key is missing", "missing api key", "no api key", "provide an api key", "provide a valid api key", "authentication fails",
        "invalid authentication", "invalid subscription key", "security token included in the request is", "unregistered callers",
        "no auth credentials", "signature we calculated does not match",
    ];

    private static readonly string[] Missing = ["does not exist", "not found", "is not a valid model", "identifier is invalid"];

    /// <summary>The kind, and the status to show: the one that came or, inside a good reply, the one the error stands for.</summary>
    internal static (ErrorKind Kind, int Status) Decide(int status, ErrorBody body)
    {
        var coded = Coded(body);
        var good = status is >= 200 and < 300;
        // A proxy's general status says less than the upstream's own, which it passes on as a number in the body.
        var effective = good || status is 400 or 500 ? body.Status ?? status : status;
        var kind = ByWords(effective, coded, body) ?? (coded is { Certain: true } sure ? sure.Kind : (ErrorKind?)null) ?? ByStatus(effective, coded, body);
        if (!good) return (kind, status);

        if (body.Status is { } own) return (kind, own);
        if (coded is { } meant && meant.Kind == kind) return (kind, meant.Status);
        return (kind, Usual(kind, body));
    }

    /// <summary>Of all codes in the body the one that decides most: a spent quota also calls itself a rate limit.</summary>
    private static CodeMeaning? Coded(ErrorBody body)
    {
        CodeMeaning? best = null;
        foreach (var word in body.Words)
            if (ErrorCodes.Read(word) is { } meaning && (best is not { } held || Rank(meaning) < Rank(held))) best = meaning;
        return best;

        static int Rank(CodeMeaning meaning) => !meaning.Certain ? 100 : meaning.Kind switch
        {
            ErrorKind.Quota => 0,
            ErrorKind.ContextLength => 1,
            ErrorKind.ContentFilter => 2,
            ErrorKind.Authentication => 3,
            ErrorKind.RateLimit => 4,
            ErrorKind.Overloaded => 5,
            _ => 6,
        };
    }

    private static ErrorKind? ByWords(int status, CodeMeaning? coded, ErrorBody body)
    {
        var sure = coded is { Certain: true } meaning ? meaning.Kind : (ErrorKind?)null;
        // 413 with a rate-limit code: one request above the whole minute's limit. Waiting will not make it fit.
        if (status is 413 && sure is null or ErrorKind.RateLimit) return IsContext(body) ? ErrorKind.ContextLength : ErrorKind.TooLarge;
        if (sure is ErrorKind.Quota or ErrorKind.ContextLength or ErrorKind.ContentFilter) return sure;
        if (status == 402) return ErrorKind.Quota;

        if (status == 429 || sure == ErrorKind.RateLimit) return Limited(sure, body);
        return status is 401 or 404 ? null : ByText(status, sure, body);
    }

    /// <summary>What the message says, as far as it may be believed under this status and beside this code.</summary>
    private static ErrorKind? ByText(int status, ErrorKind? sure, ErrorBody body)
    {
        var text = body.Text;
        if (IsContext(body) || status == 403 && IsRoomAsked(text)) return ErrorKind.ContextLength;
        if (status >= 500) return Holds(text, "overload") ? ErrorKind.Overloaded : null;
        if (IsContent(text)) return ErrorKind.ContentFilter;
        if (Any(text, Spent) || status is 403 or 412 && Holds(text, "billing")) return ErrorKind.Quota;
        if (Any(text, RatedAnywhere)) return ErrorKind.RateLimit;

        if (sure is not (null or ErrorKind.Permission) || status is not (400 or 403 or < 300)) return null;
        if (body.Param is null && Any(text, Key)) return ErrorKind.Authentication;
        if (sure is not null) return null;
        if (status < 300 && Holds(text, "overloaded")) return ErrorKind.Overloaded;
        return status != 403 && IsModelMissing(body) ? ErrorKind.NotFound : null;
    }

    /// <summary>A 429: for now, for good, or not a limit at all.</summary>
    private static ErrorKind Limited(ErrorKind? sure, ErrorBody body)
    {
        if (sure is { } kind and not ErrorKind.Overloaded and not ErrorKind.RateLimit) return kind;
        if (sure is { } || body.RetryDelay is not null) return Any(body.Text, Spent) && !Any(body.Text, Rated) ? ErrorKind.Quota : sure ?? ErrorKind.RateLimit;
        if (Any(body.Text, Spent)) return ErrorKind.Quota;
        if (Any(body.Text, Rated)) return ErrorKind.RateLimit;
        if (Any(body.Text, SpentUnlessRated)) return ErrorKind.Quota;
        return IsContext(body) ? ErrorKind.ContextLength : ErrorKind.RateLimit;
    }

    private static ErrorKind ByStatus(int status, CodeMeaning? coded, ErrorBody body) => status switch
    {
        // A good status: the body is an error, or it is not what it should be.
        >= 200 and < 300 => coded?.Kind ?? ErrorKind.Server,
        503 or 529 => ErrorKind.Overloaded,
        _ when ErrorKinds.IsTimeout(status) => ErrorKind.Timeout,
        >= 500 => ErrorKind.Server,
        >= 400 => ByClientStatus(status, body.Text),
        _ => ErrorKind.Unknown,
    };

    private static ErrorKind ByClientStatus(int status, string text) => status switch
    {
        401 => ErrorKind.Authentication,
        402 => ErrorKind.Quota,
        403 or 451 => ErrorKind.Permission,
        404 or 410 => ErrorKind.NotFound,
        409 => ErrorKind.Conflict,
        // Suspended: of the account, as documented for 412.
        412 when Holds(text, "suspended") => ErrorKind.Permission,
        413 or 414 or 431 => ErrorKind.TooLarge,
        422 => ErrorKind.Unprocessable,
        // The generation failed on the provider's side (TGI, Bedrock); 499: it says we hung up, though we are here to read it.
        424 or 499 => ErrorKind.Server,
        429 => ErrorKind.RateLimit,
        // Two meanings are documented: no capacity in the flexible tier, and an invalid token.
        498 => Holds(text, "token") ? ErrorKind.Authentication : ErrorKind.Overloaded,
        _ => ErrorKind.BadRequest,
    };

    private static int Usual(ErrorKind kind, ErrorBody body) => kind switch
    {
        ErrorKind.BadRequest or ErrorKind.ContextLength or ErrorKind.ContentFilter => 400,
        ErrorKind.Authentication => 401,
        ErrorKind.Permission => 403,
        ErrorKind.NotFound => 404,
        ErrorKind.Conflict => 409,
        ErrorKind.TooLarge => 413,
        ErrorKind.Unprocessable => 422,
        ErrorKind.RateLimit or ErrorKind.Quota => 429,
        ErrorKind.Overloaded => 503,
        ErrorKind.Timeout => 504,
        // Nothing that an error could be read from: a bad gateway, as it were.
        _ => body.Message is null || body.Form != BodyForm.Json ? 502 : 500,
    };

    private static bool IsContext(ErrorBody body)
    {
        // One string above the API's own maximum says nothing about the model's window.
        foreach (var word in body.Words)
            if (ErrorCodes.Normalize(word) == "stringabovemaxlength") return false;
        return Any(body.Text, Context)
            || Holds(body.Text, "current length is") && Holds(body.Text, "while limit is")
            || Holds(body.Text, "maximum input length is") && Holds(body.Text, "tokens");
    }

    /// <summary>403 is also documented for a prompt and an answer that together do not fit.</summary>
    private static bool IsRoomAsked(string text) =>
        Holds(text, "token") && (Holds(text, "context") || Holds(text, "max_tokens") || Holds(text, "max_new_tokens"));

    private static bool IsContent(string text) =>
        Any(text, Content) || Holds(text, "invalid prompt") && Holds(text, "violating our usage policy");

    private static bool IsModelMissing(ErrorBody body)
    {
        var text = body.Text;
        if (body.Param is not (null or "model")) return false;
        if (Holds(text, "invalid model") || Holds(text, "unknown model") || Holds(text, "no such model") || Holds(text, "is not a valid model")
            || text.StartsWith("model ", StringComparison.Ordinal) && Holds(text, " is not supported.")) return true;
        var model = text.IndexOf("model", StringComparison.Ordinal);
        if (model < 0) return false;
        foreach (var phrase in Missing)
            if (text.IndexOf(phrase, model, StringComparison.Ordinal) is >= 0 and var at && at - model < 160) return true;
        return false;
    }

    private static bool Any(string text, string[] phrases)
    {
        foreach (var phrase in phrases)
            if (text.Contains(phrase, StringComparison.Ordinal)) return true;
        return false;
    }

    private static bool Holds(string text, string phrase) => text.Contains(phrase, StringComparison.Ordinal);
}
