using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace Muxi.Llm;

/// <summary>What a client of Microsoft.Extensions.AI raises, as one of our exceptions: its own stays within as the inner one.</summary>
internal static partial class ClientFailure
{
    /// <summary>Whether it is for us to say what it is: the caller's own cancellation and what the transport knows pass as they are.</summary>
    public static bool IsOurs(Exception error, CancellationToken cancellationToken) =>
        !cancellationToken.IsCancellationRequested && error is not LlmException and not HttpRequestException { StatusCode: null };

    /// <summary>Waits for the next piece of a stream.</summary>
    public static async ValueTask<bool> GuardAsync(ValueTask<bool> next, string provider, string model, CancellationToken cancellationToken)
    {
        try
        {
            return await next.ConfigureAwait(false);
        }
        catch (Exception e) when (IsOurs(e, cancellationToken))
        {
            throw Of(e, provider, model);
        }
    }

    public static LlmException Of(Exception error, string provider, string model)
    {
        if (StatusOf(error) is { } status) return Classified(error, status, provider, model);
        var message = $"{provider}: the client failed with {error.GetType().Name}: {error.Message.ReplaceLineEndings(" ")}";
        return error switch
        {
            NotSupportedException or NotImplementedException => new UnsupportedFeatureException(message, error) { Provider = provider, Model = model },
            OperationCanceledException or TimeoutException => new ApiTimeoutException(message, TimeoutKind.Total, error) { Provider = provider, Model = model },
            ArgumentException => new BadRequestException(message, error) { Provider = provider, Model = model, Status = HttpStatusCode.BadRequest },
            // It has most likely tried again itself; another service may do better.
            _ => new ServerException(message, error) { Provider = provider, Model = model, Status = HttpStatusCode.BadGateway, ShouldRetry = false },
        };
    }

    private static ApiException Classified(Exception error, int status, string provider, string model)
    {
        var body = JsonOut.ToUtf8(error.Message, static (json, message) =>
        {
            json.WriteStartObject();
            json.WriteString("message"u8, message);
            json.WriteEndObject();
        });
        return Errors.Classify(new(status, body, default, provider, model, default) { Cause = error });
    }

    /// <summary>
    /// The status that a vendor's client was answered with, which the abstraction has no place for: <see cref="HttpRequestException"/> tells it, the clients of OpenAI and Azure begin or
    /// hold their message with it (<c>HTTP 429 (requests: ...)</c>, <c>Status: 429 (Too Many Requests)</c>).
    /// </summary>
    private static int? StatusOf(Exception error)
    {
        if (error is HttpRequestException { StatusCode: { } status }) return (int)status;
        var told = Told().Match(error.Message);
        return told.Success ? int.Parse(told.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : null;
    }

    [GeneratedRegex(@"^(?:HTTP |Status: )([45]\d\d)\b", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Told();
}
