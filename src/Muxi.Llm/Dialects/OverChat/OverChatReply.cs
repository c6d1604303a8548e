using System.Text;

namespace Muxi.Llm;

/// <summary>
/// A chat's answer as a response: each block is an item in its place, texts that follow each other are parts of one message. What only the service itself understands is
/// sealed into reasoning items.
/// </summary>
internal sealed class OverChatReply(ResponseRequest request, string id, CallContext context)
{
    private readonly Extra _echo = ResponseEcho.Of(request);

    public Response Whole(ChatCompletion chat)
    {
        var choice = chat.Choices.Count > 0 ? chat.Choices[0] : new() { Message = new() { Role = Role.Assistant } };
        var cut = Cut(choice.FinishReason);
        return Begun(chat.Model, chat.Created) with
        {
            Status = cut is null ? ResponseStatus.Completed : ResponseStatus.Incomplete,
            IncompleteDetails = cut is null ? null : Details(cut, choice.FinishReasonRaw),
            Output = Items(choice, isCut: cut is not null),
            Usage = chat.Usage,
            ServiceTier = chat.ServiceTier ?? request.ServiceTier,
            Call = chat.Call,
            Noticed = Noticed(chat, choice.Message),
        };
    }

    /// <summary>The response before anything of it is there.</summary>
    public Response Begun(string model, long created) => new()
    {
        Id = id, CreatedAt = created > 0 ? created : context.Now.ToUnixTimeSeconds(), Status = ResponseStatus.InProgress, Model = model,
        Instructions = request.Instructions is { } instructions ? RawJson.Trusted(JsonOut.ToUtf8(instructions, static (json, text) => json.WriteStringValue(text))) : default,
        PreviousResponseId = request.PreviousResponseId, Background = request.Background is null ? null : false, ServiceTier = request.ServiceTier,
        Metadata = request.Metadata ?? new Dictionary<string, string>(), Extra = _echo,
    };

    /// <summary>Why the answer was cut, in the words of responses; null for one that is whole.</summary>
    public static string? Cut(FinishReason? reason) => reason?.Value switch
    {
        "length" => "max_output_tokens",
        "content_filter" => "content_filter",
        _ => null,
    };

    /// <summary>What the chat noticed, and what of its answer a response has no place for; null for nothing.</summary>
    private static List<Warning>? Noticed(ChatCompletion chat, Message answer)
    {
        List<Warning> noticed = [.. (chat.Noticed ?? []).Select(OverChatNames.Of)];
        if (answer.Blocks.Any(static block => block.Type == ContentPartType.ImageUrl)) noticed.Add(new("output", "a picture in the answer is sealed in a reasoning item, to go back with it: ask by chat to see it"));
        if (answer.Audio is not null) noticed.Add(new("output", "the answer's sound was left out: ask by chat to hear it"));
        return noticed.Count == 0 ? null : noticed;
    }

    /// <summary>Why it was cut; the service's own word stays beside, as in chat.</summary>
    private static ResponseIncompleteDetails Details(string reason, string? raw) =>
        new(reason) { Extra = raw is null ? default : default(Extra).With("finish_reason_raw", RawJson.Trusted(JsonOut.ToUtf8(raw, static (json, text) => json.WriteStringValue(text)))) };

    public string MessageId(int place) => context.MakeId("msg_", place);

    public static bool IsSaid(ContentPartType type) => type == ContentPartType.Text || type == ContentPartType.Refusal;

    /// <summary>The item of a block that is no text.</summary>
    public ResponseItem Item(ContentPart block, int place)
    {
        if (block.ToolCall is { } call) return Item(call with { Id = IdOf(call, place) }, place);
        var isPlain = block.Type == ContentPartType.Reasoning && block is { Signature: null, Format: null, Raw.IsEmpty: true, Extra.IsEmpty: true };
        return new()
        {
            Type = ResponseItemType.Reasoning, Id = context.MakeId("rs_", place),
            Summary = block.Type == ContentPartType.Reasoning && !string.IsNullOrEmpty(block.Text) ? [Summary(block.Text)] : [],
            EncryptedContent = isPlain ? null : SealedBlock.Seal(block),
        };
    }

    public static ResponsePart Summary(string text) => new() { Type = ResponsePartType.SummaryText, Text = text };

    /// <summary>A call's id; in the form before tools it has none.</summary>
    private string IdOf(ToolCall call, int place) => call.Id.Length > 0 ? call.Id : context.MakeId("call_", place);

    /// <summary>What a call carries besides what an item has a place for, sealed; null where there is nothing.</summary>
    /// <param name="block">The call.</param>
    /// <param name="place">The place behind it, where this goes.</param>
    public ResponseItem? Seal(ContentPart block, int place)
    {
        if (block.ToolCall is not { } call) return null;
        // Its place among the calls, which some services write in whole answers too.
        call = call with { Id = IdOf(call, place - 1), Function = call.Function with { Arguments = "" }, Extra = call.Extra.Without("index") };
        return call is { Type: "function" or "custom", Signature: null, Extra.IsEmpty: true, Function.Extra.IsEmpty: true } ? null
            : new() { Type = ResponseItemType.Reasoning, Id = context.MakeId("rs_", place), Summary = [], EncryptedContent = SealedBlock.Seal(ContentPart.FromToolCall(call)) };
    }

    public ResponseItem Said(IReadOnlyList<ResponsePart> parts, int place, string status) =>
        new() { Type = ResponseItemType.Message, Id = MessageId(place), Role = Role.Assistant, Status = status, Content = ResponseContent.FromParts(parts) };

