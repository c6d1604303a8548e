using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Muxi.Llm;

/// <summary>The only code that opens a socket: it drives exchanges, adds the credentials, sends, and raises what goes wrong as our exceptions.</summary>
internal sealed partial class Transport : IDisposable
{
    // Far above any real reply, low enough to stop a runaway body; of an error no more than its classifier reads.
    private const int MaxReplyBytes = 512 << 20;
    private const int MaxErrorBytes = 1 << 20;
    private const int UntakenBytes = 64 << 10;

    private readonly LlmOptions _options;
    private readonly LlmConfiguration _file;
    private readonly Timeouts _timeouts;
    private readonly HttpClient? _client;
    // For servers that we have started ourselves, which are behind no proxy; null where connections are the caller's own.
    private readonly Lazy<HttpClient>? _local;
    // For files whose bytes are counted; a handler that unpacks offers codings whatever a request says. Null where connections are the caller's own.
    private readonly Lazy<HttpClient>? _unpacked;
    private readonly ConcurrentDictionary<Func<TimeProvider, HttpMessageHandler>, HttpClient> _inProcess = new();
    private readonly TokenExchanger _tokens;

    public Transport(LlmOptions options)
    {
        CheckConnections(options);
        (_options, _tokens) = (options, new(options.TimeProvider));
        _file = options.Configuration ?? LlmConfiguration.Empty;
        _timeouts = (options.Timeouts ?? _file.Timeouts.Over(new())).Checked();
        Logger = options.LoggerFactory?.CreateLogger("Muxi.Llm") ?? NullLogger.Instance;
        if (options.HttpClientFactory is null)
            _client = new(options.Handler ?? Sockets(options), disposeHandler: options.Handler is null) { Timeout = Timeout.InfiniteTimeSpan };
        if (options.Handler is null && (options.HttpClientFactory is null || options.HasOurConnections))
            _local = new(() => new(Sockets(options, useProxy: false)) { Timeout = Timeout.InfiniteTimeSpan });
        if (options.Handler is null && options.HttpClientFactory is null)
            _unpacked = new(() => new(Sockets(options, useProxy: true, DecompressionMethods.None)) { Timeout = Timeout.InfiniteTimeSpan });
    }

    public ILogger Logger { get; }

    public TimeProvider Clock => _options.TimeProvider;

    /// <summary>The limits of a call to a service: the call's, else the code's, else the file's for that service, else the file's for all.</summary>
    /// <exception cref="ConfigurationException">A limit of the request's cannot be kept.</exception>
    public Timeouts TimeoutsFor(Stop stop)
    {
        if (stop.Options?.Timeouts is { } own) return own.Checked() with { Connect = _timeouts.Connect };
        return _options.Timeouts is null && _file.Settings.GetValueOrDefault(stop.Name.Provider.Name) is { } settings ? settings.Timeouts.Over(_timeouts).Checked() : _timeouts;
    }

    /// <summary>Drives an exchange to its end.</summary>
    /// <param name="target">Where to send.</param>
    /// <param name="exchange">What to send, step by step.</param>
    /// <param name="waiting">The call's limits.</param>
    /// <param name="trace">Takes what is learned on the way.</param>
    public async ValueTask<T> DriveAsync<T>(Target target, IExchange<T> exchange, Waiting waiting, Trace trace)
    {
        try
        {
            return await StepAsync(target, exchange, waiting, trace).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or ApiTimeoutException)
        {
            Abandon(target, exchange.Abandon);
            throw;
        }
    }

