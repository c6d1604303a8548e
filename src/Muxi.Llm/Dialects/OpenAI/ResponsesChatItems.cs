using System.Text;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// Items as blocks and back. What a block says itself (text, arguments, the sealed thinking as its signature) stands there; an item's other members (its id, its phase, how
/// far it is, a summary in several pieces, what we do not know) are the block's unknown members, which no other service is sent.
/// </summary>
internal static class ResponsesChatItems
{
    /// <summary>An item's blocks: a message's are its parts, any other item is one.</summary>
    public static IEnumerable<ContentPart> Blocks(OpenAIResponsesChat quirks, ResponseItem item, string callId) => item.Type.Value switch
    {
        "message" => item.Content is { } content ? Parts(quirks, item, content) : [Part(quirks, item, null)],
        "reasoning" => [new() { Type = ContentPartType.Reasoning, Text = Thinking(item), Signature = item.EncryptedContent, Format = quirks.BlockFormat, Extra = Kept(item) }],
        "function_call" or "custom_tool_call" => [ContentPart.FromToolCall(Call(item, callId)) with { Format = quirks.BlockFormat, Extra = Kept(item) }],
        "image_generation_call" when item.Result is { Length: > 0 } => [Image(quirks, item)],
        _ => [ContentPart.FromOpaque(quirks.BlockFormat, Raw(item))],
    };

    private static IEnumerable<ContentPart> Parts(OpenAIResponsesChat quirks, ResponseItem item, ResponseContent content)
    {
        if (!content.IsList) return [Part(quirks, item, ResponsePart.FromText(content.Text))];
        return content.Parts.Count == 0 ? [Part(quirks, item, null)] : content.Parts.Select(part => Part(quirks, item, part));
    }

    /// <summary>A part of a message; null stands for none, so that the message goes back all the same.</summary>
    public static ContentPart Part(OpenAIResponsesChat quirks, ResponseItem item, ResponsePart? part)
    {
        var extra = Kept(item);
        if (part is { Type.Value: not ("output_text" or "input_text" or "text" or "refusal") }) return ContentPart.FromOpaque(quirks.BlockFormat, Raw(item with { Content = new[] { part } }));
        if (part?.Annotations is { Count: > 0 }) extra = extra.With("annotations", Annotations(part));
        if (part is { Extra.IsEmpty: false }) extra = extra.With("part", part.Extra.ToString());
        return (part?.Refusal is { } refusal ? ContentPart.FromRefusal(refusal) : ContentPart.FromText(part?.Text ?? "")) with { Format = extra.IsEmpty ? null : quirks.BlockFormat, Extra = extra };
    }

    public static ToolCall Call(ResponseItem item, string callId)
    {
        var isCustom = item.Type == ResponseItemType.CustomToolCall;
        return new() { Id = callId, Type = isCustom ? "custom" : "function", Function = new(item.Name ?? "", (isCustom ? item.Input : item.Arguments) ?? "") };
    }

    /// <summary>What people can read of the thinking: its summary, then the thinking itself where the service shows it.</summary>
    public static string Thinking(ResponseItem item) => string.Join("\n\n", (item.Summary ?? []).Concat(item.Content?.Parts ?? []).Select(static part => part.Text).Where(static text => !string.IsNullOrEmpty(text)));

    /// <summary>The members of an item that its block does not say itself.</summary>
    public static Extra Kept(ResponseItem item)
    {
        var kept = default(Extra);
        if (item.Id is { } id) kept = kept.With("id", Quoted(id));
        if (item.Phase is { } phase) kept = kept.With("phase", Quoted(phase));
        if (item.Status is { } status && (status != "completed" || item.Type == ResponseItemType.Reasoning)) kept = kept.With("status", Quoted(status));
        if (item.Type == ResponseItemType.Reasoning && !IsPlain(item))
        {
            var members = Extra.Trusted(Raw(item).Utf8.ToArray());
            foreach (var name in (ReadOnlySpan<string>)["summary", "content"])
                if (members.TryGet(name, out var value)) kept = kept.With(name, value);
        }
        return item.Extra.IsEmpty ? kept : kept.With(item.Extra);
    }

    /// <summary>Whether the thinking is one text of a summary, or none: then the block's text says it all.</summary>
    private static bool IsPlain(ResponseItem item) =>
        item.Content is null && (item.Summary is null or [] || item.Summary is [{ Type.Value: "summary_text", Extra.IsEmpty: true, Text.Length: > 0 }]);

    /// <summary>A picture that was made is shown as one, and goes back as the item that it came in.</summary>
    private static ContentPart Image(OpenAIResponsesChat quirks, ResponseItem item) => new()
    {
        Type = ContentPartType.ImageUrl, ImageUrl = new($"data:image/{item.Extra.GetString("output_format") ?? "png"};base64,{item.Result}"),
        Format = quirks.BlockFormat, Extra = Kept(item),
    };

