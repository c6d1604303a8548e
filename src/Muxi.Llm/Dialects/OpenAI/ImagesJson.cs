using System.Text.Json;

namespace Muxi.Llm;

/// <summary>The pictures of an answer, beside its content: <c>"images":[{"type":"image_url","image_url":{"url":"data:..."}}]</c>, as OpenRouter has them.</summary>
internal static class ImagesJson
{
    /// <summary>Reads the list that the reader is about to enter; null, and the reader stays, where it holds anything but pictures.</summary>
    public static List<ContentPart>? Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.NextIs(JsonTokenType.StartArray)) return null;
        var ahead = reader;
        ahead.Read();
        List<ContentPart>? parts = null;
        ChatPartReader.ReadContent(ref ahead, source, ref parts);
        if (parts!.Exists(static part => part.ImageUrl is null)) return null;
        reader = ahead;
        return parts.ConvertAll(static part => part with { Type = ContentPartType.ImageUrl, Extra = part.Extra.Without("index") });
    }

    /// <summary>The blocks with the pictures that they name by their places, and behind them those that none names.</summary>
    public static List<ContentPart> Join(List<ContentPart> blocks, List<ContentPart>? images)
    {
        if (images is null && !blocks.Exists(static block => block.ImagePlace is not null)) return blocks;
        var named = new HashSet<int>();
        for (var i = 0; i < blocks.Count; i++) blocks[i] = Named(blocks[i], images, named);
        blocks.RemoveAll(static block => block.ImagePlace is not null);
        for (var i = 0; i < images?.Count; i++)
            if (!named.Contains(i)) blocks.Add(images[i]);
        return blocks;
    }

    /// <summary>Pieces of blocks, likewise; null where there are none, as in most chunks, which then cost nothing.</summary>
    public static List<BlockDelta>? Join(List<BlockDelta>? pieces, List<ContentPart>? images) => pieces is null && images is null ? null : Joined(pieces ?? [], images);

    private static List<BlockDelta> Joined(List<BlockDelta> pieces, List<ContentPart>? images)
    {
        var named = new HashSet<int>();
        var joined = pieces.ConvertAll(piece => piece with { Piece = Named(piece.Piece, images, named) });
        joined.RemoveAll(static piece => piece.Piece.ImagePlace is not null);
        for (var i = 0; i < images?.Count; i++)
            if (!named.Contains(i)) joined.Add(new(0, images[i]));
        return joined;
    }

    private static ContentPart Named(ContentPart block, List<ContentPart>? images, HashSet<int> named)
    {
        if (block.ImagePlace is not { } place || images is null || place < 0 || place >= images.Count) return block;
        named.Add(place);
        return block with { ImageUrl = images[place].ImageUrl, ImagePlace = null };
    }
}
