using System.Text;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Writes a chat request as the input of a model.</summary>
internal static class ReplicateInput
{
    private const string Paragraph = "\n\n";

    /// <summary>What such models lack is treated as of other services without tools and forms: tools are refused, earlier calls and schemas told in words.</summary>
    private static readonly OpenAIChat _plain = new() { Tools = false, ResponseFormats = ["text"], Alternates = true };

    public static HttpCall Render(ReplicateChat quirks, ChatCompletionRequest request, CallContext context, bool stream)
    {
        var warnings = new Warnings();
        request = ChatConversationPlan.For(_plain, ChatChoicePlan.For(_plain, ChatFormatPlan.For(_plain, OwnParts.Of(SearchResultText.Told(request), null, warnings), warnings, stream), context, warnings), warnings);
        var (instructions, prompt, pictures) = Told(quirks, request, context, warnings);
        var made = new ReplicateMaking(context, warnings, ReplicateCalls.Beside(request.Extra, quirks.Beside)) { Streams = stream, WaitSeconds = stream ? 0 : quirks.WaitSeconds };
        return ReplicateCalls.Make(new(quirks.Path, quirks.VersionPath), json => Write(json, quirks, request, (instructions, prompt, pictures), warnings), made);
    }

    private static void Write(Utf8JsonWriter json, ReplicateChat quirks, ChatCompletionRequest request, (string Instructions, string Prompt, List<string> Pictures) told, Warnings warnings)
    {
        var members = new MemberWriter(json, request.Extra, quirks.Drops, warnings);
        members.Text(Utf8(quirks.PromptField), told.Prompt);
        if (told.Instructions.Length > 0 && quirks.SystemField is { } system) members.Text(Utf8(system), told.Instructions);
        if (told.Pictures.Count > 0 && quirks.ImageField is { } image)
        {
            if (quirks.ManyImages) members.Texts(Utf8(image), told.Pictures);
            else members.Text(Utf8(image), told.Pictures[0]);
        }
        members.Number(Utf8(quirks.MaxTokensField), request.MaxCompletionTokens ?? request.MaxTokens);
        members.Number("temperature"u8, request.Temperature);
        members.Number("top_p"u8, request.TopP);
        members.Number("presence_penalty"u8, request.PresencePenalty);
        members.Number("frequency_penalty"u8, request.FrequencyPenalty);
        members.Number("seed"u8, request.Seed);
        if (request.Stop is { Count: > 0 } stop)
        {
            if (quirks.StopField is { } field) members.Text(Utf8(field), string.Join(',', stop));
            else warnings.Add("stop", "left out: the model has nothing like it");
        }
        if (request.ReasoningEffort is { } effort)
        {
            if (quirks.EffortField is { } field) members.Text(Utf8(field), effort.Value);
            else warnings.Add("reasoning_effort", "left out: the model has nothing like it");
        }
        Warn(request, warnings);
        quirks.Beside.Aggregate(request.Extra, static (rest, name) => rest.Without(name)).WriteMembers(json, except: "stream"u8);
    }

    private static byte[] Utf8(string name) => Encoding.UTF8.GetBytes(name);

    /// <summary>The conversation as instructions, one prompt, and its pictures.</summary>
    private static (string Instructions, string Prompt, List<string> Pictures) Told(ReplicateChat quirks, ChatCompletionRequest request, CallContext context, Warnings warnings)
    {
        var (instructions, turns, pictures) = (new List<string>(), new List<(bool IsModels, string Text)>(), new List<string>());
        foreach (var message in request.Messages)
        {
            if (message.Name is not null && message.Role.Value is not ("tool" or "function")) warnings.Add("messages.name", "left out: the model takes no names");
            var text = Words(message, quirks, pictures, context, warnings);
            if (message.Role.Value is "system" or "developer") instructions.Add(text);
            else if (text.Length > 0) turns.Add((message.Role == Role.Assistant, text));
        }
        if (pictures.Count > 1 && !quirks.ManyImages) throw context.Refuse("messages.content", $"there are {pictures.Count} pictures: the model takes one");
        var prompt = turns is [(false, var only)] ? only : Conversation(quirks, turns);
        var system = string.Join(Paragraph, instructions);
        return quirks.SystemField is null && system.Length > 0 ? ("", prompt.Length == 0 ? system : system + Paragraph + prompt, pictures) : (system, prompt, pictures);
    }