    /// <summary>The item that a picture came in.</summary>
    public static ResponseItem Image(ImageUrl image, Extra members)
    {
        var item = With(members, new() { Type = ResponseItemType.ImageGenerationCall, Result = DataUri.Read(image.Url) is { } data ? data.Base64().ToString() : null });
        return item with { Status = item.Status ?? "completed" };
    }

    /// <summary>The item that thinking came in.</summary>
    public static ResponseItem Reasoning(ContentPart block)
    {
        IReadOnlyList<ResponsePart> summary = string.IsNullOrEmpty(block.Text) ? [] : [new() { Type = ResponsePartType.SummaryText, Text = block.Text }];
        var item = new ResponseItem { Type = ResponseItemType.Reasoning, Summary = summary, EncryptedContent = block.Signature };
        if (block.Extra.Holds("summary"u8) || block.Extra.Holds("content"u8))
        {
            var given = Read(new Extra().With("type", "\"reasoning\"").With("summary", block.Extra["summary"] is { IsEmpty: false } told ? told : "[]").With("content", block.Extra["content"]).ToString());
            item = item with { Summary = given.Summary ?? [], Content = given.Content };
        }
        return With(block.Extra.Without("summary").Without("content"), item);
    }

    /// <summary>The message that these parts came in.</summary>
    public static ResponseItem Message(IReadOnlyList<ContentPart> parts)
    {
        var members = parts[0].Extra.Without("annotations").Without("part");
        var item = With(members, new() { Type = ResponseItemType.Message, Role = Role.Assistant, Content = parts.Select(Said).ToList() });
        return item with { Status = item.Status ?? "completed" };
    }

    private static ResponsePart Said(ContentPart part)
    {
        var extra = part.Extra["part"] is { IsEmpty: false } own ? Extra.Trusted(own.Utf8.ToArray()) : default;
        if (part.Type == ContentPartType.Refusal) return new() { Type = ResponsePartType.Refusal, Refusal = part.Text, Extra = extra };
        var said = new ResponsePart { Type = ResponsePartType.OutputText, Text = part.Text, Annotations = [], Logprobs = [], Extra = extra };
        if (part.Extra["annotations"] is not { IsEmpty: false } annotations) return said;
        var given = Read($$"""{"type":"message","role":"assistant","content":[{"type":"output_text","text":"","annotations":{{annotations}}}]}""");
        return said with { Annotations = given.Content?.Parts[0].Annotations ?? [] };
    }

    /// <summary>An item with the members that were kept of it.</summary>
    public static ResponseItem With(Extra members, ResponseItem item)
    {
        if (members.IsEmpty) return item;
        var status = members.GetString("status");
        var id = members.GetString("id");
        return item with
        {
            Id = id, Phase = members.GetString("phase"), Status = status ?? (id is not null && item.Type != ResponseItemType.Reasoning ? "completed" : null),
            Extra = members.Without("id").Without("phase").Without("status"),
        };
    }

    /// <summary>Where a message's text comes from, as chat tells it.</summary>
    /// <param name="annotations">As the service tells it, of one part.</param>
    /// <param name="start">Where the part begins in the message's content.</param>
    public static IEnumerable<Annotation> Annotations(IReadOnlyList<ResponseAnnotation>? annotations, int start) => (annotations ?? []).Select(one => new Annotation
    {
        Type = one.Type, Url = one.Url, Title = one.Title, StartIndex = one.StartIndex + start, EndIndex = one.EndIndex + start, Extra = Members(one),
    });

    private static Extra Members(ResponseAnnotation annotation)
    {
        var members = default(Extra);
        if (annotation.FileId is { } file) members = members.With("file_id", Quoted(file));
        if (annotation.Filename is { } name) members = members.With("filename", Quoted(name));
        if (annotation.ContainerId is { } container) members = members.With("container_id", Quoted(container));
        if (annotation.Index is { } index) members = members.With("index", FormattableString.Invariant($"{index}"));
        return annotation.Extra.IsEmpty ? members : members.With(annotation.Extra);
    }

    private static RawJson Annotations(ResponsePart part) =>
        Raw(new() { Type = ResponseItemType.Message, Content = new[] { part } }).ToElement().GetProperty("content"u8)[0].GetProperty("annotations"u8);

    private static RawJson Quoted(string text) => JsonOut.ToText(text, static (json, it) => json.WriteStringValue(it), indented: false);

    /// <summary>An item as it is written.</summary>
    public static RawJson Raw(ResponseItem item) => RawJson.Trusted(Encoding.UTF8.GetBytes(item.ToJson()));

    /// <summary>An item as it was written.</summary>
    public static ResponseItem Read(RawJson raw) => ResponseItem.Parse(raw.Utf8.Span);
}