    private async ValueTask<T> StepAsync<T>(Target target, IExchange<T> exchange, Waiting waiting, Trace trace)
    {
        var step = exchange.Next(null);
        while (step.Call is { } call)
        {
            trace.Take(call);
            if (step.After > TimeSpan.Zero) await PauseAsync(target, step.After, waiting).ConfigureAwait(false);
            using var response = await SendAsync(target, call, waiting, trace).ConfigureAwait(false);
            using var body = new PooledBuffer();
            var limit = call.MaxReplyBytes ?? MaxReplyBytes;
            try
            {
                var reading = exchange.BodyReader is { } reader ? ReadAsync(response, reader, limit, waiting) : ReadAsync(response, body, limit, waiting);
                if (!await reading.ConfigureAwait(false)) throw Unusable(target, $"the reply is longer than {limit >> 20} MB", null);
            }
            catch (Exception e) when (IsOfTheBody(e))
            {
                throw Marked(Explain(e, target, waiting), call);
            }
            step = exchange.Next(new((int)response.StatusCode, body.WrittenMemory, new(response)));
        }
        return step.Value!;
    }

    /// <summary>Sends one call and gives the good reply's headers; its body is still to be read. Errors are raised.</summary>
    public async ValueTask<HttpResponseMessage> SendAsync(Target target, HttpCall call, Waiting waiting, Trace trace)
    {
        if (call.Looks) return await LookAsync(target, call, waiting, trace).ConfigureAwait(false);
        using var request = new HttpRequestMessage(call.Method, target.At(call));
        foreach (var (name, value) in call.Headers) request.Headers.TryAddWithoutValidation(name, value);
        if (call.AddedHeaders.Count > 0) target = target.With(call.AddedHeaders);
        if ((call.Form ?? call.FileInJson ?? (object?)call.File) is not null) return await UploadAsync(target, request, call, waiting, trace).ConfigureAwait(false);
        if (!call.Body.IsEmpty)
        {
            request.Content = new ReadOnlyMemoryContent(call.Body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", call.ContentType);
        }
        return await SendAsync(target, request, waiting, trace).ConfigureAwait(false);
    }

    private async ValueTask<HttpResponseMessage> UploadAsync(Target target, HttpRequestMessage request, HttpCall call, Waiting waiting, Trace trace)
    {
        var watch = new UploadWatch(waiting);
        try
        {
            request.Content = call.Form is { } form ? FormContent.Of(form, watch) : call.FileInJson is { } json ? FormContent.Of(json, watch) : FormContent.Of(call.File!, watch);
            if (call.Form is null) request.Content.Headers.TryAddWithoutValidation("Content-Type", call.ContentType);
            if (call.Form is { } large ? FormContent.IsLarge(large) : FormContent.IsLarge(call.File)) request.Headers.ExpectContinue = true;
            return await SendAsync(target, request, waiting, trace).ConfigureAwait(false);
        }
        catch (Exception e) when (watch.Fault is not null && e is not OperationCanceledException)
        {
            throw watch.Fault;
        }
        finally
        {
            watch.End();
        }
    }

    /// <summary>Sends one call whose good reply is bytes, and waits for the first of them.</summary>
    /// <param name="course">What the reply's end also ends.</param>
    /// <param name="attempt">The attempt that this is.</param>
    /// <param name="content">What to send, and what is awaited.</param>
    public async ValueTask<ContentBody> OpenAsync(Course course, AttemptInProgress attempt, ContentCall content)
    {
        var call = content.Call;
        var (target, waiting) = (attempt.Target, attempt.Waiting);
        attempt.Trace.Take(call);
        var response = await SendAsync(target, call, waiting, attempt.Trace).ConfigureAwait(false);
        try
        {
            var headers = new ReplyHeaders(response);
            if (!content.Accepts(headers)) throw await ErrorAsync(target, response, waiting).ConfigureAwait(false);
            var body = content.Unpacking is { } unpacking
                ? new UnpackedStream(new(this, attempt, response, unpacking.Framing, unpacking.Fold))
                : await response.Content.ReadAsStreamAsync(waiting.Token).ConfigureAwait(false);
            var stream = new ContentStream(response, body, course, attempt);
            if (!await stream.BeginAsync().ConfigureAwait(false) && !content.IsEmptyGood) throw Unusable(target, "the reply is empty", null);
            return content.Unpacking is { MediaType: var type }
                ? new(stream, type, null) { Headers = headers }
                : new(stream, response.Content.Headers.ContentType?.MediaType, response.Content.Headers.ContentLength) { Headers = headers };
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    /// <summary>Sends a request as it is, with our credentials and headers added; errors are raised.</summary>
    public async ValueTask<HttpResponseMessage> SendAsync(Target target, HttpRequestMessage request, Waiting waiting, Trace trace)
    {
        var response = await AskAsync(target, request, waiting, trace).ConfigureAwait(false);
        if (response.IsSuccessStatusCode) return response;
        using (response) throw await ErrorAsync(target, response, waiting).ConfigureAwait(false);
    }

    /// <summary>As the other, but the reply is given whatever its status, for who must look at redirects.</summary>
    public async ValueTask<HttpResponseMessage> AskAsync(Target target, HttpRequestMessage request, Waiting waiting, Trace trace)
    {
        Tell(request, target);
        if (Logger.IsEnabled(LogLevel.Debug)) Log.Sending(Logger, target.Name, request.Method.Method, request.RequestUri!.GetLeftPart(UriPartial.Path));
        waiting.Begin(TimeoutKind.FirstByte, waiting.Timeouts.FirstByte);
        HttpResponseMessage response;
        try
        {
            if (target.Order is { } order && !request.Headers.Contains(target.Auth.Header))
                request.Headers.TryAddWithoutValidation(target.Auth.Header, target.Auth.Prefix + Protected(await _tokens.GetAsync(order, ClientFor(target), target, waiting.Token).ConfigureAwait(false), target));
            if (target.Credentials is var (source, context)) await source.ApplyAsync(request, context, waiting.Token).ConfigureAwait(false);
            response = await ClientFor(target).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, waiting.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException or SocketException)
        {
            throw Explain(e, target, waiting);
        }
        if (Logger.IsEnabled(LogLevel.Debug)) Log.Replied(Logger, target.Name, (int)response.StatusCode, waiting.Elapsed.TotalMilliseconds);
        trace.Take(response, Clock.GetUtcNow());
        if (response.StatusCode == HttpStatusCode.Unauthorized && target.Order is { } refused) _tokens.Forget(refused);
        return response;
    }

    /// <summary>Whether an exception is what becomes of a body that breaks or, as its decoders say it, does not unpack.</summary>
    public static bool IsOfTheBody(Exception error) =>
        error is HttpRequestException or OperationCanceledException or IOException or SocketException or InvalidDataException or InvalidOperationException;

    /// <summary>What an exception of the network means.</summary>
    public static Exception Explain(Exception error, Target target, Waiting waiting) => Explain(error, target, waiting, static at => $"no reply from {at}");

    /// <summary>What an exception of the network means that comes in the middle of a reply.</summary>
    public static Exception ExplainBreak(Exception error, Target target, Waiting waiting) => Explain(error, target, waiting, static at => $"the connection to {at} broke");

    private static Exception Explain(Exception error, Target target, Waiting waiting, Func<string, string> what)
    {
        if (error is OperationCanceledException cancelled) return waiting.Explain(cancelled, target.Provider.Name, target.Model);
        if (waiting.Token.IsCancellationRequested) return waiting.Explain(new("The call was cancelled.", error), target.Provider.Name, target.Model);
        var hint = target.Provider.IsSelfHosted && IsRefused(error) ? $" (is the server running? {(target.Provider.StartHint is { } start ? $"{start}; " : "")}{(target.Provider.HostVariables is [var host, ..] ? host : target.Provider.UrlVariables[0])} tells where)" : "";
        var root = error;
        while (root.InnerException is { } inner) root = inner;
        if (error is InvalidDataException or InvalidOperationException and not ObjectDisposedException) return Unusable(target, $"the reply does not unpack: {OneLine(root.Message)}", error);
        return new ApiConnectionException($"{target.Provider.Name}: {what(target.BaseUrl.Folder.GetLeftPart(UriPartial.Authority))}: {OneLine(Redaction.Redact(root.Message, target.Secrets))}{hint}", error)
        {
            Provider = target.Provider.Name, Model = target.Model, NothingWasSent = IsUnsent(error),
        };
    }

    public void Dispose()
    {
        _client?.Dispose();
        if (_local is { IsValueCreated: true }) _local.Value.Dispose();
        if (_unpacked is { IsValueCreated: true }) _unpacked.Value.Dispose();
        foreach (var client in _inProcess.Values) client.Dispose();
    }

    private static ServerException Unusable(Target target, string what, Exception? inner) =>
        new($"{target.Provider.Name}: {what}", inner) { Provider = target.Provider.Name, Model = target.Model, Status = HttpStatusCode.BadGateway };

    private static bool IsRefused(Exception error) =>
        error is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError };

    /// <summary>Whether the error is of making a connection, so that nothing of the request can have arrived.</summary>
    private static bool IsUnsent(Exception error) =>
        error is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError };

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");

    private static void CheckConnections(LlmOptions options)
    {
        if (options.Handler is not null && options.HttpClientFactory is not null)
            throw new ConfigurationException("Handler and HttpClientFactory are two sources of connections: set one of them");
        if (options.Proxy is not null && !options.HasOurConnections && (options.Handler ?? (object?)options.HttpClientFactory) is not null)
            throw new ConfigurationException("Proxy has no effect on connections of your own: set it on the handler, and leave LlmOptions.Proxy alone");
    }

    /// <summary>Connections of our own, as the settings want them.</summary>
    public static SocketsHttpHandler Sockets(LlmOptions options) => Sockets(options, useProxy: true);

    private static SocketsHttpHandler Sockets(LlmOptions options, bool useProxy, DecompressionMethods codings = DecompressionMethods.All) => new()
    {
        ConnectTimeout = (options.Timeouts ?? (options.Configuration ?? LlmConfiguration.Empty).Timeouts.Over(new())).Checked().Connect,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        EnableMultipleHttp2Connections = true,
        AutomaticDecompression = codings,
        // A redirect could take a key to another origin.
        AllowAutoRedirect = false,
        UseCookies = false,
        Proxy = ProxyWithoutUser.For(options.Proxy),
        UseProxy = useProxy,
        // A stream that is left early is to end at the provider now, not after the time in which its rest might have come.
        ResponseDrainTimeout = TimeSpan.Zero,
    };

    private HttpClient ClientFor(Target target)
    {
        if (target.Provider.InProcess is { } create)
            return _inProcess.GetOrAdd(create, static (create, clock) => new(create(clock)) { Timeout = Timeout.InfiniteTimeSpan }, Clock);
        if (target.IsLocal && _local is not null) return _local.Value;
        if (target.IsUnpacked && _unpacked is not null) return _unpacked.Value;
        if (_client is not null) return _client;
        var client = _options.HttpClientFactory!.CreateClient(_options.HttpClientName);
        client.Timeout = Timeout.InfiniteTimeSpan;
        return client;
    }

    /// <summary>Adds the headers that are the same for every request to a target, the key among them.</summary>
    private static void Tell(HttpRequestMessage request, Target target)
    {
        if (request.RequestUri!.Scheme == Uri.UriSchemeHttps)
        {
            request.Version = HttpVersion.Version20;
            request.VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
        }
        request.Headers.TryAddWithoutValidation("User-Agent", _userAgent);
        foreach (var (name, value) in target.Provider.Headers) request.Headers.TryAddWithoutValidation(name, value);
        if (target.Key is { } key) request.Headers.TryAddWithoutValidation(target.Auth.Header, target.Auth.Prefix + key);
        foreach (var (name, value) in target.Headers)
        {
            var headers = _contentHeaders.Contains(name) ? request.Content?.Headers : (HttpHeaders)request.Headers;
            headers?.Remove(name);
            headers?.TryAddWithoutValidation(name, value);
        }
    }

    private static readonly string _userAgent = $"muxi-llm/{typeof(Transport).Assembly.GetName().Version?.ToString(3)}";

    /// <summary>Headers that describe a body: HttpClient knows them there only.</summary>
    private static readonly FrozenSet<string> _contentHeaders = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Allow", "Content-Disposition", "Content-Encoding", "Content-Language", "Content-Length", "Content-Location", "Content-MD5", "Content-Range", "Content-Type", "Expires", "Last-Modified");

    /// <summary>Reads a body; false when it goes on beyond the limit.</summary>
    private static async ValueTask<bool> ReadAsync(HttpResponseMessage response, PooledBuffer into, int limit, Waiting waiting)
    {
        var stream = await response.Content.ReadAsStreamAsync(waiting.Token).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            into.GetSpan(RoomFor(response));
            while (into.Length < limit)
            {
                waiting.Begin(TimeoutKind.Idle, waiting.Timeouts.Idle);
                var count = await stream.ReadAsync(into.GetMemory(), waiting.Token).ConfigureAwait(false);
                if (count == 0) return true;
                into.Advance(count);
            }
        }
        return false;
    }

