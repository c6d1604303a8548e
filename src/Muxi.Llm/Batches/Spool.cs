namespace Muxi.Llm;

/// <summary>Bytes that are written once and read as often as needed: in memory while they are few, else in a file that only this process can find and that goes with it.</summary>
internal sealed class Spool : IDisposable
{
    private const int MostInMemory = 8 << 20;

    private Stream _bytes = new MemoryStream();

    public long Length => _bytes.Length;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (_bytes is MemoryStream memory && memory.Length + bytes.Length > MostInMemory)
        {
            _bytes = OnDisk();
            memory.WriteTo(_bytes);
            memory.Dispose();
        }
        _bytes.Write(bytes);
    }

    /// <summary>What was written, from the beginning.</summary>
    /// <param name="filename">What it is called where it goes.</param>
    public FileSource ToSource(string filename)
    {
        _bytes.Flush();
        _bytes.Position = 0;
        return FileSource.FromStream(_bytes, filename);
    }

    public void Dispose() => _bytes.Dispose();

    private static FileStream OnDisk()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.None, Options = FileOptions.DeleteOnClose, BufferSize = 1 << 16 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new(Path.Combine(Path.GetTempPath(), $"muxi-llm-{Guid.NewGuid():N}"), options);
    }
}
