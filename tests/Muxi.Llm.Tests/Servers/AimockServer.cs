using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Muxi.Llm.Tests;

/// <summary>The npm package <c>@copilotkit/aimock</c>, an OpenAI-shaped server by other people, on a free loopback port.</summary>
/// <remarks>It runs strictly: a request that no fixture matches is answered with 503. It checks little of a request, so what was
/// sent is to be asserted on <see cref="RequestsAsync"/>.</remarks>
internal sealed partial class AimockServer : IAsyncDisposable
{
    private const string Package = "@copilotkit/aimock";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    private readonly NodeProcess _process;
    private readonly DirectoryInfo _folder;

    private AimockServer(NodeProcess process, DirectoryInfo folder, Uri url)
    {
        _process = process;
        _folder = folder;
        Url = url;
    }

    /// <summary>The server's root, e.g. <c>http://127.0.0.1:40123/</c>.</summary>
    public Uri Url { get; }

    /// <summary>The base URL for clients of OpenAI, without a closing slash.</summary>
    public Uri OpenAIUrl => new(Url, "v1");

    /// <summary>What the server wrote so far.</summary>
    public string Log => _process.Log;

    /// <summary>Starts a server that answers by fixtures; skips the test where the package is not installed.</summary>
    /// <param name="fixtures">The JSON of a fixture file: <c>{"fixtures": [{"match": {...}, "response": {...}}, ...]}</c>; the first match wins.</param>
    /// <param name="options">Further options of its command line, e.g. <c>--chunk-size 4</c>.</param>
    public static async Task<AimockServer> StartAsync(string fixtures, params IEnumerable<string> options)
    {
        var program = Path.Combine(NpmPackages.Require(Package), "dist", "cli.js");
        var folder = Directory.CreateTempSubdirectory("muxi-llm-aimock-");
        var file = Path.Combine(folder.FullName, "fixtures.json");
        var cancellationToken = TestContext.Current.CancellationToken;
        await File.WriteAllTextAsync(file, fixtures, cancellationToken);
        var process = NodeProcess.Start(
            [program, "--port", "0", "--host", "127.0.0.1", "--fixtures", file, "--strict", "--validate-on-load", .. options], ReadyLine());
        try
        {
            var ready = await process.ReadyAsync(StartLimit, cancellationToken);
            var port = int.Parse(ready.Groups[1].Value, CultureInfo.InvariantCulture);
            return new AimockServer(process, folder, new UriBuilder("http", "127.0.0.1", port).Uri);
        }
        catch
        {
            await process.DisposeAsync();
            folder.Delete(recursive: true);
            throw;
        }
    }

    /// <summary>Every request so far as the server saw it, oldest first: <c>method</c>, <c>path</c>, <c>headers</c>, <c>body</c> and the <c>response</c>'s status.</summary>
    public async Task<IReadOnlyList<JsonElement>> RequestsAsync()
    {
        using var http = new HttpClient();
        await using var journal = await http.GetStreamAsync(new Uri(Url, "__aimock/journal"), TestContext.Current.CancellationToken);
        using var document = await JsonDocument.ParseAsync(journal, cancellationToken: TestContext.Current.CancellationToken);
        return [.. document.RootElement.EnumerateArray().Select(request => request.Clone())];
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [GeneratedRegex(@"listening on http://127\.0\.0\.1:(\d+)")]
    private static partial Regex ReadyLine();
}
