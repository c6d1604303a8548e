using System.IO.Pipelines;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Muxi.Llm.Gateway;

/// <summary>One request to the server, and the way to answer it.</summary>
internal sealed class Incoming(HttpContext context, string requestId)
{
    private const int PieceSize = 1 << 14;

    /// <summary>In characters; proxies take headers of some kilobytes.</summary>
    private const int LongestWarning = 1000;

    /// <summary>Our id of the request, which every answer carries.</summary>
    public string RequestId => requestId;

    /// <summary>The id in the path; null where the endpoint has none.</summary>
    public string? Id { get; set; }

    /// <summary>The endpoint; null until it is found.</summary>
    public Endpoint? Endpoint { get; set; }

    /// <summary>Who answered, as <c>provider/model</c>; null while nobody has.</summary>
    public string? AnsweredBy { get; private set; }

    public HttpRequest Request => context.Request;

    public HttpResponse Response => context.Response;

    /// <summary>Cancelled when the client has gone, or the server ends.</summary>
    public CancellationToken Aborted => context.RequestAborted;

    /// <summary>Reads the whole body.</summary>
    /// <returns>The body, which the caller disposes.</returns>
    /// <exception cref="BadHttpRequestException">It is larger than allowed, too slow, or broken.</exception>
    public async Task<PooledBuffer> ReadBodyAsync()
    {
        var body = new PooledBuffer();
        try
        {
            if (Request.ContentLength is > 0 and var length) body.GetSpan((int)Math.Min(length, 1 << 20));
            while (await Request.Body.ReadAsync(body.GetMemory(), Aborted) is > 0 and var count) body.Advance(count);
            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    /// <summary>Reads the fields and files of the body. Files wait on disk, under names of nobody's choosing, until the request is over.</summary>
    /// <exception cref="RefusalException">400: it is no well-formed form, or has too many fields.</exception>
    public async Task<IncomingForm> ReadFormAsync() => await IncomingForm.ReadAsync(Request, Aborted);

    /// <summary>Whether the body is announced as a form.</summary>
    public bool IsForm => Brings("multipart/form-data");

    /// <summary>Whether the body is announced as JSON.</summary>
    public bool IsJson => Brings("application/json");

    /// <summary>Announces a stream of server-sent events.</summary>
    public void BeginEvents()
    {
        Response.Headers.ContentType = "text/event-stream; charset=utf-8";
        Response.Headers.CacheControl = "no-cache";
        // nginx would gather the events otherwise.
        Response.Headers["X-Accel-Buffering"] = "no";
    }

    /// <summary>Lets a body be larger than others.</summary>
    public void AllowBody(long bytes)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = bytes;
    }

    /// <summary>Says who answered, and what of the request could not be honoured: the body has no place for that.</summary>
    public void Name(Reply reply)
    {
        Name(reply.Attempts, reply.Provider);
        if (reply.Warnings is not { Count: > 0 } warnings) return;
        var told = string.Join("; ", warnings.Select(static warning => $"{warning.Param}: {warning.Message}"));
        Response.Headers["x-muxi-warnings"] = Ascii(told.Length <= LongestWarning ? told : told[..LongestWarning] + "...");
    }

    /// <summary>Says who answered.</summary>
    public void Name(IReadOnlyList<Attempt> attempts, string? provider)
    {
        Response.Headers["x-muxi-attempts"] = Digits(attempts.Count);
        if (provider is null) return;
        Response.Headers["x-muxi-provider"] = Ascii(provider);
        if (attempts.Count == 0) return;
        AnsweredBy = attempts[^1].Target;
        if (AnsweredBy.Length > provider.Length && AnsweredBy.StartsWith(provider, StringComparison.Ordinal)) Response.Headers["x-muxi-model"] = Ascii(AnsweredBy[(provider.Length + 1)..]);
    }

    /// <summary>Answers with a reply, whole, and says who answered.</summary>
    /// <param name="reply">The reply as the client is to see it.</param>
    /// <param name="write">Writes it.</param>
    public Task AnswerAsync<T>(T reply, Action<Utf8JsonWriter, T> write) where T : Reply
    {
        Name(reply);
        return WriteJsonAsync(200, reply, write);
    }

    /// <summary>Passes a reply's bytes on as they come; once they have begun, only a broken connection tells that they are not whole.</summary>
    public async Task PassOnAsync(ContentReply reply)
    {
        Response.ContentLength = reply.Length;
        while (await reply.Content.ReadAsync(Response.BodyWriter.GetMemory(PieceSize), Aborted) is > 0 and var count)
        {
            Response.BodyWriter.Advance(count);
            await Response.BodyWriter.FlushAsync(Aborted);
        }
    }

    /// <summary>Answers with JSON, whole.</summary>
    public Task WriteJsonAsync(int status, Action<Utf8JsonWriter> write) => WriteJsonAsync(status, write, static (json, it) => it(json));

    /// <summary>As the other, without a closure.</summary>
    public async Task WriteJsonAsync<T>(int status, T value, Action<Utf8JsonWriter, T> write)
    {
        using var buffer = new PooledBuffer();
        using (var json = new Utf8JsonWriter(buffer, JsonOut.Compact)) write(json, value);
        Response.StatusCode = status;
        Response.ContentType = "application/json";
        Response.ContentLength = buffer.Length;
        await Response.BodyWriter.WriteAsync(buffer.WrittenMemory, Aborted);
    }

    /// <summary>Answers with plain text, whole.</summary>
    public async Task WriteTextAsync(string text)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        Response.ContentType = "text/plain; charset=utf-8";
        Response.ContentLength = bytes.Length;
        await Response.BodyWriter.WriteAsync(bytes, Aborted);
    }

    private bool Brings(string mediaType)
    {
        var type = Request.ContentType.AsSpan();
        if (type.IndexOf(';') is >= 0 and var parameters) type = type[..parameters];
        return type.Trim().Equals(mediaType, StringComparison.OrdinalIgnoreCase);
    }

    private static string Digits(int number) => number is >= 0 and < 10 ? _digits[number] : number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static readonly string[] _digits = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

    /// <summary>A header's value of what a client may have made up: other than plain ASCII is percent-encoded.</summary>
    private static string Ascii(string text) => text.AsSpan().ContainsAnyExceptInRange(' ', '~') ? Uri.EscapeDataString(text) : text;
}
