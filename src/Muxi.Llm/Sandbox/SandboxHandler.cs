using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace Muxi.Llm;

/// <summary>
/// An OpenAI-shaped service inside the process, so that everything above the socket can run without a key. It is a simulator and says so:
/// equal bodies get equal answers, made by rules from what arrived. <see cref="SandboxModels"/> lists its models and faults.
/// </summary>
internal sealed class SandboxHandler(TimeProvider clock) : HttpMessageHandler
{
    private const int RequestLimit = 10_000, TokenLimit = 2_000_000;

    private static readonly SandboxRoute[] Routes =
    [
        new(HttpMethod.Post, "/chat/completions", SandboxChat.Answer),
        new(HttpMethod.Post, "/chat/completions/input_tokens", SandboxChat.Count),
        new(HttpMethod.Post, "/completions", SandboxCompletion.Answer),
        new(HttpMethod.Post, "/embeddings", SandboxEmbeddings.Answer),
        new(HttpMethod.Post, "/rerank", SandboxRerank.Answer),
        new(HttpMethod.Post, "/moderations", SandboxModeration.Answer),
        new(HttpMethod.Post, "/ocr", SandboxOcr.Answer),
        new(HttpMethod.Post, "/audio/speech", SandboxSpeech.Answer),
        new(HttpMethod.Post, "/audio/transcriptions", SandboxTranscription.Transcribe),
        new(HttpMethod.Post, "/audio/translations", SandboxTranscription.Translate),
        new(HttpMethod.Post, "/images/edits", SandboxImages.Edit),
        new(HttpMethod.Post, "/images/generations", SandboxImages.Generate),
        new(HttpMethod.Post, "/images/variations", SandboxImages.Vary),
        new(HttpMethod.Get, "/models", SandboxModelList.List),
        new(HttpMethod.Get, "/models/", SandboxModelList.Retrieve),
    ];

    // Far above what anything here takes, low enough to stop a file that nobody could keep.
    private const int MaxRequestBytes = 96 << 20;

    private readonly SandboxFaults _faults = new();
    private readonly Lock _lock = new();
    private IReadOnlyList<SandboxRoute>? _routes;
    private int _calls;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var body = await ReadAsync(request.Content, cancellationToken).ConfigureAwait(false);
        var answer = body is null ? TooLarge : _faults.Over(Answer(request, body));
        body ??= [];
        if (answer.Delay > TimeSpan.Zero)
            await Task.Delay(answer.Delay, clock, cancellationToken).ConfigureAwait(false);
        return Response(request, answer, body);
    }

    private static SandboxAnswer TooLarge => SandboxAnswer.Error(413, $"The sandbox takes {MaxRequestBytes >> 20} MB in a request, and no more.", "invalid_request_error", "request_too_large");

    /// <summary>The whole body; null where it is too large.</summary>
    private static async Task<byte[]?> ReadAsync(HttpContent? content, CancellationToken cancellationToken)
    {
        if (content is null) return [];
        try
        {
            await content.LoadIntoBufferAsync(MaxRequestBytes, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            return null;
        }
        return await content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
    }

    private SandboxAnswer Answer(HttpRequestMessage request, byte[] body)
    {
        var path = request.RequestUri is { IsAbsoluteUri: true } uri ? uri.AbsolutePath.TrimEnd('/') : "/";
        foreach (var route in AllRoutes())
            if (route.Method == request.Method && route.Tail(path) is { } tail)
                return SandboxAnswer.Of(route, new(path, tail, body, request.Content?.Headers.ContentType?.ToString(), clock.GetUtcNow()) { Query = request.RequestUri!.Query });
        return SandboxAnswer.Error(404, $"The sandbox serves nothing at {request.Method} {path}.", "invalid_request_error", "unknown_url");
    }

    private IReadOnlyList<SandboxRoute> AllRoutes()
    {
        lock (_lock)
        {
            if (_routes is not null) return _routes;
            IReadOnlyList<SandboxRoute> models = [.. Routes, .. new SandboxResponses().Routes()];
            var files = new SandboxFiles();
            return _routes = [.. models, .. files.Routes(), .. new SandboxBatches(files, (path, body, now) => AnswerOf(models, path, body, now)).Routes()];
        }
    }

    /// <summary>The answer to a request of a batch.</summary>
    private SandboxAnswer AnswerOf(IReadOnlyList<SandboxRoute> routes, string path, byte[] body, DateTimeOffset now)
    {
        foreach (var route in routes)
            if (route.Method == HttpMethod.Post && route.Tail(path) is { } tail) return _faults.Over(SandboxAnswer.Of(route, new(path, tail, body, "application/json", now)));
        return SandboxAnswer.Error(404, $"The sandbox serves nothing at POST {path}.", "invalid_request_error", "unknown_url");
    }

    private HttpResponseMessage Response(HttpRequestMessage request, SandboxAnswer answer, byte[] body)
    {
        HttpContent content = answer.Pieces is { } pieces
            ? new SandboxContent(pieces, answer, clock)
            : new ReadOnlyMemoryContent(answer.Body);
        content.Headers.ContentType = new MediaTypeHeaderValue(answer.MediaType, answer.MediaType.StartsWith("text/", StringComparison.Ordinal) ? "utf-8" : null);
        var response = new HttpResponseMessage((HttpStatusCode)answer.Status) { RequestMessage = request, Content = content, Version = request.Version };
        response.Headers.Date = clock.GetUtcNow();
        foreach (var (name, value) in UsualHeaders(answer, body).Where(header => !answer.Headers.ContainsKey(header.Name)))
            response.Headers.TryAddWithoutValidation(name, value);
        foreach (var (name, value) in answer.Headers)
            if (!response.Headers.TryAddWithoutValidation(name, value)) content.Headers.TryAddWithoutValidation(name, value);
        return response;
    }

    private IEnumerable<(string Name, string Value)> UsualHeaders(SandboxAnswer answer, byte[] body)
    {
        yield return ("server", "muxi-llm-sandbox");
        yield return ("x-request-id", RequestId(body));
        if (answer.Model is null)
            yield break;
        yield return ("x-ratelimit-limit-requests", Text(RequestLimit));
        yield return ("x-ratelimit-remaining-requests", Text(RequestLimit - 1));
        yield return ("x-ratelimit-reset-requests", "6ms");
        yield return ("x-ratelimit-limit-tokens", Text(TokenLimit));
        yield return ("x-ratelimit-remaining-tokens", Text(Math.Max(0, TokenLimit - answer.PromptTokens)));
        yield return ("x-ratelimit-reset-tokens", "1ms");
    }

    /// <summary>A new id for each call, yet the same ids for the same series of calls: a hash of the body and of the call's number.</summary>
    private string RequestId(byte[] body)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData([.. BitConverter.GetBytes(Interlocked.Increment(ref _calls)), .. body], hash);
        return "req_" + Convert.ToHexStringLower(hash[..16]);
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