    /// <summary>Hands a body on piece by piece; false when it goes on beyond the limit.</summary>
    private static async ValueTask<bool> ReadAsync(HttpResponseMessage response, IBodyReader reader, int limit, Waiting waiting)
    {
        var stream = await response.Content.ReadAsStreamAsync(waiting.Token).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            using var untaken = new PooledBuffer();
            untaken.GetSpan(UntakenBytes);
            for (long all = 0; all < limit;)
            {
                waiting.Begin(TimeoutKind.Idle, waiting.Timeouts.Idle);
                var count = await stream.ReadAsync(untaken.GetMemory(), waiting.Token).ConfigureAwait(false);
                untaken.Advance(count);
                untaken.Take(reader.Take(untaken.WrittenSpan, count == 0));
                if (count == 0) return true;
                all += count;
            }
        }
        return false;
    }

    /// <summary>How much of a body to make room for at once: what it is said to have and one byte more, to see its end without growing.</summary>
    private static int RoomFor(HttpResponseMessage response) =>
        long.TryParse(new ReplyHeaders(response)["Content-Length"], CultureInfo.InvariantCulture, out var length) ? (int)Math.Clamp(length + 1, 4096, 1 << 24) : 4096;

    /// <summary>What a reply says that is an error.</summary>
    public async Task<ApiException> ErrorAsync(Target target, HttpResponseMessage response, Waiting waiting)
    {
        using var body = new PooledBuffer();
        try
        {
            await ReadAsync(response, body, MaxErrorBytes, waiting).ConfigureAwait(false);
        }
        catch (Exception e) when (IsOfTheBody(e))
        {
            if (waiting.IsCancelledByCaller) throw Explain(e, target, waiting);
            // The status says what it is, and what came of the body says more.
        }
        return Errors.Classify(new((int)response.StatusCode, body.WrittenMemory, new(response), target.Provider.Name, target.Model, Clock.GetUtcNow()) { Secrets = target.Secrets, MissingModelHint = target.Provider.MissingModelHint });
    }
}

/// <summary>A call whose good reply is bytes.</summary>
/// <param name="Call">What to send.</param>
/// <param name="Accepts">Whether a reply's headers announce such bytes.</param>
/// <param name="Unpacking">How they are got out of the body; null where they are the body.</param>
/// <param name="IsEmptyGood">Whether there may be none.</param>
internal readonly record struct ContentCall(HttpCall Call, Func<ReplyHeaders, bool> Accepts, Unpacking? Unpacking, bool IsEmptyGood);
