using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// <c>/batches</c>: the lines of a file that was handed over are answered by the simulator itself. A batch goes on whenever somebody looks at it, or half a minute after it was made: it is
/// looked over, then half of it is answered, then all.
/// </summary>
/// <param name="files">Where its input is, and its results go.</param>
/// <param name="answer">Answers one request by its path and body.</param>
internal sealed class SandboxBatches(SandboxFiles files, Func<string, byte[], DateTimeOffset, SandboxAnswer> answer)
{
    /// <summary>What its requests may ask for.</summary>
    public static readonly ImmutableArray<string> Endpoints = ["/v1/chat/completions", "/v1/completions", "/v1/embeddings", "/v1/images/generations", "/v1/moderations", "/v1/responses"];

    private const int MostBatches = 1000, MostRequests = 50_000, Day = 24 * 3600, Patience = 30;

    private readonly Lock _lock = new();
    private readonly List<SandboxBatch> _batches = [];
    private int _made;

    public IReadOnlyList<SandboxRoute> Routes() =>
        [new(HttpMethod.Post, "/batches", Create), new(HttpMethod.Get, "/batches", List), new(HttpMethod.Get, "/batches/", Retrieve), new(HttpMethod.Post, "/batches/", Cancel)];

    private SandboxAnswer Create(SandboxCall call)
    {
        var asked = JsonElement.Parse(call.Body);
        var (input, endpoint) = (Needed(asked, "input_file_id"), Needed(asked, "endpoint"));
        if (!Endpoints.Contains(endpoint)) throw new SandboxRefusal($"'{endpoint}' is not one of {string.Join(", ", Endpoints)}.", "endpoint", "invalid_value");
        if (Needed(asked, "completion_window") != "24h") throw new SandboxRefusal("'completion_window' must be 24h.", "completion_window", "invalid_value");
        var now = call.Now.ToUnixTimeSeconds();
        var file = files.Find(input, call.Now);
        if (file.Purpose != "batch") throw new SandboxRefusal($"The file '{input}' has the purpose {file.Purpose}, and a batch's has batch.", "input_file_id", "invalid_value");
        var keeps = asked.Get("output_expires_after") is { } expiration ? SandboxFiles.ExpiresAt(expiration.Text("anchor"), expiration.Get("seconds")?.GetRawText(), 0) : null;
        lock (_lock)
        {
            if (_batches.Count >= MostBatches) _batches.RemoveAt(0);
            var id = "batch_" + SandboxFiles.Hash(BitConverter.GetBytes(++_made), Encoding.UTF8.GetBytes(input));
            var batch = new SandboxBatch(id, input, endpoint, file.Content, now) { Metadata = asked.Get("metadata")?.GetRawText(), ExpiresAt = now + Day, KeepsFor = keeps };
            _batches.Add(batch);
            return SandboxAnswer.Json(batch.Write);
        }
    }

    private SandboxAnswer List(SandboxCall call)
    {
        lock (_lock) return new SandboxList<SandboxBatch>("batch", static batch => batch.Id, static (json, batch) => batch.Write(json)).Page(call.Parameters(), _batches);
    }

    private SandboxAnswer Retrieve(SandboxCall call)
    {
        lock (_lock)
        {
            var batch = Find(call.Tail);
            GoOn(batch, call.Now);
            return SandboxAnswer.Json(batch.Write);
        }
    }

    private SandboxAnswer Cancel(SandboxCall call)
    {
        const string Verb = "/cancel";
        if (!call.Tail.EndsWith(Verb, StringComparison.Ordinal)) return SandboxAnswer.Error(404, $"The sandbox serves nothing at POST {call.Path}.", "invalid_request_error", "unknown_url");
        lock (_lock)
        {
            var batch = Find(call.Tail[..^Verb.Length]);
            if (batch.HasEnded) throw new SandboxRefusal($"A batch that is {batch.Status} cannot be cancelled.", null, null) { Status = 409 };
            batch.Cancel(call.Now.ToUnixTimeSeconds());
            return SandboxAnswer.Json(batch.Write);
        }
    }

    private void GoOn(SandboxBatch batch, DateTimeOffset now)
    {
        var seconds = now.ToUnixTimeSeconds();
        do
        {
            switch (batch.Status)
            {
                case "validating":
                    batch.Begin(MostRequests, seconds);
                    Answer(batch, batch.Lines.Count / 2, now);
                    break;
                case "in_progress":
                    Answer(batch, batch.Lines.Count, now);
                    Finish(batch, "completed", seconds);
                    break;
                case "cancelling":
                    Finish(batch, "cancelled", seconds);
                    break;
            }
        }
        while (!batch.HasEnded && seconds >= batch.CreatedAt + Patience);
    }

    /// <summary>Answers lines up to one of them.</summary>
    private void Answer(SandboxBatch batch, int until, DateTimeOffset now)
    {
        for (; batch.Answered < until; batch.Answered++)
        {
            var (id, body) = batch.Lines[batch.Answered];
            batch.Take(id, answer(batch.Endpoint, body, now));
        }
    }

    private void Finish(SandboxBatch batch, string status, long now)
    {
        var (output, errors) = batch.Finish(status, now);
        if (output.Length > 0) batch.OutputFileId = Keep($"{batch.Id}_output.jsonl", output);
        if (errors.Length > 0) batch.ErrorFileId = Keep($"{batch.Id}_error.jsonl", errors);

        string Keep(string name, byte[] content)
        {
            files.Hold(content.Length);
            return files.Keep(new(name, "batch_output", content, now) { ExpiresAt = now + batch.KeepsFor }).Id;
        }
    }

    private SandboxBatch Find(string id) => _batches.Find(batch => batch.Id == id) ?? throw new SandboxRefusal($"No batch found with id '{id}'.", "batch_id", null) { Status = 404 };

    private static string Needed(JsonElement asked, string name) => asked.Text(name) is { Length: > 0 } text ? text : throw new SandboxRefusal($"'{name}' is a required property", name, null);
}
