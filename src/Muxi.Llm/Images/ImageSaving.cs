namespace Muxi.Llm;

/// <summary>Pictures become files, named by what they are.</summary>
internal static class ImageSaving
{
    private const string Stem = "image";
    private const int MostNumbers = 100_000;

    /// <summary>Saves all pictures in a directory, or by a file's name.</summary>
    public static async Task<IReadOnlyList<string>> SaveAsync(IReadOnlyList<GeneratedImage> images, string path, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var isFolder = path[^1] is '/' or '\\' || Directory.Exists(path);
        if (!isFolder && images is [var only]) return [await SaveOneAsync(only, path, cancellationToken).ConfigureAwait(false)];
        var folder = isFolder ? path : Path.GetDirectoryName(path) is { Length: > 0 } parent ? parent : ".";
        var names = new Names(isFolder || Path.GetDirectoryName(path) is { Length: > 0 } ? folder : "", isFolder ? Stem : Path.GetFileNameWithoutExtension(path), isFolder ? "" : Path.GetExtension(path));
        var saved = new List<string>(images.Count);
        foreach (var image in images)
        {
            var bytes = await image.ReadBytesAsync(cancellationToken).ConfigureAwait(false);
            saved.Add(await names.SaveAsync(image, bytes, cancellationToken).ConfigureAwait(false));
        }
        return saved;
    }

    /// <summary>Writes a file, in place of one that may be there.</summary>
    public static async Task ReplaceAsync(string path, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        using var content = StreamOf(bytes);
        await Saving.SaveAsync(content, path, default, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<string> SaveOneAsync(GeneratedImage image, string path, CancellationToken cancellationToken)
    {
        var bytes = await image.ReadBytesAsync(cancellationToken).ConfigureAwait(false);
        if (Path.GetExtension(path).Length == 0 && !Saving.IsPassage(path)) path += ExtensionOf(image, bytes);
        await ReplaceAsync(path, bytes, cancellationToken).ConfigureAwait(false);
        return path;
    }

    private static string ExtensionOf(GeneratedImage image, ReadOnlyMemory<byte> bytes) => Media.ExtensionOf(Media.TypeOf(bytes.Span) ?? image.MediaType) ?? ".bin";

    private static MemoryStream StreamOf(ReadOnlyMemory<byte> bytes) =>
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(bytes, out var array) ? new(array.Array!, array.Offset, array.Count, writable: false) : new(bytes.ToArray(), writable: false);

    /// <summary>Numbered names of which none is taken.</summary>
    private sealed class Names(string folder, string stem, string ending)
    {
        private int _number;

        /// <summary>Writes the picture under the next name that is free, and never over a file that somebody else is quicker to write.</summary>
        public async Task<string> SaveAsync(GeneratedImage image, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            var extension = ending.Length > 0 ? ending : ExtensionOf(image, bytes);
            while (++_number < MostNumbers)
            {
                var path = Path.Combine(folder, $"{stem}-{_number}{extension}");
                if (Path.Exists(path)) continue;
                using var content = StreamOf(bytes);
                if (await Saving.TrySaveNewAsync(content, path, cancellationToken).ConfigureAwait(false)) return path;
            }
            throw new IOException($"'{folder}' has more files called '{stem}-...' than are counted.");
        }
    }
}
