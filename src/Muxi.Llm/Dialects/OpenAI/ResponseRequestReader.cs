using System.Text.Json;
using static Muxi.Llm.RequestReading;

namespace Muxi.Llm;

/// <summary>Reads requests for responses: strict about shapes, open for members that it does not know.</summary>
internal ref struct ResponseRequestReader
{
    private readonly ReadOnlySpan<byte> _source;
    private ResponseRequest _request = new() { Model = "" };

    private ResponseRequestReader(ReadOnlySpan<byte> source) => _source = source;

    public static ResponseRequest Read(ReadOnlySpan<byte> utf8)
    {
        utf8 = JsonReading.WithoutMark(utf8);
        var json = Begin(utf8, "A request for a response");
        var read = new ResponseRequestReader(utf8);
        var extra = new ExtraReader();
        while (json.NextMember())
            if (!read.ReadMain(ref json) && !read.ReadTools(ref json) && !read.ReadOutput(ref json) && !read.ReadHousekeeping(ref json)) extra.Take(ref json, utf8);
        // What stands behind the object is an error of the reader's own.
        json.Read();
        return read._request with { Extra = extra.ToExtra() };
    }

    private bool ReadMain(ref Utf8JsonReader reader)
    {
        if (reader.Is("model"u8)) _request = _request with { Model = RequestReading.Text(ref reader, "model") ?? "" };
        else if (reader.Is("input"u8)) _request = _request with { Input = ReadInput(ref reader) };
        else if (reader.Is("instructions"u8)) _request = _request with { Instructions = RequestReading.Text(ref reader, "instructions") };
        else if (reader.Is("previous_response_id"u8)) _request = _request with { PreviousResponseId = RequestReading.Text(ref reader, "previous_response_id") };
        else if (reader.Is("conversation"u8)) _request = _request with { Conversation = reader.ReadRaw(_source) };
        else if (reader.Is("prompt"u8)) _request = _request with { Prompt = ReadObject(ref reader, "prompt") };
        else if (reader.Is("stream"u8)) _request = _request with { Stream = Flag(ref reader, "stream") };
        else if (reader.Is("stream_options"u8)) _request = _request with { StreamOptions = StreamOptions(ref reader, _source) };
        else if (reader.Is("background"u8)) _request = _request with { Background = Flag(ref reader, "background") };
        else if (reader.Is("store"u8)) _request = _request with { Store = Flag(ref reader, "store") };
        else return false;
        return true;
    }

    private bool ReadTools(ref Utf8JsonReader reader)
    {
        if (reader.Is("tools"u8)) _request = _request with { Tools = ResponseToolJson.ReadTools(ref reader, _source) };
        else if (reader.Is("tool_choice"u8)) _request = _request with { ToolChoice = ResponseToolJson.ReadChoice(ref reader, _source) };
        else if (reader.Is("parallel_tool_calls"u8)) _request = _request with { ParallelToolCalls = Flag(ref reader, "parallel_tool_calls") };
        else if (reader.Is("max_tool_calls"u8)) _request = _request with { MaxToolCalls = Whole(ref reader, "max_tool_calls") };
        else return false;
        return true;
    }

    private bool ReadOutput(ref Utf8JsonReader reader)
    {
        if (reader.Is("text"u8)) _request = _request with { Text = ResponseToolJson.ReadText(ref reader, _source) };
        else if (reader.Is("reasoning"u8)) _request = _request with { Reasoning = ResponseToolJson.ReadReasoning(ref reader, _source) };
        else if (reader.Is("max_output_tokens"u8)) _request = _request with { MaxOutputTokens = Whole(ref reader, "max_output_tokens") };
        else if (reader.Is("temperature"u8)) _request = _request with { Temperature = Number(ref reader, "temperature") };
        else if (reader.Is("top_p"u8)) _request = _request with { TopP = Number(ref reader, "top_p") };
        else if (reader.Is("top_logprobs"u8)) _request = _request with { TopLogprobs = Whole(ref reader, "top_logprobs") };
        else if (reader.Is("include"u8)) _request = _request with { Include = Texts(ref reader, "include") };
        else if (reader.Is("truncation"u8)) _request = _request with { Truncation = RequestReading.Text(ref reader, "truncation") };
        else if (reader.Is("context_management"u8)) _request = _request with { ContextManagement = reader.ReadRaw(_source) };
        else return false;
        return true;
    }

    private bool ReadHousekeeping(ref Utf8JsonReader reader)
    {
        if (reader.Is("metadata"u8)) _request = _request with { Metadata = Labels(ref reader, _source) };
        else if (reader.Is("service_tier"u8)) _request = _request with { ServiceTier = RequestReading.Text(ref reader, "service_tier") is { } tier ? new(tier) : null };
        else if (reader.Is("moderation"u8)) _request = _request with { Moderation = reader.ReadRaw(_source) };
        else if (reader.Is("safety_identifier"u8)) _request = _request with { SafetyIdentifier = RequestReading.Text(ref reader, "safety_identifier") };
        else if (reader.Is("prompt_cache_key"u8)) _request = _request with { PromptCacheKey = RequestReading.Text(ref reader, "prompt_cache_key") };
        else if (reader.Is("prompt_cache_retention"u8)) _request = _request with { PromptCacheRetention = RequestReading.Text(ref reader, "prompt_cache_retention") };
        else if (reader.Is("prompt_cache_options"u8)) _request = _request with { PromptCacheOptions = reader.ReadRaw(_source) };
        else if (reader.Is("user"u8)) _request = _request with { User = RequestReading.Text(ref reader, "user") };
        else return false;
        return true;
    }

    private readonly ResponseInput? ReadInput(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String) return ResponseInput.FromText(reader.Text());
        if (reader.TokenType == JsonTokenType.Null) return null;
        if (reader.TokenType != JsonTokenType.StartArray) throw Wrong("input", "text or a list of items");
        var items = new List<ResponseItem>();
        while (reader.NextItem())
        {
            if (reader.TokenType != JsonTokenType.StartObject) throw Wrong($"input[{items.Count}]", "an object");
            var item = ResponseItemJson.Read(ref reader, _source);
            if (ResponseItemJson.Fault(item, $"input[{items.Count}]") is { } fault) throw fault;
            items.Add(item);
        }
        return ResponseInput.FromItems((IReadOnlyList<ResponseItem>)items);
    }

    private readonly RawJson ReadObject(ref Utf8JsonReader reader, string name) =>
        reader.NextIsNull() || reader.NextIs(JsonTokenType.StartObject) ? reader.ReadRaw(_source) : throw Wrong(name, "an object");
}
