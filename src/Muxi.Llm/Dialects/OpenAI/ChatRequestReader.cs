using System.Text.Json;
using static Muxi.Llm.RequestReading;

namespace Muxi.Llm;

/// <summary>
/// Reads a chat request in OpenAI's form: strict about shapes (a wrong one is the caller's mistake), open for members that it does not know.
/// </summary>
internal ref struct ChatRequestReader
{
    private readonly ReadOnlySpan<byte> _source;
    private string? _model;
    private List<Message>? _messages;
    private ChatCompletionRequest _request = new() { Model = "", Messages = [] };
    private ExtraReader _extra;

    private ChatRequestReader(ReadOnlySpan<byte> source) => _source = source;

    public static ChatCompletionRequest Read(ReadOnlySpan<byte> utf8)
    {
        utf8 = JsonReading.WithoutMark(utf8);
        var request = new ChatRequestReader(utf8);
        var reader = Begin(utf8, "A chat request");
        while (reader.NextMember())
            if (!request.ReadMain(ref reader) && !request.ReadSampling(ref reader) && !request.ReadOutput(ref reader) && !request.ReadHousekeeping(ref reader))
                request._extra.Take(ref reader, utf8);
        // What stands behind the object is an error of the reader's own.
        reader.Read();
        return request.ToRequest();
    }

    private readonly ChatCompletionRequest ToRequest()
    {
        if (string.IsNullOrEmpty(_model)) throw Missing("A chat request", "model");
        if (_messages is null) throw Missing("A chat request", "messages");
        var extra = _extra;
        return _request with { Model = _model, Messages = _messages, Extra = extra.ToExtra() };
    }

    private bool ReadMain(ref Utf8JsonReader reader)
    {
        if (reader.Is("model"u8)) _model = Text(ref reader, "model");
        else if (reader.Is("messages"u8)) ReadMessages(ref reader);
        else if (reader.Is("stream"u8)) _request = _request with { Stream = Flag(ref reader, "stream") };
        else if (reader.Is("stream_options"u8)) _request = _request with { StreamOptions = RequestReading.StreamOptions(ref reader, _source) };
        else if (reader.Is("tools"u8)) ReadTools(ref reader);
        else if (reader.Is("tool_choice"u8)) _request = _request with { ToolChoice = ChatToolReader.ReadChoice(ref reader, _source) };
        else if (reader.Is("parallel_tool_calls"u8)) _request = _request with { ParallelToolCalls = Flag(ref reader, "parallel_tool_calls") };
        else if (reader.Is("functions"u8)) _request = _request with { Functions = reader.ReadRaw(_source) };
        else if (reader.Is("function_call"u8)) _request = _request with { FunctionCall = reader.ReadRaw(_source) };
        else return false;
        return true;
    }

    private bool ReadSampling(ref Utf8JsonReader reader)
    {
        if (reader.Is("max_tokens"u8)) _request = _request with { MaxTokens = Whole(ref reader, "max_tokens") };
        else if (reader.Is("max_completion_tokens"u8)) _request = _request with { MaxCompletionTokens = Whole(ref reader, "max_completion_tokens") };
        else if (reader.Is("temperature"u8)) _request = _request with { Temperature = Number(ref reader, "temperature") };
        else if (reader.Is("top_p"u8)) _request = _request with { TopP = Number(ref reader, "top_p") };
        else if (reader.Is("n"u8)) _request = _request with { N = Whole(ref reader, "n") };
        else if (reader.Is("stop"u8)) _request = _request with { Stop = Texts(ref reader, "stop") };
        else if (reader.Is("frequency_penalty"u8)) _request = _request with { FrequencyPenalty = Number(ref reader, "frequency_penalty") };
        else if (reader.Is("presence_penalty"u8)) _request = _request with { PresencePenalty = Number(ref reader, "presence_penalty") };
        else if (reader.Is("logit_bias"u8)) _request = _request with { LogitBias = Biases(ref reader, "logit_bias") };
        else if (reader.Is("logprobs"u8)) _request = _request with { Logprobs = Flag(ref reader, "logprobs") };
        else if (reader.Is("top_logprobs"u8)) _request = _request with { TopLogprobs = Whole(ref reader, "top_logprobs") };
        else if (reader.Is("seed"u8)) _request = _request with { Seed = Long(ref reader, "seed") };
        else return false;
        return true;
    }

    private bool ReadOutput(ref Utf8JsonReader reader)
    {
        if (reader.Is("response_format"u8)) _request = _request with { ResponseFormat = ResponseFormatJson.Read(ref reader, _source, "response_format") ?? _request.ResponseFormat };
        else if (reader.Is("reasoning_effort"u8)) _request = _request with { ReasoningEffort = Text(ref reader, "reasoning_effort") is { } effort ? new(effort) : null };
        else if (reader.Is("verbosity"u8)) _request = _request with { Verbosity = Text(ref reader, "verbosity") is { } words ? new(words) : null };
        else if (reader.Is("modalities"u8)) _request = _request with { Modalities = Texts(ref reader, "modalities") };
        else if (reader.Is("audio"u8)) _request = _request with { Audio = reader.ReadRaw(_source) };
        else if (reader.Is("prediction"u8)) _request = _request with { Prediction = reader.ReadRaw(_source) };
        else if (reader.Is("format_options"u8)) _request = _request with { FormatOptions = FormatOptions(ref reader) };
        else if (reader.Is("web_search_options"u8)) _request = _request with { WebSearchOptions = reader.ReadRaw(_source) };
        else return false;
        return true;
    }

    private bool ReadHousekeeping(ref Utf8JsonReader reader)
    {
        if (reader.Is("store"u8)) _request = _request with { Store = Flag(ref reader, "store") };
        else if (reader.Is("metadata"u8)) _request = _request with { Metadata = Labels(ref reader, _source) };
        else if (reader.Is("service_tier"u8)) _request = _request with { ServiceTier = Text(ref reader, "service_tier") is { } tier ? new(tier) : null };
        else if (reader.Is("moderation"u8)) _request = _request with { Moderation = reader.ReadRaw(_source) };
        else if (reader.Is("safety_identifier"u8)) _request = _request with { SafetyIdentifier = Text(ref reader, "safety_identifier") };
        else if (reader.Is("prompt_cache_key"u8)) _request = _request with { PromptCacheKey = Text(ref reader, "prompt_cache_key") };
        else if (reader.Is("prompt_cache_retention"u8)) _request = _request with { PromptCacheRetention = Text(ref reader, "prompt_cache_retention") };
        else if (reader.Is("prompt_cache_options"u8)) _request = _request with { PromptCacheOptions = reader.ReadRaw(_source) };
        else if (reader.Is("user"u8)) _request = _request with { User = Text(ref reader, "user") };
        else return false;
        return true;
    }

    private readonly Dictionary<string, Extra>? FormatOptions(ref Utf8JsonReader reader)
    {
        if (reader.NextIsNull())
        {
            reader.SkipMember();
            return null;
        }
        if (!reader.EnterObject()) throw Wrong("format_options", "an object of objects");
        var options = new Dictionary<string, Extra>();
        while (reader.NextMember())
        {
            var format = reader.Text();
            options[format] = reader.NextIs(JsonTokenType.StartObject) ? Extra.Trusted(reader.ReadRaw(_source).Utf8.ToArray()) : throw Wrong("format_options", "an object of objects");
        }
        return options;
    }

    private void ReadMessages(ref Utf8JsonReader reader)
    {
        if (!reader.EnterArray()) throw Wrong("messages", "a list");
        _messages = [];
        while (reader.NextItem())
        {
            if (reader.TokenType != JsonTokenType.StartObject) throw Wrong("messages", "a list of objects");
            var message = ChatMessageReader.Read(ref reader, _source, quirks: null, out var hasRole);
            _messages.Add(hasRole ? message : throw new JsonException($"'messages[{_messages.Count}]' needs 'role'."));
        }
    }

    private void ReadTools(ref Utf8JsonReader reader)
    {
        var isNull = reader.NextIsNull();
        if (!isNull && !reader.NextIs(JsonTokenType.StartArray)) throw Wrong("tools", "a list of objects");
        var tools = ChatToolReader.ReadTools(ref reader, _source);
        if (!isNull) _request = _request with { Tools = tools };
    }
}
