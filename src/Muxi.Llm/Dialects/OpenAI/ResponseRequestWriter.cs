using System.Collections.Immutable;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Writes requests for responses: for a service, or canonically, which is the same without anything dropped.</summary>
internal readonly ref struct ResponseRequestWriter
{
    private const string Encrypted = "reasoning.encrypted_content";

    private readonly Utf8JsonWriter _json;
    private readonly ResponseRequest _request;
    private readonly MemberWriter _members;

    private ResponseRequestWriter(Utf8JsonWriter json, ResponseRequest request, ImmutableArray<string> drops, Warnings warnings)
    {
        (_json, _request) = (json, request);
        _members = new(json, request.Extra, drops, warnings);
    }

    public static void WriteCanonical(Utf8JsonWriter json, ResponseRequest request) => new ResponseRequestWriter(json, request, [], new()).Write(request.Model, request.Stream);

    /// <summary>The HTTP request for a service.</summary>
    public static HttpCall Render(OpenAIResponseCreation quirks, ResponseRequest request, CallContext context, bool stream)
    {
        var warnings = new Warnings();
        if (!quirks.EncryptedReasoning && request.Include?.Contains(Encrypted) == true)
        {
            request = request with { Include = request.Include.Count == 1 ? null : [.. request.Include.Where(static word => word != Encrypted)] };
            warnings.Add("include", $"'{Encrypted}' left out: the service does not seal its reasoning");
        }
        if (quirks.TypedMessages && request.Input is { Text: null } input) request = request with { Input = input.Items.Select(static item => item with { IsPlain = false }).ToList() };
        if (quirks.FormatField is { } field && request.Text?.Format is { } format && !request.Extra.TryGet(field, out _)) request = WithFormat(request, field, format);
        var body = JsonOut.ToUtf8((quirks, request, context.Model, stream, warnings), static (json, it) =>
            new ResponseRequestWriter(json, it.request, it.quirks.Drops, it.warnings).Write(it.Model, it.stream ? true : null));
        Sizes.Check(body.Length, quirks.MaxRequestBytes, context);
        return new(HttpMethod.Post, quirks.Path) { Body = body, Warnings = warnings.Given };
    }

    /// <summary>The request with the form of its answer in a member of its own, in chat's shape.</summary>
    private static ResponseRequest WithFormat(ResponseRequest request, string field, ResponseFormat format)
    {
        var rest = request.Text! with { Format = null };
        var isEmpty = rest is { Verbosity: null, Extra.IsEmpty: true };
        // Plain text is what comes where nothing is said.
        if (format.Type == "text") return request with { Text = isEmpty ? null : rest };
        return request with { Text = isEmpty ? null : rest, Extra = request.Extra.With(field, RawJson.Trusted(JsonOut.ToUtf8(format, ResponseFormatJson.Write))) };
    }

    /// <summary>The request of a verb that takes only these members of it; the others have no meaning there.</summary>
    public static HttpCall RenderPart(string path, ResponseRequest request, CallContext context, Action<Utf8JsonWriter, ResponseRequest, string> write) =>
        new(HttpMethod.Post, path) { Body = JsonOut.ToUtf8((request, context.Model, write), static (json, it) => it.write(json, it.request, it.Model)) };

    /// <summary>What counts as input.</summary>
    public static void WriteCounted(Utf8JsonWriter json, ResponseRequest request, string model)
    {
        var writer = new ResponseRequestWriter(json, request, [], new());
        json.WriteStartObject();
        writer.WriteInput(model);
        writer.WriteTools();
        writer.WriteForm();
        writer._members.Text("truncation"u8, request.Truncation);
        request.Extra.WriteMembers(json, except: "stream"u8);
        json.WriteEndObject();
    }

    /// <summary>What is condensed, and where that is kept.</summary>
    public static void WriteCompacted(Utf8JsonWriter json, ResponseRequest request, string model)
    {
        var writer = new ResponseRequestWriter(json, request with { Conversation = default }, [], new());
        json.WriteStartObject();
        writer.WriteInput(model);
        writer.WriteCache();
        writer._members.Text("service_tier"u8, request.ServiceTier?.Value);
        request.Extra.WriteMembers(json, except: "stream"u8);
        json.WriteEndObject();
    }

    private void Write(string model, bool? stream)
    {
        _json.WriteStartObject();
        WriteInput(model);
        _members.Raw("prompt"u8, _request.Prompt);
        // The method that is called decides how the reply is read, so no extra member goes before it.
        if (stream is { } flag) _json.WriteBoolean("stream"u8, flag);
        if (_request.StreamOptions is { } options) _members.StreamOptions(options);
        WriteTools();
        _members.Number("max_tool_calls"u8, _request.MaxToolCalls);
        WriteForm();
        WriteSampling();
        WriteHousekeeping();
        _request.Extra.WriteMembers(_json, except: "stream"u8);
        _json.WriteEndObject();
    }

    private void WriteInput(string model)
    {
        if (model.Length > 0) _members.Text("model"u8, model);
        if (_request.Input is { } input && !_members.Skips("input"u8))
        {
            if (input.Text is { } text) _json.WriteString("input"u8, text);
            else ResponseItemJson.WriteList(_json, "input"u8, input.Items, isReply: false);
        }
        _members.Text("instructions"u8, _request.Instructions);
        _members.Text("previous_response_id"u8, _request.PreviousResponseId);
        _members.Raw("conversation"u8, _request.Conversation);
    }

    private void WriteTools()
    {
        if (_request.Tools is { } tools && !_members.Skips("tools"u8))
        {
            _json.WriteStartArray("tools"u8);
            foreach (var tool in tools) ResponseToolJson.Write(_json, tool);
            _json.WriteEndArray();
        }
        if (_request.ToolChoice is { } choice && !_members.Skips("tool_choice"u8)) ResponseToolJson.Write(_json, choice);
        _members.Flag("parallel_tool_calls"u8, _request.ParallelToolCalls);
    }

    private void WriteForm()
    {
        if (_request.Text is { } text && !_members.Skips("text"u8)) ResponseToolJson.Write(_json, text);
        if (_request.Reasoning is { } reasoning && !_members.Skips("reasoning"u8)) ResponseToolJson.Write(_json, reasoning);
    }

    private void WriteSampling()
    {
        _members.Number("max_output_tokens"u8, _request.MaxOutputTokens);
        _members.Number("temperature"u8, _request.Temperature);
        _members.Number("top_p"u8, _request.TopP);
        _members.Number("top_logprobs"u8, _request.TopLogprobs);
        _members.Texts("include"u8, _request.Include);
        _members.Text("truncation"u8, _request.Truncation);
        _members.Raw("context_management"u8, _request.ContextManagement);
    }

    private void WriteHousekeeping()
    {
        _members.Flag("background"u8, _request.Background);
        _members.Flag("store"u8, _request.Store);
        _members.Labels("metadata"u8, _request.Metadata);
        _members.Text("service_tier"u8, _request.ServiceTier?.Value);
        _members.Raw("moderation"u8, _request.Moderation);
        _members.Text("safety_identifier"u8, _request.SafetyIdentifier);
        WriteCache();
        _members.Text("user"u8, _request.User);
    }

    private void WriteCache()
    {
        _members.Text("prompt_cache_key"u8, _request.PromptCacheKey);
        _members.Text("prompt_cache_retention"u8, _request.PromptCacheRetention);
        _members.Raw("prompt_cache_options"u8, _request.PromptCacheOptions);
    }
}
