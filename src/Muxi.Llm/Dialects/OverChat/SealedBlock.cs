using System.Text;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// A block of a chat answer that only its own wire format understands (thinking with its signature, redacted thinking, a vendor's own block, a call's signature), as the
/// <c>encrypted_content</c> of a reasoning item: a mark, then the block's canonical JSON in base64. Every client gives such items back unread, so the block comes back byte
/// for byte. It is sealed against nobody: it holds what the caller of a chat would have seen.
/// </summary>
internal static class SealedBlock
{
    private const string Mark = "muxi.block.1:";

    /// <summary>Whether a reasoning item's <c>encrypted_content</c> is of ours; a service's own is never.</summary>
    public static bool IsOurs(string? encryptedContent) => encryptedContent?.StartsWith(Mark, StringComparison.Ordinal) == true;

    public static string Seal(ContentPart block) => Mark + Convert.ToBase64String(JsonOut.ToUtf8(block, static (json, block) =>
    {
        json.WriteStartArray();
        BlockJson.Write(json, block);
        json.WriteEndArray();
    }));

    /// <summary>The block; null where what came is broken.</summary>
    public static ContentPart? Open(string encryptedContent)
    {
        try
        {
            var utf8 = Convert.FromBase64String(encryptedContent[Mark.Length..]);
            var reader = new Utf8JsonReader(utf8);
            return BlockJson.Read(ref reader, utf8) is [var block] && !reader.Read() ? block : null;
        }
        catch (Exception e) when (e is FormatException or JsonException or DecoderFallbackException)
        {
            return null;
        }
    }
}
