using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>One batch of the simulator and how far it is.</summary>
internal sealed class SandboxBatch(string id, string input, string endpoint, byte[] content, long createdAt)
{
    private readonly ArrayBufferWriter<byte> _output = new(), _errors = new();
    private readonly List<(string Message, int Line)> _faults = [];
    private readonly Dictionary<string, long> _times = [];
    private int _completed, _failed;

    public string Id => id;

    public string Endpoint => endpoint;

    public long CreatedAt => createdAt;

    public long ExpiresAt { get; init; }

    /// <summary>How long its results are kept, in seconds; null for as long as the simulator.</summary>
    public long? KeepsFor { get; init; }

    public string? Metadata { get; init; }

    public string Status { get; private set; } = "validating";

    public bool HasEnded => Status is "completed" or "failed" or "cancelled";

    /// <summary>Its requests, once they have been looked over.</summary>
    public List<(string Id, byte[] Body)> Lines { get; } = [];

    /// <summary>How many have been answered.</summary>
    public int Answered { get; set; }

    public string? OutputFileId { get; set; }

    public string? ErrorFileId { get; set; }

    /// <summary>Looks its requests over: they are taken all or none.</summary>
    public void Begin(int most, long now)
    {
        var (number, ids) = (0, new HashSet<string>());
        foreach (var range in content.AsSpan().Split((byte)'\n'))
        {
            number++;
            var line = content.AsSpan()[range].Trim(" \t\r"u8);
            if (line.IsEmpty) continue;
            if (Fault(line, ids) is { } fault) _faults.Add((fault, number));
        }
        if (_faults.Count == 0 && Lines.Count == 0) _faults.Add(("The file has no requests.", 1));
        if (Lines.Count > most) _faults.Add((string.Create(CultureInfo.InvariantCulture, $"The file has more than {most} requests."), most + 1));
        Status = _faults.Count > 0 ? "failed" : "in_progress";
        _times[_faults.Count > 0 ? "failed_at" : "in_progress_at"] = now;
        if (_faults.Count > 0) Lines.Clear();
    }

    /// <summary>Takes the answer to one request.</summary>
    public void Take(string customId, SandboxAnswer answer)
    {
        var isGood = answer.Status == 200 && answer.Pieces is null && !answer.Hangs && !answer.Breaks && IsJson(answer.Body);
        var line = SandboxAnswer.Bytes(json =>
        {
            json.WriteStartObject();
            json.WriteString("id", "batch_req_" + SandboxFiles.Hash(System.Text.Encoding.UTF8.GetBytes($"{id}\0{customId}")));
            json.WriteString("custom_id", customId);
            if (isGood || (answer.Status != 200 && IsJson(answer.Body))) WriteResponse(json, customId, answer);
            else WriteError(json);
            json.WriteEndObject();
        });
        var into = isGood ? _output : _errors;
        into.Write(line);
        into.Write("\n"u8);
        if (isGood) _completed++;
        else _failed++;
    }

    public void Cancel(long now)
    {
        if (Status == "cancelling") return;
        Status = "cancelling";
        _times["cancelling_at"] = now;
    }

    /// <summary>It is over: what its two files hold.</summary>
    public (byte[] Output, byte[] Errors) Finish(string status, long now)
    {
        Status = status;
        if (status == "completed") _times["finalizing_at"] = now;
        _times[status + "_at"] = now;
        return (_output.WrittenSpan.ToArray(), _errors.WrittenSpan.ToArray());
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("id", id);
        json.WriteString("object", "batch");
        json.WriteString("endpoint", endpoint);
        if (_faults.Count > 0) WriteFaults(json);
        json.WriteString("input_file_id", input);
        json.WriteString("completion_window", "24h");
        json.WriteString("status", Status);
        if (OutputFileId is { } output) json.WriteString("output_file_id", output);
        if (ErrorFileId is { } errors) json.WriteString("error_file_id", errors);
        json.WriteNumber("created_at", createdAt);
        json.WriteNumber("expires_at", ExpiresAt);
        foreach (var (name, time) in _times) json.WriteNumber(name, time);
        json.WriteStartObject("request_counts");
        json.WriteNumber("total", Lines.Count);
        json.WriteNumber("completed", _completed);
        json.WriteNumber("failed", _failed);
        json.WriteEndObject();
        json.WritePropertyName("metadata");
        json.WriteRawValue(Metadata ?? "null");
        json.WriteEndObject();
    }

    private string? Fault(ReadOnlySpan<byte> line, HashSet<string> ids)
    {
        try
        {
            var request = JsonElement.Parse(line);
            if (request.Text("custom_id") is not { Length: > 0 } name) return "'custom_id' is a required property";
            if (!ids.Add(name)) return $"The custom_id '{name}' comes twice.";
            if (request.Text("method") is not "POST") return "'method' must be POST.";
            if (request.Text("url") != endpoint) return $"'url' must be {endpoint}, as the batch has it.";
            if (request.Get("body") is not { ValueKind: JsonValueKind.Object } body) return "'body' is a required property";
            Lines.Add((name, System.Text.Encoding.UTF8.GetBytes(body.GetRawText())));
            return null;
        }
        catch (JsonException)
        {
            return "The line is not valid JSON.";
        }
    }

    private void WriteResponse(Utf8JsonWriter json, string customId, SandboxAnswer answer)
    {
        json.WriteStartObject("response");
        json.WriteNumber("status_code", answer.Status);
        json.WriteString("request_id", "req_" + SandboxFiles.Hash(System.Text.Encoding.UTF8.GetBytes($"{id}\0{customId}\0request")));
        json.WritePropertyName("body");
        json.WriteRawValue(answer.Body.Span);
        json.WriteEndObject();
        json.WriteNull("error");
    }

    private static void WriteError(Utf8JsonWriter json)
    {
        json.WriteNull("response");
        json.WriteStartObject("error");
        json.WriteString("code", "server_error");
        json.WriteString("message", "The sandbox has no whole answer to this request.");
        json.WriteEndObject();
    }

    private void WriteFaults(Utf8JsonWriter json)
    {
        json.WriteStartObject("errors");
        json.WriteString("object", "list");
        json.WriteStartArray("data");
        foreach (var (message, line) in _faults.Take(100))
        {
            json.WriteStartObject();
            json.WriteString("code", "invalid_request");
            json.WriteString("message", message);
            json.WriteNull("param");
            json.WriteNumber("line", line);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static bool IsJson(ReadOnlyMemory<byte> body)
    {
        try
        {
            return RawJson.Parse(body.Span).ToElement().ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
