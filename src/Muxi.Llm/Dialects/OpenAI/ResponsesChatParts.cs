using System.Buffers.Text;

namespace Muxi.Llm;

/// <summary>What a person says or a tool gave, as content for a response.</summary>
internal readonly struct ResponsesChatParts(OpenAIResponsesChat quirks, Warnings warnings)
{
    /// <summary>The content of a message: mere text where it is no more.</summary>
    public ResponseContent Content(Message message)
    {
        if (!message.ContentIsList && message.Blocks is [{ Type.Value: "text", Extra.IsEmpty: true } only]) return only.Text ?? "";
        var parts = new List<ResponsePart>();
        foreach (var part in message.Blocks)
            if (Part(part) is { } taken) parts.Add(taken);
        return parts.Count == 0 ? "" : parts;
    }

    private ResponsePart? Part(ContentPart part)
    {
        switch (part.Type.Value)
        {
            case "text" or "refusal":
                return ResponsePart.FromText(part.Text ?? "") with { Extra = part.Extra };
            case "image_url" when part.ImageUrl is { } image:
                return Image(image, part.Extra);
            case "file" when part.File is { } file:
                return Document(file, part.Extra);
            case "input_audio" when part.InputAudio is { } sound:
                return Sound(sound, part.Extra);
            case "reasoning" or "tool_call" or "opaque":
                return null;
            default:
                // A part of a type that only the service knows.
                return new() { Type = part.Extra.GetString("type") ?? part.Type.Value, Text = part.Text, Extra = part.Extra.Without("type") };
        }
    }

    /// <summary>A picture at a URL, in a data URI, or, as <c>file_id</c> beside an empty URL, uploaded before.</summary>
    private static ResponsePart Image(ImageUrl image, Extra extra)
    {
        var id = image.Extra.GetString("file_id");
        return new() { Type = ResponsePartType.InputImage, ImageUrl = id is null ? image.Url : null, FileId = id, Detail = image.Detail ?? "auto", Extra = image.Extra.Without("file_id").With(extra) };
    }

    /// <summary>A document: by id, at a URL (<c>file_data</c> or <c>file_url</c>), in a data URI or plain base64. A picture among them is a picture.</summary>
    private static ResponsePart Document(InputFile file, Extra extra)
    {
        var others = file.Extra.Without("file_url").With(extra);
        if (file.FileId is { } id) return ResponsePart.FromFileId(id) with { Extra = others };
        if ((file.Extra.GetString("file_url") ?? (IsUrl(file.FileData) ? file.FileData : null)) is { } url) return new() { Type = ResponsePartType.InputFile, FileUrl = url, Extra = others };
        var data = file.FileData is { } text && DataUri.Read(text) is null ? $"data:{Media.TypeByName(file.Filename ?? "") ?? "application/pdf"};base64,{text}" : file.FileData;
        return data is not null && data.StartsWith("data:image/", StringComparison.OrdinalIgnoreCase)
            ? new() { Type = ResponsePartType.InputImage, ImageUrl = data, Detail = "auto", Extra = others }
            : new() { Type = ResponsePartType.InputFile, FileData = data, Filename = file.Filename, Extra = others };
    }

    private ResponsePart? Sound(InputAudio sound, Extra extra)
    {
        if (!quirks.Sound)
        {
            warnings.Add("messages.content", "sound was left out: the service does not take it");
            return null;
        }
        var members = JsonOut.ToText(sound, static (json, it) =>
        {
            json.WriteStartObject();
            json.WriteString("data"u8, it.Data);
            json.WriteString("format"u8, it.Format);
            it.Extra.WriteMembers(json);
            json.WriteEndObject();
        }, indented: false);
        return new() { Type = ResponsePartType.InputAudio, InputAudio = members, Extra = extra };
    }

    private static bool IsUrl(string? text) => text is not null && (text.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("http://", StringComparison.OrdinalIgnoreCase));
}
