using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Muxi.Llm;

/// <summary><c>/responses</c> and what is under it.</summary>
internal sealed class SandboxResponses
{
    private static readonly SandboxList<JsonObject> _items = new("item", static item => (string?)item["id"], static (json, item) => item.WriteTo(json));

    private readonly SandboxKeptResponses _kept = new();

    public IReadOnlyList<SandboxRoute> Routes() =>
    [
        new(HttpMethod.Post, "/responses", Create),
        new(HttpMethod.Post, "/responses/input_tokens", CountTokens),
        new(HttpMethod.Post, "/responses/compact", Compact),
        new(HttpMethod.Post, "/responses/", Cancel),
        new(HttpMethod.Get, "/responses/", Read),
        new(HttpMethod.Delete, "/responses/", Delete),
    ];

    private SandboxAnswer Create(SandboxCall call)
    {
        var request = Reader(call).Read();
        var response = SandboxResponse.To(request, call.Now);
        if (request.IsStored) _kept.Keep(response, call.Now);
        var answer = request.IsStreamed ? Stream(response, static _ => true) : Whole(response, request.IsInBackground ? "queued" : response.Status);
        return answer with { Model = request.Model, PromptTokens = request.Chat.PromptTokens };
    }

    private SandboxAnswer Read(SandboxCall call)
    {
        var query = call.Parameters();
        if (Without(call.Tail, "/input_items") is { } id) return _items.Page(query, _kept.Find(id).Response.Request.Input);
        var kept = _kept.Find(call.Tail);
        var after = query.GetValueOrDefault("starting_after");
        if (query.GetValueOrDefault("stream") != "true")
            return after is null ? Whole(kept.Response, kept.Look(call.Now)) : throw new SandboxRefusal("'starting_after' goes with 'stream=true' only.", "starting_after", null);
        if (!kept.Response.Request.IsInBackground || !kept.Response.Request.IsStreamed)
            throw new SandboxRefusal("This response cannot be streamed: only one that was created with background=true and stream=true can.", "stream", null);
        var first = 0;
        if (after is not null && (!int.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out first) || ++first < 0)) throw new SandboxRefusal("'starting_after' must be an event's sequence number.", "starting_after", "invalid_value");
        return Stream(kept.Response, number => number >= first);
    }

    private SandboxAnswer Delete(SandboxCall call)
    {
        _kept.Forget(call.Tail);
        return SandboxAnswer.Json(json =>
        {
            json.WriteStartObject();
            json.WriteString("id", call.Tail);
            json.WriteString("object", "response.deleted");
            json.WriteBoolean("deleted", true);
            json.WriteEndObject();
        });
    }

    private SandboxAnswer Cancel(SandboxCall call)
    {
        if (Without(call.Tail, "/cancel") is not { } id) throw new SandboxRefusal($"The sandbox serves nothing at POST {call.Path}.", null, "unknown_url") { Status = 404 };
        var kept = _kept.Find(id);
        if (!kept.Response.Request.IsInBackground) throw new SandboxRefusal("Cannot cancel a synchronous response.", "response_id", null);
        return Whole(kept.Response, kept.Cancel(call.Now));
    }

    private SandboxAnswer CountTokens(SandboxCall call) => SandboxTokens.Answer(Reader(call).ReadInput().Chat.PromptTokens);

    /// <summary>What people said stays as it was; all else becomes one sealed item that says how much it was.</summary>
    private SandboxAnswer Compact(SandboxCall call)
    {
        var body = new SandboxRequest(call);
        body.Model();
        var request = new SandboxResponseReader(body, _kept).ReadInput();
        var stays = request.Conversation.Where(static item => (string?)item["type"] == "message" && (string?)item["role"] == "user").ToList();
        var id = request.Id("cmp_", "compaction");
        var told = string.Create(CultureInfo.InvariantCulture, $"(A compacted conversation of {request.Conversation.Count} items.)");
        return SandboxAnswer.Json(json =>
        {
            json.WriteStartObject();
            json.WriteString("id", request.Id("resp_", "compaction"));
            json.WriteString("object", "response.compaction");
            json.WriteNumber("created_at", call.Now.ToUnixTimeSeconds());
            json.WriteStartArray("output");
            foreach (var item in stays) item.WriteTo(json);
            json.WriteStartObject();
            json.WriteString("id", id);
            json.WriteString("type", "compaction");
            json.WriteString("encrypted_content", SandboxSeal.Close(id, told));
            json.WriteEndObject();
            json.WriteEndArray();
            SandboxResponseWriter.Usage(json, request.Chat.PromptTokens, SandboxTokens.Count(told), 0);
            json.WriteEndObject();
        }) with { Model = request.Model, PromptTokens = request.Chat.PromptTokens };
    }

    private SandboxResponseReader Reader(SandboxCall call) => new(new(call), _kept);

    private static SandboxAnswer Whole(SandboxResponse response, string status) => SandboxAnswer.Json(json => SandboxResponseWriter.Write(json, response, status));

    private static SandboxAnswer Stream(SandboxResponse response, Func<int, bool> wanted) => new()
    {
        MediaType = "text/event-stream", Pieces = SandboxResponseStream.Events(response).Where((_, number) => wanted(number)),
        Opening = SandboxResponseStream.Opening(response), Failure = SandboxResponseStream.Failure,
    };

    /// <summary>A path without its end; null where it ends otherwise.</summary>
    private static string? Without(string path, string end) => path.EndsWith(end, StringComparison.Ordinal) ? path[..^end.Length] : null;
}
