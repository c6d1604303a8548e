using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Muxi.Llm.Tests;

/// <summary>Conformance tests share one server: it reads a large document when it starts.</summary>
[CollectionDefinition(Name)]
public sealed class OneSchemaServer : ICollectionFixture<SchemaServer>
{
    public const string Name = "OpenAI's published API";
}

/// <summary>
/// The npm package <c>@stdy/cli</c>, a server by other people that judges requests by OpenAI's published document, and in front of it one of ours that keeps what was sent
/// and what was said of it. Started at the first use; the test is skipped where the package or the document is not there.
/// </summary>
public sealed partial class SchemaServer : IAsyncDisposable
{
    private const string Package = "@stdy/cli";
    private const string Fault = "x-steady-error-";

    /// <summary>The program is a child of the script, and does not end with it by itself.</summary>
    private const string EndTheChild = "data:text/javascript,process.on('exit',()=>process.emit('SIGTERM'))";

    private static readonly TimeSpan _startLimit = TimeSpan.FromSeconds(60);

    private readonly SemaphoreSlim _starting = new(1);
    private readonly HttpClient _http = new();
    private NodeProcess? _process;
    private Uri? _judge;

    /// <summary>Fails with what is wrong with the requests that a call makes, else gives them; one at least must have been made.</summary>
    /// <param name="call">The call, by a client that takes this server for OpenAI.</param>
    /// <param name="reply">What the call is answered with; null for what the other server makes up by the schema, which is never a stream.</param>
    internal async Task<IReadOnlyList<JudgedRequest>> ExpectAcceptedAsync(Func<LlmClient, Task> call, CannedReply? reply = null)
    {
        var judged = await JudgeAsync(call, reply);
        Assert.NotEmpty(judged);
        Assert.True(judged.All(request => request.Faults.Count == 0), string.Join('\n', judged.Select(request => request.ToString())));
        return judged;
    }

    /// <summary>The requests that a call makes and what is wrong with each. What the call itself raises counts only where nothing is wrong with them.</summary>
    /// <param name="call">The call, by a client that takes this server for OpenAI.</param>
    /// <param name="reply">What the call is answered with; null for what the other server makes up by the schema.</param>
    internal async Task<IReadOnlyList<JudgedRequest>> JudgeAsync(Func<LlmClient, Task> call, CannedReply? reply = null)
    {
        var judge = await StartAsync();
        var judged = new ConcurrentQueue<JudgedRequest>();
        await using var front = await TestServer.StartAsync(context => AnswerAsync(context, judge, judged, reply));
        using var client = Calls.ClientFor(front.Url);
        try
        {
            await call(client);
        }
        catch (LlmException) when (judged.Any(request => request.Faults.Count > 0))
        {
            // The refusal itself.
        }
        return [.. judged];
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _starting.Dispose();
        if (_process is not null) await _process.DisposeAsync();
    }

    /// <summary>The other server's address; it is started once.</summary>
    private async Task<Uri> StartAsync()
    {
        var document = OpenAISchemas.File();
        var program = Path.Combine(NpmPackages.Require(Package), "steady.js");
        var cancellationToken = TestContext.Current.CancellationToken;
        await _starting.WaitAsync(cancellationToken);
        try
        {
            if (_judge is not null) return _judge;
            // It tells no port that it chose itself. Another program may take the free one first.
            for (var tries = 3; ; tries--)
            {
                var port = FreePort();
                var process = NodeProcess.Start(
                    ["--import", EndTheChild, program, "--port", $"{port}", "--log=false", "--reject-on-sdk-error", "--validator-query-array-format=brackets", "--validator-form-array-format=brackets", "--validator-form-object-format=brackets", document], ReadyLine());
                try
                {
                    await process.ReadyAsync(_startLimit, cancellationToken);
                    _process = process;
                    return _judge = new UriBuilder("http", "127.0.0.1", port).Uri;
                }
                catch (InvalidOperationException) when (tries > 1)
                {
                    await process.DisposeAsync();
                }
                catch
                {
                    await process.DisposeAsync();
                    throw;
                }
            }
        }
        finally
        {
            _starting.Release();
        }
    }

    private async Task AnswerAsync(HttpContext context, Uri judge, ConcurrentQueue<JudgedRequest> judged, CannedReply? reply)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        using var request = new HttpRequestMessage(new(context.Request.Method), new Uri(judge, target));
        if (body.Length > 0)
        {
            request.Content = new ByteArrayContent(body.ToArray());
            request.Content.Headers.TryAddWithoutValidation("Content-Type", context.Request.ContentType);
        }
        using var verdict = await _http.SendAsync(request, context.RequestAborted);
        var path = Header(verdict, "x-steady-matched-path");
        var fields = await FormFields.OfAsync(context.Request.ContentType, body.ToArray());
        judged.Enqueue(new(context.Request.Method, target, body.ToArray())
        {
            Status = (int)verdict.StatusCode, Path = path, Fields = fields, Faults = [.. Faults(verdict), .. FormFields.Faults(fields, context.Request.Method, path)],
        });

        if (reply is null || !verdict.IsSuccessStatusCode)
        {
            context.Response.StatusCode = (int)verdict.StatusCode;
            context.Response.ContentType = verdict.Content.Headers.ContentType?.ToString();
            await verdict.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
            return;
        }
        context.Response.StatusCode = reply.Status;
        foreach (var (name, value) in reply.Headers) context.Response.Headers[name] = value;
        await context.Response.Body.WriteAsync(reply.Body, context.RequestAborted);
    }

    /// <summary>Everything that it complains of, also what it would let pass: ranges, and unions none of whose forms fits. That several forms fit is the document's own matter.</summary>
    private static IEnumerable<string> Faults(HttpResponseMessage verdict)
    {
        for (var i = 1; Header(verdict, $"{Fault}{i}-message") is { } message; i++)
            if (!message.Contains("variants structurally match", StringComparison.Ordinal)) yield return $"{Header(verdict, $"{Fault}{i}-path")}: {message}";
    }

    private static string? Header(HttpResponseMessage reply, string name) => reply.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [GeneratedRegex("Ready to accept requests|Server listening at")]
    private static partial Regex ReadyLine();
}

/// <summary>A request that was sent, and what is wrong with it by the published document.</summary>
internal sealed record JudgedRequest(string Method, string Target, byte[] Body)
{
    /// <summary>The path of the document that it is for; null where it was refused.</summary>
    public string? Path { get; init; }

    /// <summary>200, or 400, 404, 405, 415 for what is refused.</summary>
    public int Status { get; init; }

    /// <summary>The fields of a form.</summary>
    public IReadOnlyList<FormField> Fields { get; init; } = [];

    /// <summary>What is wrong; empty for nothing.</summary>
    public IReadOnlyList<string> Faults { get; init; } = [];

    /// <summary>The body as text.</summary>
    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>The names of the form's fields without brackets, else of the members of the JSON body.</summary>
    public IReadOnlySet<string> Members => (Fields.Count > 0 ? Fields.Select(one => one.Member) : JsonNode.Parse(Body)!.AsObject().Select(member => member.Key)).ToHashSet();

    public override string ToString() => $"{Method} {Target} -> {Status} {string.Join("; ", Faults)}";
}
