using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary><c>/uploads</c>: parts are kept until they become a file, are given up, or an hour has passed.</summary>
internal sealed class SandboxUploads(SandboxFiles files)
{
    private const int Lifetime = 3600, MostUploads = 1000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Pending> _uploads = [];
    private int _made;

    public SandboxAnswer Create(SandboxCall call)
    {
        var asked = JsonElement.Parse(call.Body);
        var (name, type) = (Needed(asked, "filename"), Needed(asked, "mime_type"));
        if (asked.Get("bytes") is not { ValueKind: JsonValueKind.Number } number || !number.TryGetInt64(out var bytes) || bytes < 1) throw new SandboxRefusal("'bytes' must be a whole number from 1 up.", "bytes", "invalid_value");
        if (bytes > SandboxFiles.MaxBytes) throw new SandboxRefusal($"The sandbox keeps {SandboxFiles.MaxBytes >> 20} MB of files in its memory, and no more.", "bytes", "invalid_value");
        var now = call.Now.ToUnixTimeSeconds();
        var expires = asked.Get("expires_after") is { } expiration ? SandboxFiles.ExpiresAt(expiration.Text("anchor"), expiration.Get("seconds")?.GetRawText(), now) : null;
        lock (_lock)
        {
            Forget(now);
            if (_uploads.Count >= MostUploads) throw new SandboxRefusal("There are too many uploads that nobody completes.", null, null);
            var id = "upload_" + SandboxFiles.Hash(BitConverter.GetBytes(++_made), Encoding.UTF8.GetBytes($"{name}\0{type}\0{bytes}"));
            var upload = _uploads[id] = new(id, name, SandboxFiles.Purpose(asked.Text("purpose")), bytes, now) { FileExpiresAt = expires };
            return Answer(upload, "pending", null);
        }
    }

    /// <summary><c>/uploads/{id}/parts</c>, <c>complete</c> and <c>cancel</c>.</summary>
    public SandboxAnswer Answer(SandboxCall call)
    {
        var slash = call.Tail.LastIndexOf('/');
        var (id, verb) = slash < 0 ? (call.Tail, "") : (call.Tail[..slash], call.Tail[(slash + 1)..]);
        if (verb is not ("parts" or "complete" or "cancel")) return SandboxAnswer.Error(404, $"The sandbox serves nothing at POST {call.Path}.", "invalid_request_error", "unknown_url");
        lock (_lock)
        {
            Forget(call.Now.ToUnixTimeSeconds());
            if (!_uploads.TryGetValue(id, out var upload)) throw new SandboxRefusal($"No such Upload object: {id}", "upload_id", null) { Status = 404 };
            if (verb == "parts") return Add(upload, call);
            var answer = verb == "complete" ? Complete(upload, call) : Answer(upload, "cancelled", null);
            Drop(upload);
            return answer;
        }
    }

    private SandboxAnswer Add(Pending upload, SandboxCall call)
    {
        if (new SandboxForm(call).Files("data") is not [var (_, content)]) throw new SandboxRefusal("'data' is a required property", "data", null);
        if (content.IsEmpty) throw new SandboxRefusal("The part is empty.", "data", "invalid_value");
        files.Hold(content.Length);
        var id = "part_" + SandboxFiles.Hash(Encoding.UTF8.GetBytes($"{upload.Id}\0{upload.Parts.Count}\0"), content.ToArray());
        upload.Parts[id] = content.ToArray();
        return SandboxAnswer.Json(json =>
        {
            json.WriteStartObject();
            json.WriteString("id", id);
            json.WriteString("object", "upload.part");
            json.WriteNumber("created_at", call.Now.ToUnixTimeSeconds());
            json.WriteString("upload_id", upload.Id);
            json.WriteEndObject();
        });
    }

    private SandboxAnswer Complete(Pending upload, SandboxCall call)
    {
        var asked = JsonElement.Parse(call.Body);
        if (asked.Get("part_ids") is not { ValueKind: JsonValueKind.Array }) throw new SandboxRefusal("'part_ids' is a required property", "part_ids", null);
        using var whole = new MemoryStream();
        foreach (var part in asked.Get("part_ids").Items())
            whole.Write(part.ValueKind == JsonValueKind.String && upload.Parts.TryGetValue(part.GetString()!, out var bytes) ? bytes : throw new SandboxRefusal($"'part_ids' names no part of this upload: {part}.", "part_ids", "invalid_value"));
        if (whole.Length != upload.Bytes)
            throw new SandboxRefusal(string.Create(CultureInfo.InvariantCulture, $"The parts have {whole.Length} bytes, and the upload was begun with {upload.Bytes}."), "part_ids", "invalid_value");
        if (asked.Text("md5") is { } sum && !sum.Equals(Sum(whole), StringComparison.OrdinalIgnoreCase)) throw new SandboxRefusal("'md5' is not the sum of the parts.", "md5", "invalid_value");
        var file = new SandboxFiles.Stored(upload.Name, upload.Purpose, whole.ToArray(), call.Now.ToUnixTimeSeconds()) { ExpiresAt = upload.FileExpiresAt };
        // What the parts have held, the file holds: they go when it is there.
        files.Release(upload.Held);
        upload.Parts.Clear();
        files.Hold(file.Content.Length);
        return Answer(upload, "completed", files.Keep(file));
    }

    [SuppressMessage("Security", "CA5351", Justification = "OpenAI's interface has this sum and no other.")]
    private static string Sum(MemoryStream whole) => Convert.ToHexStringLower(MD5.HashData(whole.GetBuffer().AsSpan(0, (int)whole.Length)));

    private static string Needed(JsonElement asked, string name) => asked.Text(name) is { Length: > 0 } text ? text : throw new SandboxRefusal($"'{name}' is a required property", name, null);

    private static SandboxAnswer Answer(Pending upload, string status, SandboxFiles.Stored? file) => SandboxAnswer.Json(json =>
    {
        json.WriteStartObject();
        json.WriteString("id", upload.Id);
        json.WriteString("object", "upload");
        json.WriteNumber("bytes", upload.Bytes);
        json.WriteNumber("created_at", upload.CreatedAt);
        json.WriteNumber("expires_at", upload.CreatedAt + Lifetime);
        json.WriteString("filename", upload.Name);
        json.WriteString("purpose", upload.Purpose);
        json.WriteString("status", status);
        if (file is not null)
        {
            json.WritePropertyName("file");
            SandboxFiles.Write(json, file);
        }
        json.WriteEndObject();
    });

    private void Forget(long now)
    {
        foreach (var upload in _uploads.Values.Where(upload => upload.CreatedAt + Lifetime <= now).ToList()) Drop(upload);
    }

    private void Drop(Pending upload)
    {
        files.Release(upload.Held);
        _uploads.Remove(upload.Id);
    }

    private sealed record Pending(string Id, string Name, string Purpose, long Bytes, long CreatedAt)
    {
        public Dictionary<string, byte[]> Parts { get; } = [];

        public long? FileExpiresAt { get; init; }

        public long Held => Parts.Values.Sum(static part => (long)part.Length);
    }
}
