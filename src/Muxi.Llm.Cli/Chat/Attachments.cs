namespace Muxi.Llm.Cli;

/// <summary>The files and addresses that go with a question.</summary>
internal static class Attachments
{
    private static readonly string[] _sounds =
        ["wav", "mp3", "m4a", "mp4", "ogg", "oga", "opus", "flac", "aac", "aif", "aiff", "webm", "amr", "pcm", "pcm16", "wma"];

    /// <summary>A picture: a file, or an address that the provider reads itself.</summary>
    public static ContentPart Image(string source, string option = "--image")
    {
        if (IsUrl(source)) return Muxi.Llm.Image.FromUrl(source);
        var part = Read(option, source, static path => Muxi.Llm.Image.FromFile(path));
        return part.ImageUrl!.Data!.MediaType.StartsWith("image/", StringComparison.Ordinal) ? part : throw new FailureException($"{option}: '{source}' is not a picture");
    }

    /// <summary>A sound file.</summary>
    public static ContentPart Audio(string path, string option = "--audio")
    {
        var part = Read(option, path, Muxi.Llm.Audio.FromFile);
        return _sounds.Contains(part.InputAudio!.Format) ? part : throw new FailureException($"{option}: '{path}' is not a sound file");
    }

    /// <summary>A document.</summary>
    public static ContentPart Document(string path, string option = "--file") => Read(option, path, Muxi.Llm.Document.FromFile);

    /// <summary>Reads a file, and tells in one line why it cannot be read.</summary>
    public static T Read<T>(string option, string path, Func<string, T> read)
    {
        if (path.Length == 0) throw new UsageException($"{option} names no file.");
        try
        {
            return read(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new FailureException($"{option}: {e.Message}", e);
        }
    }

    /// <summary>Opens a pipe that a path names, such as a shell's <c>&lt;(command)</c>; null where it is a file, or cannot be opened at all. It can be opened once.</summary>
    public static FileStream? OpenPipe(string path)
    {
        if (path.Length == 0 || !File.Exists(path)) return null;
        try
        {
            var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            if (!file.CanSeek) return file;
            file.Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Whoever reads it as a file tells why it cannot be.
        }
        return null;
    }

    /// <summary>Whether it is an address, or a data URI, and not a file.</summary>
    public static bool IsUrl(string source) =>
        source.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || source.StartsWith("https://", StringComparison.OrdinalIgnoreCase)
        || source.StartsWith("data:", StringComparison.OrdinalIgnoreCase);
}
