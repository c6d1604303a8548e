using System.Net;

namespace Muxi.Llm;

/// <summary>The one place where a provider's error becomes an exception.</summary>
internal static class Errors
{
    private const int LongestMessage = 1000;
    private const int LongestBody = 4096;
    private const int LongestWord = 200;

    private static readonly string[] RequestIds = ["x-request-id", "request-id", "apim-request-id", "x-amzn-requestid", "x-amzn-request-id"];

    /// <summary>
    /// The exception for an error reply, with every member filled that the reply gives. Decides by the body before the status;
    /// reads any shape, knows no provider, never throws.
    /// </summary>
    public static ApiException Classify(in ErrorReply reply)
    {
        var outer = reply.Headers;
        var good = reply.Status is >= 200 and < 300;
        var body = ErrorBody.Read(reply.Body.Span);
        body.Add(outer["x-amzn-errortype"] ?? outer[":exception-type"] ?? outer[":error-code"], outer[":error-message"]);
        var (kind, status) = ErrorRules.Decide(reply.Status, body);

        string[] secrets = [.. reply.Secrets ?? []];
        var all = outer.Over(body.Headers);
        var filtered = kind == ErrorKind.ContentFilter ? ContentFilterResults.InError(Redaction.Redact(body.Raw, secrets)) : null;
        var error = Make(kind, Message(reply, body, secrets) + (kind == ErrorKind.NotFound ? Mend(reply, body) : filtered is { IsFiltered: true } ? " " + Clean($"(filtered: {filtered})", secrets) : ""), reply.Cause);
        if (error is ContentFilterException refused) refused.Results = filtered;
        error.Blame(reply.Provider, reply.Model);
        error.Fill(new ErrorFacts(
            (HttpStatusCode)status,
            Word(body.Code, secrets), Word(body.Type, secrets), Word(body.Param, secrets), Word(RequestId(outer, body), secrets),
            // The headers around an error in a good reply are the good reply's.
            RetryAfter.Read(good ? new(body.Headers) : all, status, reply.Now, body.RetryDelay, body.Text),
            !good && bool.TryParse(outer["x-should-retry"], out var retry) ? retry : null,
            Quoted(body, secrets),
            RateLimitHeaders.Read(all.All, reply.Now, secrets)));
        return error;
    }

    private static string Message(in ErrorReply reply, ErrorBody body, string[] secrets)
    {
        var said = Clean(body.Message ?? "", secrets);
        var status = ErrorText.Status(reply.Status);
        if (!said.Any(char.IsLetterOrDigit)) said = Silent(status, body, secrets);
        // A bare reason phrase ("Not Found") tells more with its number.
        else if (status.Contains($"({said})", StringComparison.OrdinalIgnoreCase)) said = status;
        else if (body.Form == BodyForm.Text && said.Length < 24) said = $"{status}: {said}";
        return ErrorText.Cut(Clean($"{reply.Provider}: {said}", secrets), LongestMessage);
    }

    /// <summary>What to do about a model that is not there; nothing where the error is about something else.</summary>
    private static string Mend(in ErrorReply reply, ErrorBody body) =>
        reply is { MissingModelHint: { } hint, Model: { Length: > 0 } model } && (body.Message?.Contains(model, StringComparison.OrdinalIgnoreCase) == true || body.Words.Any(ErrorCodes.IsMissingModel)) ? $": {hint.Replace("{model}", model, StringComparison.Ordinal)}" : "";

    /// <summary>What to say where the body says nothing for people.</summary>
    private static string Silent(string status, ErrorBody body, string[] secrets) => body.Form switch
    {
        _ when body.Defect is not null => body.Defect,
        BodyForm.Empty => $"{status} with an empty body",
        BodyForm.Html => $"{status} with an HTML body instead of JSON",
        BodyForm.Xml => $"{status} with an XML body instead of JSON",
        BodyForm.Unreadable => $"{status} with an unreadable body",
        _ when ErrorText.HoldsHtml(body.Raw) => $"{status} with an HTML page for a message",
        _ when Clean(body.Code ?? body.Type ?? "", secrets) is { Length: > 0 } word => $"{status}: {word}",
        BodyForm.Broken => $"{status} with a JSON body that breaks off or is damaged: {ErrorText.Cut(Clean(body.Raw, secrets), LongestWord)}",
        _ => $"{status} without a message: {ErrorText.Cut(Clean(body.Raw, secrets), LongestWord)}",
    };

    /// <summary>Redacted on both sides of the tidying: a key with line breaks matches before it, one broken by a control character after.</summary>
    private static string Clean(string text, string[] secrets) =>
        Redaction.Redact(ErrorText.OneLine(Redaction.Redact(text, secrets)), secrets);

    private static string? Word(string? word, string[] secrets) =>
        word is null || Clean(word, secrets) is not { Length: > 0 } clean ? null : ErrorText.Cut(clean, LongestWord);

    private static string? Quoted(ErrorBody body, string[] secrets)
    {
        if (body.Form is BodyForm.Empty or BodyForm.Html or BodyForm.Unreadable || ErrorText.HoldsHtml(body.Raw)) return null;
        return ErrorText.Cut(Redaction.Redact(body.Raw.Trim('\uFEFF'), secrets), LongestBody);
    }

    private static string? RequestId(ReplyHeaders headers, ErrorBody body)
    {
        foreach (var name in RequestIds)
            if (headers[name] is { Length: > 0 } id) return id;
        // Cloudflare's ray names the edge's request, so it comes last.
        return body.RequestId ?? headers["cf-ray"];
    }

    private static ApiException Make(ErrorKind kind, string message, Exception? cause) => kind switch
    {
        ErrorKind.ContextLength => new ContextLengthExceededException(message, cause),
        ErrorKind.ContentFilter => new ContentFilterException(message, cause),
        ErrorKind.BadRequest => new BadRequestException(message, cause),
        ErrorKind.Authentication => new AuthenticationException(message, cause),
        ErrorKind.Permission => new PermissionDeniedException(message, cause),
        ErrorKind.NotFound => new NotFoundException(message, cause),
        ErrorKind.Conflict => new ConflictException(message, cause),
        ErrorKind.TooLarge => new RequestTooLargeException(message, cause),
        ErrorKind.Unprocessable => new UnprocessableEntityException(message, cause),
        ErrorKind.Quota => new QuotaExceededException(message, cause),
        ErrorKind.RateLimit => new RateLimitException(message, cause),
        ErrorKind.Overloaded => new OverloadedException(message, cause),
        ErrorKind.Server or ErrorKind.Timeout => new ServerException(message, cause),
        _ => new ApiException(message, cause),
    };
}
