using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Muxi.Llm;

/// <summary>Reads what a client of Microsoft.Extensions.AI answers.</summary>
/// <param name="provider">Who answers, by our name.</param>
/// <param name="model">The model that was asked for.</param>
/// <param name="format">Whose the sealed blocks are.</param>
/// <param name="now">When the call was begun.</param>
internal sealed class ClientReply(string provider, string model, string format, DateTimeOffset now)
{
    /// <summary>What vendors' clients call an error content that is a refusal.</summary>
    private const string RefusalCode = "Refusal";

    private static readonly JsonSerializerOptions _compact = new(AIJsonUtilities.DefaultOptions) { WriteIndented = false, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public ChatCompletion Read(ChatResponse response)
    {
        var answered = response.Messages.SelectMany(static message => message.Contents).OfType<FunctionResultContent>().Select(static result => result.CallId).ToHashSet(StringComparer.Ordinal);
        var (blocks, annotations, length) = (new List<ContentPart>(), new List<Annotation>(), 0);
        AudioOutput? sound = null;
        foreach (var content in response.Messages.Where(static message => message.Role == ChatRole.Assistant).SelectMany(static message => message.Contents))
        {
            if (content is FunctionCallContent call && (call.InformationalOnly || answered.Contains(call.CallId))) continue;
            annotations.AddRange(AnnotationsOf(content, length));
            if (content is TextContent { Text: { } text }) length += text.Length;
            sound = SoundOf(content) ?? sound;
            if (BlockOf(content) is { } block) blocks.Add(block);
        }
        Check(response.Messages.SelectMany(static message => message.Contents), isEmpty: blocks.Count == 0 && sound is null);
        return new()
        {
            Id = response.ResponseId ?? NewId(),
            Model = response.ModelId ?? model,
            Created = (response.CreatedAt ?? now).ToUnixTimeSeconds(),
            Choices = [new() { Message = new() { Role = Role.Assistant, Blocks = blocks, Annotations = annotations, Audio = sound }, FinishReason = Finish(response.FinishReason, blocks.Exists(static block => block.ToolCall is not null)) }],
            Usage = response.Usage is { } usage ? Of(usage) : null,
            Extra = ExtraOf(response.ConversationId),
        };
    }

    public static string NewId() => "chatcmpl-" + Guid.NewGuid().ToString("N");

    public string Model => model;

    public long Created => now.ToUnixTimeSeconds();

    public static Extra ExtraOf(string? conversation) => conversation is null ? default : default(Extra).With("conversation_id", JsonText(conversation));

    public static FinishReason Finish(ChatFinishReason? reason, bool calls) => reason is { Value: { Length: > 0 } word } ? new(word) : calls ? FinishReason.ToolCalls : FinishReason.Stop;

    /// <summary>Raises the error that a reply without anything else is about.</summary>
    public void Check(IEnumerable<AIContent> contents, bool isEmpty)
    {
        if (isEmpty && contents.OfType<ErrorContent>().FirstOrDefault(static error => error.ErrorCode != RefusalCode) is { } error)
            throw new ServerException($"{provider}: {error.Message}{(error.ErrorCode is { } code ? $" ({code})" : "")}") { Provider = provider, Model = model, Code = error.ErrorCode, Status = System.Net.HttpStatusCode.BadGateway };
    }

    /// <summary>A content as a block of a message; null where it is none, or nothing that could be told.</summary>
    public ContentPart? BlockOf(AIContent content) => content switch
    {
        TextContent { Text.Length: > 0 } text => ContentPart.FromText(text.Text),
        TextReasoningContent thought when thought is { Text.Length: > 0 } or { ProtectedData.Length: > 0 } =>
            ContentPart.FromReasoning(thought.Text ?? "", thought.ProtectedData) with { Format = thought.ProtectedData is null ? null : format },
        FunctionCallContent call => ContentPart.FromToolCall(CallOf(call)),
        DataContent data when data.HasTopLevelMediaType("image") => ContentPart.FromImage(new ImageUrl(data.Uri)),
        UriContent link when link.HasTopLevelMediaType("image") => ContentPart.FromImage(new ImageUrl(link.Uri.OriginalString)),
        ErrorContent { ErrorCode: RefusalCode, Message: { } refusal } => ContentPart.FromRefusal(refusal),
        _ => null,
    };

    public static AudioOutput? SoundOf(AIContent content) => content is DataContent data && data.HasTopLevelMediaType("audio") ? new() { Data = data.Base64Data.ToString() } : null;

    public static ToolCall CallOf(FunctionCallContent call) => new() { Id = call.CallId, Function = new(call.Name, ArgumentsOf(call)) };

    /// <summary>Citations of a text.</summary>
    /// <param name="content">The text.</param>
    /// <param name="start">How many characters of the answer stand before it.</param>
    public static IEnumerable<Annotation> AnnotationsOf(AIContent content, int start)
    {
        foreach (var citation in (content.Annotations ?? []).OfType<CitationAnnotation>())
        {
            var about = new Annotation { Url = citation.Url?.OriginalString, Title = citation.Title };
            if (citation.FileId is { } file) about = about with { Extra = about.Extra.With("file_id", JsonText(file)) };
            var spans = (citation.AnnotatedRegions ?? []).OfType<TextSpanAnnotatedRegion>().ToList();
            if (spans.Count == 0) yield return about;
            foreach (var span in spans) yield return about with { StartIndex = start + span.StartIndex, EndIndex = start + span.EndIndex };
        }
    }

#pragma warning disable MEAI001 // The counts of sound are marked as a trial; what a client tells is not to be lost.
    public static Usage Of(UsageDetails usage)
    {
        var (prompt, completion) = (usage.InputTokenCount ?? 0, usage.OutputTokenCount ?? 0);
        var extra = default(Extra);
        foreach (var (name, count) in usage.AdditionalCounts ?? []) extra = extra.With(name, RawJson.Parse(count.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        return new()
        {
            PromptTokens = prompt,
            CompletionTokens = completion,
            TotalTokens = prompt + completion,
            PromptTokensDetails = (usage.CachedInputTokenCount ?? usage.InputAudioTokenCount) is null ? null : new() { CachedTokens = usage.CachedInputTokenCount, AudioTokens = usage.InputAudioTokenCount },
            CompletionTokensDetails = (usage.ReasoningTokenCount ?? usage.OutputAudioTokenCount) is null ? null : new() { ReasoningTokens = usage.ReasoningTokenCount, AudioTokens = usage.OutputAudioTokenCount },
            Extra = extra,
        };
    }
#pragma warning restore MEAI001

    /// <summary>Arguments as JSON. The values are what the client made of the model's JSON, or what somebody's code has put there, as far as it has a form in JSON.</summary>
    private static string ArgumentsOf(FunctionCallContent call)
    {
        if (call.Arguments is not { Count: > 0 } arguments) return "{}";
        return Encoding.UTF8.GetString(JsonSerializer.SerializeToUtf8Bytes(arguments, _compact.GetTypeInfo(typeof(IDictionary<string, object?>))));
    }

    private static RawJson JsonText(string text) => RawJson.Trusted(JsonOut.ToUtf8(text, static (json, it) => json.WriteStringValue(it)));
}
