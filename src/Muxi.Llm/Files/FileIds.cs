namespace Muxi.Llm;

/// <summary>Files' ids that say whose they are, in requests that name files.</summary>
internal static class FileIds
{
    /// <summary>The file's id as the provider knows it.</summary>
    /// <exception cref="BadRequestException">It is another provider's.</exception>
    public static string At(string id, Provider provider, Targets targets, string param) =>
        OwnedIds.At(id, provider, targets, param, static (owner, asked) => $"upload it to {asked}, or ask {owner}");

    /// <summary>A conversation with its files' ids as the provider knows them; as a rule there are none, and the very request given comes back.</summary>
    /// <exception cref="BadRequestException">A file is another provider's.</exception>
    public static ChatCompletionRequest InChat(ChatCompletionRequest request, Provider provider, Targets targets)
    {
        List<Message>? messages = null;
        for (var i = 0; i < request.Messages.Count; i++)
        {
            List<ContentPart>? parts = null;
            var blocks = request.Messages[i].Blocks;
            for (var k = 0; k < blocks.Count; k++)
                if (At(blocks[k], provider, targets, $"messages[{i}].content[{k}]") is { } part) (parts ??= [.. blocks])[k] = part;
            if (parts is not null) (messages ??= [.. request.Messages])[i] = request.Messages[i] with { Blocks = parts };
        }
        return messages is null ? request : request with { Messages = messages };
    }

    /// <summary>A part with another id; null where it stays as it is.</summary>
    private static ContentPart? At(ContentPart part, Provider provider, Targets targets, string path)
    {
        const string Member = "file_id";
        if (part.File is { FileId: { } id } file && id.Contains('/', StringComparison.Ordinal))
            return part with { File = file with { FileId = At(id, provider, targets, $"{path}.file.{Member}") } };
        if (part.ImageUrl is { Extra.IsEmpty: false } image && image.Extra.GetString(Member) is { } shown && shown.Contains('/', StringComparison.Ordinal))
            return part with { ImageUrl = image with { Extra = image.Extra.With(Member, RawJson.Trusted(JsonOut.ToUtf8(At(shown, provider, targets, $"{path}.image_url.{Member}"), static (json, text) => json.WriteStringValue(text)))) } };
        return null;
    }
}
