namespace Muxi.Llm;

/// <summary>Ids that say whose they are, <c>provider/id</c>: at that provider the bare id is meant, at another one it is a mistake.</summary>
internal static class FileIds
{
    /// <summary>The id as the provider knows it.</summary>
    /// <param name="id">With or without a provider's name.</param>
    /// <param name="provider">Who is asked.</param>
    /// <param name="targets">Knows the providers' names.</param>
    /// <param name="param">The request member that holds the id.</param>
    /// <exception cref="BadRequestException">It is another provider's.</exception>
    public static string At(string id, Provider provider, Targets targets, string param)
    {
        var slash = id.IndexOf('/', StringComparison.Ordinal);
        // What is nobody's name is part of a vendor's own id.
        if (slash <= 0 || targets.Find(id[..slash]) is not { } owner) return id;
        if (owner.Name == provider.Name) return id[(slash + 1)..];
        throw Wrong.Request(param, $"'{id}' is at {owner.Name}, and {provider.Name} is asked: upload it to {provider.Name}, or ask {owner.Name}", provider.Name);
    }

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