    /// <summary>Several turns, and an open one for the model where it is its turn.</summary>
    private static string Conversation(ReplicateChat quirks, List<(bool IsModels, string Text)> turns)
    {
        var told = turns.Select(turn => $"{(turn.IsModels ? quirks.AssistantName : quirks.UserName)}: {turn.Text}");
        return string.Join(Paragraph, turns is [.., (true, _)] or [] ? told : told.Append(quirks.AssistantName + ":"));
    }

    private static string Words(Message message, ReplicateChat quirks, List<string> pictures, CallContext context, Warnings warnings)
    {
        var words = new List<string>();
        if (!message.CacheControl.IsEmpty) WarnOfMarks(warnings);
        foreach (var part in message.Blocks)
        {
            if (!part.CacheControl.IsEmpty) WarnOfMarks(warnings);
            switch (part.Type.Value)
            {
                case "text" or "refusal":
                    if (!string.IsNullOrEmpty(part.Text)) words.Add(part.Text);
                    break;
                case "image_url" when part.ImageUrl is { } image && quirks.ImageField is not null:
                    pictures.Add(image.Url);
                    break;
                case "file" when TextOf(part.File) is { } document:
                    words.Add(document);
                    break;
                case "reasoning" or "opaque":
                    break;
                default:
                    throw context.Refuse("messages.content", $"a part of type '{part.Type}' is not taken: the model takes {(quirks.ImageField is null ? "text" : "text and pictures")}");
            }
        }
        return words.Count == 0 && message.Audio?.Transcript is { Length: > 0 } said ? said : string.Join(message.Role == Role.Assistant ? "" : "\n", words);
    }

    /// <summary>The words of a document that is text; null for any other.</summary>
    private static string? TextOf(InputFile? file)
    {
        if (file?.Data is { } held) return IsText(held.MediaType) ? Encoding.UTF8.GetString(JsonReading.WithoutMark(held.Bytes.Span)) : null;
        return file?.FileData is { } text && DataUri.Read(text) is { } data && IsText(data.MediaType) ? data.Text() : null;
    }

    private static bool IsText(string mediaType) => mediaType.StartsWith("text/", StringComparison.Ordinal) || mediaType == "application/json";

    private static void WarnOfMarks(Warnings warnings) => warnings.Add("cache_control", "left out: the service does not take it");

    private static void Warn(ChatCompletionRequest request, Warnings warnings)
    {
        if (request.N > 1) warnings.Add("n", "left out: a prediction is one answer");
        foreach (var (param, isSet) in (ReadOnlySpan<(string, bool)>)
            [("logprobs", request.Logprobs == true), ("top_logprobs", request.TopLogprobs is not null), ("logit_bias", request.LogitBias is { Count: > 0 }), ("verbosity", request.Verbosity is not null),
             ("modalities", request.Modalities?.Any(static modality => modality != "text") == true), ("audio", !request.Audio.IsEmpty), ("prediction", !request.Prediction.IsEmpty), ("web_search_options", !request.WebSearchOptions.IsEmpty),
             ("store", request.Store == true), ("metadata", request.Metadata is { Count: > 0 }), ("service_tier", request.ServiceTier is { Value: not ("auto" or "default") }), ("moderation", !request.Moderation.IsEmpty),
             ("user", request.User is not null), ("safety_identifier", request.SafetyIdentifier is not null), ("prompt_cache_key", request.PromptCacheKey is not null),
             ("prompt_cache_retention", request.PromptCacheRetention is not null), ("prompt_cache_options", !request.PromptCacheOptions.IsEmpty)])
            if (isSet) warnings.Add(param, "left out: the service has nothing like it");
    }
}
