using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Muxi.Llm;

/// <summary>Texts that only the sandbox reads: signed rather than secret, so that one that was changed on its way, or moved to another item, is known.</summary>
internal static class SandboxSeal
{
    // OpenAI's begin so too.
    private const string Mark = "gAAAAA";

    private static readonly byte[] _key = "the muxi-llm sandbox, a simulator"u8.ToArray();

    /// <summary>Seals a text for an item.</summary>
    public static string Close(string itemId, string text)
    {
        var content = Encoding.UTF8.GetBytes($"{itemId}\0{text}");
        return Mark + Base64Url.EncodeToString([.. HMACSHA256.HashData(_key, content), .. content]);
    }

    /// <summary>The text that was sealed.</summary>
    /// <param name="seal">The sealed text.</param>
    /// <param name="itemId">The item that it came back with; null where it came without an id.</param>
    /// <exception cref="SandboxRefusal">It was not sealed here, was changed, or belongs to another item.</exception>
    public static string Open(string seal, string? itemId)
    {
        var (owner, text) = Read(seal);
        if (owner is null || Close(owner, text) != seal) throw Unverified(itemId, "Encrypted content could not be decrypted or parsed.");
        return itemId is null || itemId == owner ? text : throw Unverified(itemId, "Encrypted content item_id did not match the target item id.");
    }

    private static (string? Owner, string Text) Read(string seal)
    {
        if (!seal.StartsWith(Mark, StringComparison.Ordinal) || !Base64Url.IsValid(seal.AsSpan(Mark.Length))) return (null, "");
        var bytes = Base64Url.DecodeFromChars(seal.AsSpan(Mark.Length));
        return bytes.Length > HMACSHA256.HashSizeInBytes && Encoding.UTF8.GetString(bytes.AsSpan(HMACSHA256.HashSizeInBytes)).Split('\0', 2) is [var owner, var text] ? (owner, text) : (null, "");
    }

    private static SandboxRefusal Unverified(string? itemId, string why) =>
        new($"The encrypted content for item {itemId ?? "(without an id)"} could not be verified. Reason: {why}", null, "invalid_encrypted_content");
}
