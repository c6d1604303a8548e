using System.Text.Json.Nodes;

namespace Muxi.Llm;

/// <summary>The responses that a sandbox keeps in its memory: the latest, no more than a thousand.</summary>
internal sealed class SandboxKeptResponses
{
    private const int Most = 1000;

    // A response in the background takes its time by the clock, or by how often it was looked at, whichever is sooner: so both a patient client and a test see each state.
    private static readonly TimeSpan _begins = TimeSpan.FromSeconds(1), _ends = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Kept> _byId = [];
    private readonly Queue<string> _ids = new();

    public void Keep(SandboxResponse response, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (!_byId.ContainsKey(response.Id)) _ids.Enqueue(response.Id);
            _byId[response.Id] = new(response, now);
            while (_ids.Count > Most) _byId.Remove(_ids.Dequeue());
        }
    }

    /// <summary>The response of this id.</summary>
    /// <exception cref="SandboxRefusal">404: it is not kept.</exception>
    public Kept Find(string id)
    {
        lock (_lock)
            return _byId.GetValueOrDefault(id) ?? throw new SandboxRefusal($"Response with id '{id}' not found.", null, null) { Status = 404 };
    }

    public void Forget(string id)
    {
        Find(id);
        lock (_lock) _byId.Remove(id);
    }

    /// <summary>An item that some kept response was given or has made.</summary>
    public JsonObject? Item(string id)
    {
        lock (_lock)
            return _byId.Values.SelectMany(static kept => kept.Response.Request.Input.Concat(Made(kept.Response))).FirstOrDefault(item => (string?)item["id"] == id);
    }

    /// <summary>All that was said up to and with a response.</summary>
    public IReadOnlyList<JsonObject> Conversation(string id)
    {
        SandboxResponse response;
        lock (_lock)
            response = _byId.GetValueOrDefault(id)?.Response ?? throw new SandboxRefusal($"Previous response with id '{id}' not found.", "previous_response_id", "previous_response_not_found");
        return [.. response.Request.Conversation.Select(static item => (JsonObject)item.DeepClone()), .. Made(response)];
    }

    private static IEnumerable<JsonObject> Made(SandboxResponse response) =>
        response.Items.Select(static item => (JsonObject)JsonNode.Parse(SandboxAnswer.Bytes(json => item.Write(json, isWhole: true)))!);

    /// <summary>A response and how far it is.</summary>
    public sealed class Kept(SandboxResponse response, DateTimeOffset begun)
    {
        private int _looks;
        private bool _cancelled;

        public SandboxResponse Response => response;

        /// <summary>Looks at it.</summary>
        public string Look(DateTimeOffset now) => Status(now, Interlocked.Increment(ref _looks));

        /// <summary>Stops it, where it is not done yet.</summary>
        public string Cancel(DateTimeOffset now)
        {
            if (Status(now, Volatile.Read(ref _looks)) is "queued" or "in_progress") Volatile.Write(ref _cancelled, true);
            return Status(now, Volatile.Read(ref _looks));
        }

        private string Status(DateTimeOffset now, int looks)
        {
            if (Volatile.Read(ref _cancelled)) return "cancelled";
            var age = now - begun;
            if (!response.Request.IsInBackground || age >= _ends || looks > 1) return response.Status;
            return age >= _begins || looks > 0 ? "in_progress" : "queued";
        }
    }
}