    /// <summary>A text or refusal as a part; citations and tokens are added by <see cref="Cited"/>.</summary>
    public static ResponsePart Part(ContentPart block) => block.Type == ContentPartType.Refusal
        ? new() { Type = ResponsePartType.Refusal, Refusal = block.Text, Extra = block.Extra }
        : new() { Type = ResponsePartType.OutputText, Text = block.Text, Annotations = [], Logprobs = [], Extra = block.Extra };

    /// <summary>The part of the message's content that a citation is about, of those that are there.</summary>
    /// <param name="annotation">Its places count through the whole content.</param>
    /// <param name="starts">Where each text begins in the content.</param>
    public static int PartOf(Annotation annotation, IReadOnlyList<int> starts)
    {
        var part = starts.Count - 1;
        if (annotation.StartIndex is { } start)
            while (part > 0 && starts[part] > start) part--;
        return part;
    }

    /// <summary>
    /// A citation with its places counted in one part. One of a document is what OpenAI calls a citation of a file: <c>index</c> is the document's place among those of the request, and where
    /// the document is no file, its id is empty.
    /// </summary>
    public static ResponseAnnotation Cited(Annotation annotation, int start, int length)
    {
        var (isPage, isDocument) = (annotation.Type == "url_citation", annotation.Type == "document_citation");
        return new()
        {
            Type = isDocument ? "file_citation" : annotation.Type,
            FileId = isDocument ? annotation.DocumentId ?? "" : null, Index = isDocument ? annotation.DocumentIndex ?? 0 : null, Filename = isDocument ? annotation.Title ?? "" : null,
            Url = annotation.Url, Title = isDocument ? null : annotation.Title ?? (isPage ? "" : null),
            StartIndex = annotation.StartIndex is { } from ? Math.Max(0, from - start) : isPage ? 0 : null,
            EndIndex = annotation.EndIndex is { } to ? Math.Max(0, to - start) : isPage ? length : null,
            Extra = Members(annotation),
        };
    }

    /// <summary>What of a citation has no place of its own there.</summary>
    private static Extra Members(Annotation annotation)
    {
        var members = annotation.Extra;
        var isTold = annotation.Type == "document_citation";
        if (!isTold && annotation.DocumentId is { } id) members = members.With("document_id", Quoted(id));
        if (!isTold && annotation.DocumentIndex is { } index) members = members.With("document_index", FormattableString.Invariant($"{index}"));
        return annotation.CitedText is { } cited ? members.With("cited_text", Quoted(cited)) : members;
    }

    private static RawJson Quoted(string text) => JsonOut.ToText(text, static (json, it) => json.WriteStringValue(it), indented: false);

    private ResponseItem Item(ToolCall call, int place)
    {
        var (isCustom, function) = (call.Type == "custom", call.Function);
        return isCustom
            ? new() { Type = ResponseItemType.CustomToolCall, Id = context.MakeId("ctc_", place), Status = "completed", CallId = call.Id, Name = function.Name, Input = function.Arguments }
            : new() { Type = ResponseItemType.FunctionCall, Id = context.MakeId("fc_", place), Status = "completed", CallId = call.Id, Name = function.Name, Arguments = function.Arguments };
    }

    private List<ResponseItem> Items(Choice choice, bool isCut)
    {
        var items = new List<ResponseItem>();
        var texts = new List<(List<ResponsePart> Parts, int At)>();
        var starts = new List<int>();
        var length = 0;
        List<ResponsePart>? said = null;
        foreach (var block in choice.Message.Blocks)
        {
            if (IsSaid(block.Type))
            {
                if (string.IsNullOrEmpty(block.Text)) continue;
                if (said is null) items.Add(Said(said = [], items.Count, "completed"));
                said.Add(Part(block));
                if (block.Type != ContentPartType.Text) continue;
                texts.Add((said, said.Count - 1));
                starts.Add(length);
                length += block.Text.Length;
                continue;
            }
            said = null;
            items.Add(Item(block, items.Count));
            if (Seal(block, items.Count) is { } seal) items.Add(seal);
        }
        if (texts.Count > 0) Cite(choice, texts, starts);
        if (isCut && items.FindLastIndex(static item => item.Status is not null) is >= 0 and var last && last == items.Count - 1) items[last] = items[last] with { Status = "incomplete" };
        return items;
    }

    private static void Cite(Choice choice, List<(List<ResponsePart> Parts, int At)> texts, List<int> starts)
    {
        foreach (var annotation in choice.Message.Annotations)
        {
            var place = PartOf(annotation, starts);
            var (parts, at) = texts[place];
            parts[at] = parts[at] with { Annotations = [.. parts[at].Annotations!, Cited(annotation, starts[place], parts[at].Text!.Length)] };
        }
        if (choice.Logprobs?.Content is { } logprobs) texts[0].Parts[texts[0].At] = texts[0].Parts[texts[0].At] with { Logprobs = Full(logprobs) };
    }

    /// <summary>Tokens as a whole part tells them: each with its bytes.</summary>
    public static IReadOnlyList<TokenLogprob> Full(IReadOnlyList<TokenLogprob> logprobs) =>
        [.. logprobs.Select(static one => one with { Bytes = one.Bytes ?? Encoding.UTF8.GetBytes(one.Token), TopLogprobs = one.TopLogprobs is { } others ? [.. others.Select(static other => other with { Bytes = other.Bytes ?? Encoding.UTF8.GetBytes(other.Token) })] : [] })];
}
