using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Cli;

/// <summary>
/// A recording as the files of a fixture, in the form that the tests play: request.json becomes wire-request.json, the bytes of wire-reply become reply.json or error.json.
/// </summary>
internal sealed class FixtureFolder
{
    private readonly SortedDictionary<string, byte[]> _files = new(StringComparer.Ordinal);

    /// <summary>The files' names.</summary>
    public IEnumerable<string> Names => _files.Keys;

    /// <summary>The contents, by name.</summary>
    public IEnumerable<KeyValuePair<string, byte[]>> Files => _files;

    public void Add(string name, string text) => _files[name] = Encoding.UTF8.GetBytes(text.EndsWith('\n') ? text : text + "\n");

    public void Add(string name, byte[] bytes) => _files[name] = bytes;

    public void Add(string name, JsonNode json) => Add(name, JsonText.Of(writer => json.WriteTo(writer)));

    /// <summary>A request's body, indented where it is JSON: its meaning is what counts.</summary>
    public void AddRequest(byte[] body)
    {
        if (body.Length == 0) return;
        try
        {
            Add("wire-request.json", JsonNode.Parse(body)!);
        }
        catch (System.Text.Json.JsonException)
        {
            throw new FailureException("the request is no JSON, and there is no form of fixtures for it yet");
        }
    }

    /// <summary>The reply's bytes, and its status and headers where they are not the usual ones.</summary>
    public void AddReply(Exchange exchange, bool isStreamed)
    {
        var type = exchange.Got.GetValueOrDefault("content-type", "");
        var name = type.Contains("amazon.eventstream", StringComparison.Ordinal) ? throw new FailureException("the reply is a stream of Amazon's, which is not written as a fixture yet")
            : type.Contains("ndjson", StringComparison.Ordinal) ? "wire-reply.ndjson" : isStreamed ? "wire-reply.sse" : type.Contains("html", StringComparison.Ordinal) ? "wire-reply.html" : "wire-reply.json";
        Add(name, exchange.Reply);
        var head = new JsonObject();
        if (exchange.Status != 200) head["status"] = exchange.Status;
        // The type that goes with the file's name says nothing.
        var usual = name switch { "wire-reply.sse" => "text/event-stream", "wire-reply.ndjson" => "application/x-ndjson", "wire-reply.html" => "text/html", _ => "application/json" };
        var told = exchange.Got.Where(header => header.Key != "content-type" || !header.Value.StartsWith(usual, StringComparison.OrdinalIgnoreCase)).ToList();
        if (told.Count > 0) head["headers"] = new JsonObject(told.Select(header => KeyValuePair.Create(header.Key, (JsonNode?)header.Value)));
        if (head.Count > 0) Add("wire-head.json", head);
    }

    /// <summary>Writes the folder, all of it or nothing.</summary>
    /// <exception cref="FailureException">There is one already, or it cannot be written.</exception>
    public void Write(string folder)
    {
        var half = $"{folder}.half";
        try
        {
            if (Directory.Exists(half)) Directory.Delete(half, recursive: true);
            Directory.CreateDirectory(half);
            foreach (var (name, bytes) in _files) File.WriteAllBytes(Path.Combine(half, name), bytes);
            Directory.Move(half, folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FailureException($"{folder}: {e.Message}", e);
        }
    }

    /// <summary>What holds in both readings: where they differ, because we made it up at the time, any number or any text will do.</summary>
    public static JsonNode? Common(JsonNode? one, JsonNode? other) => (one, other) switch
    {
        (JsonObject a, JsonObject b) => new JsonObject(a.Select(member => KeyValuePair.Create(member.Key, Common(member.Value, b[member.Key])))),
        (JsonArray a, JsonArray b) when a.Count == b.Count => new JsonArray([.. a.Zip(b, Common)]),
        _ when JsonNode.DeepEquals(one, other) => one?.DeepClone(),
        _ => one?.GetValueKind() == System.Text.Json.JsonValueKind.Number ? "<number>" : "<any>",
    };
}
