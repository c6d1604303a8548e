using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// <c>/files</c>: kept in the memory of the simulator, the same for every call to it, and no more of them than 32 MB. An id is made of what the file holds, so that equal
/// files are one.
/// </summary>
internal sealed class SandboxFiles
{
    /// <summary>How much is kept, of all files and parts of uploads together.</summary>
    public const int MaxBytes = 32 << 20;

    private const int MostFiles = 10_000;

    private static readonly string[] _purposes = ["assistants", "batch", "fine-tune", "vision", "user_data", "evals"];

    private readonly Lock _lock = new();
    private readonly List<Stored> _files = [];
    private long _held;

    /// <summary>What is served here, uploads in parts included.</summary>
    public IReadOnlyList<SandboxRoute> Routes()
    {
        var uploads = new SandboxUploads(this);
        return
        [
            new(HttpMethod.Post, "/files", Create), new(HttpMethod.Get, "/files", List),
            new(HttpMethod.Get, "/files/", Read), new(HttpMethod.Delete, "/files/", Delete),
            new(HttpMethod.Post, "/uploads", uploads.Create), new(HttpMethod.Post, "/uploads/", uploads.Answer),
        ];
    }

    /// <summary>Makes room for so many bytes.</summary>
    /// <exception cref="SandboxRefusal">There is none.</exception>
    public void Hold(long bytes)
    {
        lock (_lock)
        {
            if (_held + bytes > MaxBytes || _files.Count >= MostFiles)
                throw new SandboxRefusal(string.Create(CultureInfo.InvariantCulture, $"The sandbox keeps {MaxBytes >> 20} MB of files in its memory, and no more: delete some first."), "file", "storage_full") { Status = 413 };
            _held += bytes;
        }
    }

    /// <summary>Gives room back.</summary>
    public void Release(long bytes)
    {
        lock (_lock) _held -= bytes;
    }

    /// <summary>Keeps a file, for which room has been made; one that is here already is kept once.</summary>
    public Stored Keep(Stored file)
    {
        lock (_lock)
        {
            if (_files.Find(one => one.Id == file.Id) is { } known)
            {
                _held -= file.Content.Length;
                return known;
            }
            _files.Add(file);
            return file;
        }
    }

    /// <summary>The purpose that a request names.</summary>
    /// <exception cref="SandboxRefusal">It names none, or another one than OpenAI knows.</exception>
    public static string Purpose(string? purpose) =>
        purpose is null ? throw new SandboxRefusal("'purpose' is a required property", "purpose", null)
        : _purposes.Contains(purpose) ? purpose : throw new SandboxRefusal($"'{purpose}' is not one of {string.Join(", ", _purposes)}.", "purpose", "invalid_value");

    /// <summary>When a file of a request expires.</summary>
    /// <exception cref="SandboxRefusal">The time is beyond what OpenAI takes.</exception>
    public static long? ExpiresAt(string? anchor, string? seconds, long now)
    {
        if (anchor is null && seconds is null) return null;
        if (anchor != "created_at") throw new SandboxRefusal("'expires_after[anchor]' must be created_at.", "expires_after", "invalid_value");
        if (!long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var after) || after is < FileExpiration.Least or > FileExpiration.Most)
            throw new SandboxRefusal("'expires_after[seconds]' must be from 3600 to 2592000.", "expires_after", "invalid_value");
        return now + after;
    }

    public static void Write(Utf8JsonWriter json, Stored file)
    {
        json.WriteStartObject();
        json.WriteString("object", "file");
        json.WriteString("id", file.Id);
        json.WriteString("purpose", file.Purpose);
        json.WriteString("filename", file.Name);
        json.WriteNumber("bytes", file.Content.Length);
        json.WriteNumber("created_at", file.CreatedAt);
        if (file.ExpiresAt is { } expires) json.WriteNumber("expires_at", expires);
        json.WriteString("status", "processed");
        json.WriteEndObject();
    }

    private SandboxAnswer Create(SandboxCall call)
    {
        var form = new SandboxForm(call);
        var (name, content) = form.Files("file") switch
        {
            [] => throw new SandboxRefusal("'file' is a required property", "file", null),
            [var one] => one,
            _ => throw new SandboxRefusal("'file' was sent more than once.", "file", "invalid_value"),
        };
        if (content.IsEmpty) throw new SandboxRefusal("The file is empty.", "file", "invalid_value");
        var now = call.Now.ToUnixTimeSeconds();
        var file = new Stored(name, Purpose(form.Text("purpose")), content.ToArray(), now) { ExpiresAt = ExpiresAt(form.Text("expires_after[anchor]"), form.Text("expires_after[seconds]"), now) };
        Hold(file.Content.Length);
        var kept = Keep(file);
        return SandboxAnswer.Json(json => Write(json, kept));
    }

    private SandboxAnswer List(SandboxCall call)
    {
        var query = call.Parameters();
        var files = Alive(call.Now).Where(file => query.GetValueOrDefault("purpose") is not { Length: > 0 } purpose || file.Purpose == purpose);
        return new SandboxList<Stored>("file", static file => file.Id, Write) { Usual = MostFiles, Most = MostFiles }.Page(query, files);
    }

    private SandboxAnswer Read(SandboxCall call)
    {
        const string Content = "/content";
        var wantsContent = call.Tail.EndsWith(Content, StringComparison.Ordinal);
        var file = Find(wantsContent ? call.Tail[..^Content.Length] : call.Tail, call.Now);
        if (!wantsContent) return SandboxAnswer.Json(json => Write(json, file));
        return new()
        {
            Body = file.Content, MediaType = "application/octet-stream",
            Headers = new Dictionary<string, string> { ["content-disposition"] = $"attachment; filename*=UTF-8''{Uri.EscapeDataString(file.Name)}" },
        };
    }

    private SandboxAnswer Delete(SandboxCall call)
    {
        var file = Find(call.Tail, call.Now);
        lock (_lock)
            if (_files.Remove(file)) _held -= file.Content.Length;
        return SandboxAnswer.Json(json =>
        {
            json.WriteStartObject();
            json.WriteString("object", "file");
            json.WriteString("id", file.Id);
            json.WriteBoolean("deleted", true);
            json.WriteEndObject();
        });
    }

    /// <summary>A file that is here.</summary>
    /// <exception cref="SandboxRefusal">There is none of this id.</exception>
    public Stored Find(string id, DateTimeOffset now) =>
        Alive(now).Find(file => file.Id == id) ?? throw new SandboxRefusal($"No such File object: {id}", "id", null) { Status = 404 };

    /// <summary>The files that have not expired, the oldest first.</summary>
    private List<Stored> Alive(DateTimeOffset now)
    {
        lock (_lock)
        {
            _held -= _files.Where(file => file.ExpiresAt <= now.ToUnixTimeSeconds()).Sum(static file => (long)file.Content.Length);
            _files.RemoveAll(file => file.ExpiresAt <= now.ToUnixTimeSeconds());
            return [.. _files];
        }
    }

    /// <summary>A file that is kept.</summary>
    public sealed record Stored(string Name, string Purpose, byte[] Content, long CreatedAt)
    {
        public string Id { get; } = "file-" + Hash(Encoding.UTF8.GetBytes($"{Purpose}\0{Name}\0"), Content);

        public long? ExpiresAt { get; init; }
    }

    /// <summary>A hash as ids show it.</summary>
    public static string Hash(params ReadOnlySpan<byte[]> pieces)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var piece in pieces) hash.AppendData(piece);
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 12));
    }
}
