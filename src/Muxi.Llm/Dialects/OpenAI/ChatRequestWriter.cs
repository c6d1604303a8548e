using System.Text;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// Writes a chat request: for a service with its quirks, or canonically. The canonical form is the same format without quirks, so that there is one writer.
/// </summary>
internal readonly ref struct ChatRequestWriter
{
    private static readonly OpenAIChat _canonical = new() { MaxTokensField = null, CacheControl = true, ReasoningEcho = "reasoning_content" };

    private readonly Utf8JsonWriter _json;
    private readonly ChatCompletionRequest _request;
    private readonly OpenAIChat _quirks;
    private readonly Warnings _warnings;
    private readonly MessageForm _form;
    private readonly MemberWriter _members;

    private ChatRequestWriter(Utf8JsonWriter json, ChatCompletionRequest request, OpenAIChat quirks, Warnings warnings, MessageForm form)
    {
        (_json, _request, _quirks, _warnings, _form) = (json, request, quirks, warnings, form);
        _members = new(json, request.Extra, quirks.Drops, warnings) { Renames = quirks.Renames, Bounds = quirks.Least.IsEmpty && quirks.Most.IsEmpty ? null : (quirks.Least, quirks.Most) };
    }

    public static void WriteCanonical(Utf8JsonWriter json, ChatCompletionRequest request) =>
        new ChatRequestWriter(json, request, _canonical, new Warnings(), MessageForm.Request).Write(request.Model, request.Stream, request.StreamOptions);

    public static HttpCall Render(OpenAIChat quirks, ChatCompletionRequest request, CallContext context, bool stream)
    {
        var warnings = new Warnings();
        if (context.Account is { } account) request = request with { Extra = account.Beside(request.Extra) };
        request = ChatConversationPlan.For(quirks, ChatChoicePlan.For(quirks, ChatFormatPlan.For(quirks, SearchResultText.Told(request), warnings, stream), context, warnings), warnings);
        var body = JsonOut.ToUtf8((quirks, request, context.Model, stream, warnings), static (json, it) =>
            new ChatRequestWriter(json, it.request, it.quirks, it.warnings, MessageForm.Service)
                .Write(it.Model, it.stream && it.quirks.StreamPath is null ? true : null, it.stream ? StreamOptionsFor(it.quirks, it.request) : null));
        Sizes.Check(body.Length, quirks.MaxRequestBytes, context);
        if (stream && quirks.StreamPath is { } path) return new(HttpMethod.Post, path) { Body = body, Warnings = warnings.Given };
        return new(HttpMethod.Post, quirks.BetaPath is { } beta && NeedsBeta(quirks, request) ? beta : quirks.Path) { Body = body, Warnings = warnings.Given };
    }

    private static bool NeedsBeta(OpenAIChat quirks, ChatCompletionRequest request) =>
        (quirks.PrefillField is not null && request.Messages is [.., var last] && last.Role == Role.Assistant) || (quirks.StrictTools && request.Tools?.Any(static tool => tool.Function?.Strict == true) == true);

    private static StreamOptions? StreamOptionsFor(OpenAIChat quirks, ChatCompletionRequest request)
    {
        if (!quirks.StreamOptions) return null;
        var asked = request.StreamOptions;
        return asked?.IncludeUsage is not null ? asked : (asked ?? new()) with { IncludeUsage = true };
    }

    private void Write(string model, bool? stream, StreamOptions? streamOptions)
    {
        _json.WriteStartObject();
        _members.Text("model"u8, model);
        if (!_members.Overrides("messages"u8)) WriteMessages();
        // The method that is called decides how the reply is read, so no extra member goes before it.
        if (stream is { } flag) _json.WriteBoolean("stream"u8, flag);
        _members.StreamOptions(streamOptions);
        WriteTools();
        WriteSampling();
        WriteOutput();
        WriteHousekeeping();
        _request.Extra.WriteMembers(_json, except: "stream"u8);
        _json.WriteEndObject();
    }

    private void WriteMessages()
    {
        var messages = new ChatMessageWriter(_json, _quirks, _warnings, _form);
        _json.WriteStartArray("messages"u8);
        var results = 0;
        for (var i = 0; i < _request.Messages.Count; i++)
        {
            messages.Write(_request.Messages[i], isLast: i + 1 == _request.Messages.Count);
            if (_request.Messages[i].Role != Role.Tool) results = i + 1;
            else if (i + 1 == _request.Messages.Count || _request.Messages[i + 1].Role != Role.Tool) messages.WriteShown(_request.Messages, results, i + 1);
        }
        _json.WriteEndArray();
    }

    private void WriteTools()
    {
        if (_request.Tools is { } tools && !_members.Skips("tools"u8))
        {
            _json.WriteStartArray("tools"u8);
            foreach (var tool in tools) ChatToolWriter.Write(_json, tool, _quirks, _warnings);
            _json.WriteEndArray();
        }
        if (_request.ToolChoice is { } choice && !_members.Skips("tool_choice"u8))
        {
            if (_quirks.ToolModeField is { } field && choice is { Raw.IsEmpty: true, Name: null }) _members.Text(Encoding.UTF8.GetBytes(field), choice.Mode);
            else ChatToolWriter.Write(_json, choice);
        }
        _members.Flag("parallel_tool_calls"u8, _request.ParallelToolCalls);
        _members.Raw("functions"u8, _request.Functions);
        _members.Raw("function_call"u8, _request.FunctionCall);
    }

    private void WriteSampling()
    {
        WriteMaxTokens();
        _members.Number("temperature"u8, _request.Temperature);
        _members.Number("top_p"u8, _request.TopP);
        // One answer is what there is without a word.
        if (_request.N is not 1 || !_quirks.Drops.Contains("n")) _members.Number("n"u8, _request.N);
        WriteStop();
        _members.Number("frequency_penalty"u8, _request.FrequencyPenalty);
        _members.Number("presence_penalty"u8, _request.PresencePenalty);
        _members.Biases("logit_bias"u8, _request.LogitBias);
        _members.Flag("logprobs"u8, _request.Logprobs);
        _members.Number("top_logprobs"u8, _request.TopLogprobs);
        _members.Number("seed"u8, _request.Seed);
    }

    private void WriteOutput()
    {
        if (_request.ResponseFormat is { } format && !_members.Skips("response_format"u8)) ResponseFormatJson.Write(_json, "response_format"u8, format);
        if (_request.ReasoningEffort is { } effort && !_members.Skips("reasoning_effort"u8)) ChatReasoningWriter.Write(_json, effort.Value, _quirks, _request.Extra, _warnings);
        _members.Text("verbosity"u8, _request.Verbosity?.Value);
        _members.Texts("modalities"u8, _request.Modalities);
        _members.Raw("audio"u8, _request.Audio);
        _members.Raw("prediction"u8, _request.Prediction);
        _members.Raw("web_search_options"u8, _request.WebSearchOptions);
    }

    private void WriteHousekeeping()
    {
        _members.Flag("store"u8, _request.Store);
        _members.Labels("metadata"u8, _request.Metadata);
        _members.Text("service_tier"u8, _request.ServiceTier?.Value);
        _members.Raw("moderation"u8, _request.Moderation);
        _members.Text("safety_identifier"u8, _request.SafetyIdentifier);
        _members.Text("prompt_cache_key"u8, _request.PromptCacheKey);
        _members.Text("prompt_cache_retention"u8, _request.PromptCacheRetention);
        _members.Raw("prompt_cache_options"u8, _request.PromptCacheOptions);
        _members.Text("user"u8, _request.User);
    }

    private void WriteMaxTokens()
    {
        if (_quirks.MaxTokensField is not { } field)
        {
            _members.Number("max_tokens"u8, _request.MaxTokens);
            _members.Number("max_completion_tokens"u8, _request.MaxCompletionTokens);
        }
        else if ((_request.MaxCompletionTokens ?? _request.MaxTokens) is { } max && !_members.Overrides("max_tokens"u8) && !_members.Overrides("max_completion_tokens"u8) && !_request.Extra.TryGet(field, out _))
        {
            _json.WriteNumber(field, _members.Bounded("max_tokens"u8, max));
        }
    }

    private void WriteStop()
    {
        if (_request.Stop is not { Count: > 0 } stop || _members.Skips("stop"u8)) return;
        if (_quirks.MaxStops > 0 && stop.Count > _quirks.MaxStops)
        {
            _warnings.Add("stop", $"only the first {_quirks.MaxStops} of {stop.Count} stop texts were sent: the service takes no more");
            stop = [.. stop.Take(_quirks.MaxStops)];
        }
        if (_quirks.StopLists) _members.Texts("stop"u8, stop);
        else _members.TextOrTexts("stop"u8, stop);
    }
}

/// <summary>What could not be sent as it was asked for; allocates only when there is something.</summary>
internal sealed class Warnings
{
    private List<Warning>? _given;

    public IReadOnlyList<Warning> Given => _given ?? (IReadOnlyList<Warning>)[];

    /// <summary>Adds a warning, once for each member and message.</summary>
    public void Add(string param, string message)
    {
        _given ??= [];
        var warning = new Warning(param, message);
        if (!_given.Contains(warning)) _given.Add(warning);
    }
}
