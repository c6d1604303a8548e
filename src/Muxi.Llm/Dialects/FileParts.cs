using System.Text;

namespace Muxi.Llm;

/// <summary>Files for services that take text and pictures and no documents.</summary>
internal static class FileParts
{
    /// <summary>The file as a part with its text, or with its picture; null for one that is neither.</summary>
    public static ContentPart? TextOrPicture(InputFile file)
    {
        if (file.Data is { } held)
            return IsPicture(held.MediaType) ? ContentPart.FromImage(new(held, null)) : IsText(held.MediaType) ? ContentPart.FromText(Encoding.UTF8.GetString(JsonReading.WithoutMark(held.Bytes.Span))) : null;
        if (file.FileData is not { } uri || DataUri.Read(uri) is not { } data) return null;
        return IsPicture(data.MediaType) ? ContentPart.FromImage(new(uri)) : IsText(data.MediaType) ? ContentPart.FromText(data.Text()) : null;
    }

    /// <summary>The file's name for an error, with a blank before it; nothing where it has none.</summary>
    public static string NameOf(InputFile file) => file.Filename is { } name ? $" '{name}'" : "";

    private static bool IsPicture(string mediaType) => mediaType.StartsWith("image/", StringComparison.Ordinal);

    private static bool IsText(string mediaType) => mediaType.StartsWith("text/", StringComparison.Ordinal) || mediaType is "application/json" or "application/jsonl";
}
