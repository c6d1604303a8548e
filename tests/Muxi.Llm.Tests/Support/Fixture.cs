using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>
/// One scenario of a dialect, canonical and wire side by side, in fixtures/DIALECT/SCENARIO/: request.json becomes wire-request.json;
/// wire-reply.json, .html, .sse or .ndjson (verbatim bytes; the last two are streamed), or .frames (a stream of Amazon's, see AwsFrames) becomes reply.json, error.json, or both: what had come before the error.
/// wire-headers.json holds headers of the request; wire-head.json is the reply's status and headers where they are not the usual ones; warnings.json lists what could not be sent as asked;
/// wire-echo.json is how the reply stands in the next request; notes.md tells where a fact of the wire is from. Any part may be absent.
/// </summary>
internal sealed class Fixture
{
    private static readonly string[] _replies = ["wire-reply.json", "wire-reply.html", "wire-reply.sse", "wire-reply.ndjson", "wire-reply.frames"];

    private static readonly HashSet<string> _files =
    [
        "request.json", "wire-request.json", "wire-headers.json", "wire-head.json", .. _replies, "reply.json", "error.json", "warnings.json", "wire-echo.json", "events.json", "notes.md",
    ];

    private readonly string _folder;

    private Fixture(string name, string folder)
    {
        Name = name;
        _folder = folder;
        foreach (var file in Directory.EnumerateFiles(folder).Select(f => Path.GetFileName(f)))
        {
            if (!_files.Contains(file))
                throw new InvalidDataException($"{name}: {file} is no part of a fixture");
        }
        if (_replies.Count(Has) > 1)
            throw new InvalidDataException($"{name}: a reply is streamed or whole, not both");
    }

    /// <summary>"dialect/scenario".</summary>
    public string Name { get; }

    public string Dialect => Name[..Name.IndexOf('/', StringComparison.Ordinal)];

    /// <summary>Whether the reply is a stream.</summary>
    public bool IsStream => Has("wire-reply.sse") || Has("wire-reply.ndjson") || Has("wire-reply.frames");

    public byte[] Request => Bytes("request.json");
    public byte[] WireRequest => Bytes("wire-request.json");

    /// <summary>The verbatim body of the reply, streamed or whole.</summary>
    public byte[] WireReply => Has("wire-reply.frames") ? AwsFrames.FromText(System.Text.Encoding.UTF8.GetString(Bytes("wire-reply.frames"))) : Bytes(_replies.First(Has));

    /// <summary>The reply as a server gives it: status and headers of wire-head.json, else 200 and the body's own type.</summary>
    public CannedReply Canned
    {
        get
        {
            var head = Has("wire-head.json") ? Json("wire-head.json") : null;
            var type = Has("wire-reply.html") ? "text/html" : Has("wire-reply.frames") ? AwsFrames.ContentType : Has("wire-reply.ndjson") ? "application/x-ndjson" : IsStream ? "text/event-stream; charset=utf-8" : "application/json";
            var canned = new CannedReply(head?["status"]?.GetValue<int>() ?? 200, new Dictionary<string, string> { ["content-type"] = type }, WireReply);
            foreach (var (name, value) in head?["headers"]?.AsObject() ?? [])
                canned = canned.With(name, value!.GetValue<string>());
            return canned;
        }
    }

    public byte[] Reply => Bytes("reply.json");

    public override string ToString() => Name;

    /// <summary>Whether the scenario has this file.</summary>
    public bool Has(string file) => File.Exists(Path.Combine(_folder, file));

    /// <summary>A JSON part as a tree, for comparison with JsonNode.DeepEquals.</summary>
    public JsonNode Json(string file) => JsonNode.Parse(Bytes(file))!;

    /// <summary>The scenarios of a dialect that have all these files, for a theory.</summary>
    public static TheoryData<string> Names(string dialect, params ReadOnlySpan<string> having) =>
        [.. In(DefaultRoot, dialect, having).Select(f => f.Name)];

    /// <summary>The scenario of that name.</summary>
    public static Fixture Load(string name) => Load(DefaultRoot, name);

    /// <summary>As <see cref="Load(string)"/>, under another root.</summary>
    public static Fixture Load(string root, string name) => new(name, Path.Combine([root, .. name.Split('/')]));

    /// <summary>The scenarios of a dialect under a root, in order of name.</summary>
    public static IReadOnlyList<Fixture> In(string root, string dialect, params ReadOnlySpan<string> having)
    {
        var folder = Path.Combine(root, dialect);
        if (!Directory.Exists(folder))
            return [];
        string[] wanted = [.. having];
        return [.. Directory.EnumerateDirectories(folder)
            .Select(scenario => Load(root, $"{dialect}/{Path.GetFileName(scenario)}"))
            .Where(fixture => wanted.All(fixture.Has))
            .OrderBy(fixture => fixture.Name, StringComparer.Ordinal)];
    }

    private static string DefaultRoot => Repo.PathTo("tests", "Muxi.Llm.Tests", "fixtures");

    private byte[] Bytes(string file) => File.ReadAllBytes(Path.Combine(_folder, file));
}
