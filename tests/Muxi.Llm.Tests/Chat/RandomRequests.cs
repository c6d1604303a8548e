using System.Globalization;

namespace Muxi.Llm.Tests;

/// <summary>Requests, replies and chunks of every shape that the types allow, the same for the same seed.</summary>
internal sealed class RandomRequests(int seed)
{
    private static readonly string[] _texts =
    [
        "", "plain", "two\nlines\r\n", "\"quoted\" \\ /slash/", "\u0000\u001f\u2028", "\ud83d\ude0a caf\u00e9 \u0633\u0644\u0627\u0645", "data: [DONE]\n\n", "{\"json\":[1]}", "<html>", "\ufeffmark", "e\u0301",
    ];

    private static readonly string[] _raws = ["1", "-0.0", "1e400", "123456789012345678901234567890", "null", "true", "\"\\ud83d\"", "\"\\u0061\"", "[]", "{}", "{ \"a\" : [ 1 , { \"b\" : null } ] }", "{\"a\":1,\"a\":2}"];

    private readonly Random _random = new(seed);

    public ChatCompletionRequest Request() => new()
    {
        Model = Pick("openai/m", "groq/a/b", "m"), Messages = Some(Message, atLeast: 1), Tools = Maybe(() => Some(Tool, atLeast: 1)), ToolChoice = MaybeOf(Choice), ParallelToolCalls = Flag(), ResponseFormat = MaybeOf(Format),
        MaxTokens = Count(), MaxCompletionTokens = Count(), Temperature = Number(), TopP = Number(), N = Count(), Stop = Maybe(() => Some(Text, atLeast: 1)), FrequencyPenalty = Number(), PresencePenalty = Number(),
        LogitBias = Maybe<IReadOnlyDictionary<string, double>>(() => new Dictionary<string, double> { ["50256"] = -100, ["1"] = 0.5 }), Logprobs = Flag(), TopLogprobs = Count(), Seed = Coin() ? _random.NextInt64(long.MinValue, long.MaxValue) : null,
        ReasoningEffort = MaybeValue(ReasoningEffort.Low), Verbosity = MaybeValue(new Verbosity("chatty")), Modalities = Maybe<IReadOnlyList<string>>(() => ["text", "audio"]),
        Audio = Raw(), Prediction = Raw(), WebSearchOptions = Raw(), FormatOptions = Maybe<IReadOnlyDictionary<string, Extra>>(() => new Dictionary<string, Extra> { ["anthropic-messages"] = Extra(), ["other"] = """{"a":[1]}""" }), Moderation = Raw(), PromptCacheOptions = Raw(), Functions = Raw(), FunctionCall = Raw(),
        StreamOptions = MaybeOf(() => new StreamOptions { IncludeUsage = Flag(), IncludeObfuscation = Flag(), Extra = Extra() }), Stream = Flag(), Store = Flag(),
        Metadata = Maybe<IReadOnlyDictionary<string, string>>(() => new Dictionary<string, string> { [Text()] = Text(), ["k"] = "v" }), ServiceTier = MaybeValue(ServiceTier.Flex),
        SafetyIdentifier = MaybeText(), PromptCacheKey = MaybeText(), PromptCacheRetention = MaybeText(), User = MaybeText(), Extra = Extra(),
    };

    public ChatCompletion Reply() => new()
    {
        Id = Text(), Created = _random.Next(), Model = Text(), Usage = Usage(), ServiceTier = MaybeValue(ServiceTier.Default), SystemFingerprint = MaybeText(), Extra = Extra(),
        Choices = [.. Enumerable.Range(0, _random.Next(1, 3)).Select(index => new Choice
        {
            Index = index, Message = Assistant() with { Name = null, ToolCallId = null }, FinishReason = MaybeValue(Pick(FinishReason.Stop, FinishReason.ToolCalls, new("odd"))), FinishReasonRaw = Coin() ? "END" : null, Logprobs = Logprobs(), Extra = Extra(),
        })],
    };

    public ChatCompletionChunk Chunk() => new()
    {
        Id = Text(), Created = _random.Next(), Model = Text(), Usage = Usage(), ServiceTier = MaybeValue(ServiceTier.Default), SystemFingerprint = MaybeText(), Extra = Extra(),
        Choices = [.. Enumerable.Range(0, _random.Next(3)).Select(index => new ChunkChoice { Index = index, Delta = Delta(), FinishReason = MaybeValue(FinishReason.Length), FinishReasonRaw = Coin() ? "END" : null, Logprobs = Logprobs(), Extra = Extra() })],
    };

    private Message Message() => _random.Next(4) switch
    {
        0 => new() { Role = Pick(Role.System, Role.Developer, Role.User), Blocks = [ContentPart.FromText(Text())], Name = MaybeText(), CacheControl = Raw(), Extra = Extra() },
        1 => new() { Role = Role.User, Blocks = Some(Part, atLeast: 1), Extra = Extra() },
        2 => new() { Role = Role.Tool, ToolCallId = Text(), Content = Text(), Extra = Extra() },
        _ => Assistant(),
    };

    private Message Assistant() => new()
    {
        Role = Pick(Role.Assistant, Role.Assistant, new("model")), Blocks = Some(Block, atLeast: 0), Name = MaybeText(), Extra = Extra(), CacheControl = Raw(),
        Audio = Maybe(() => new AudioOutput { Id = "a" + Text(), Data = MaybeText(), Transcript = MaybeText(), ExpiresAt = Coin() ? 99 : null, Extra = Extra() }),
        Annotations = Coin() ? [new() { Url = MaybeText(), Title = MaybeText(), StartIndex = 1, EndIndex = 2, Extra = Extra() }, new() { Type = "document_citation", Title = MaybeText(), CitedText = MaybeText(), DocumentId = MaybeText(), DocumentIndex = Count(), StartIndex = 0, Extra = Extra() }, new() { Type = "odd", Extra = Extra() }] : [],
    };

    private ContentPart Part() => _random.Next(7) switch
    {
        0 => new() { Type = ContentPartType.ImageUrl, ImageUrl = new("data:image/png;base64,AAAA", MaybeText()) { Extra = Extra() }, Extra = Extra(), CacheControl = Raw() },
        1 => new() { Type = ContentPartType.InputAudio, InputAudio = new("AAAA", "wav") { Extra = Extra() }, Extra = Extra() },
        2 => new() { Type = ContentPartType.File, File = new() { FileId = MaybeText(), FileData = MaybeText(), Filename = MaybeText(), Cite = Coin(), Extra = Extra() }, Extra = Extra() },
        4 => new() { Type = ContentPartType.SearchResult, SearchResult = new() { Source = Text(), Title = MaybeText(), Content = Some(Text, atLeast: 0), Id = MaybeText(), Cite = Coin(), Extra = Extra() }, CacheControl = Raw(), Extra = Extra() },
        3 => new() { Type = "video_url", Extra = """{"video_url":{"url":"http://v"},"fps":2}""" },
        _ => new() { Type = ContentPartType.Text, Text = Text(), CacheControl = Raw(), Extra = Extra() },
    };

    private ContentPart Block() => _random.Next(6) switch
    {
        0 => new() { Type = ContentPartType.Reasoning, Text = Coin() ? Text() : null, Signature = MaybeText(), Extra = Extra() },
        1 => ContentPart.FromOpaque("some-format", Raw() is { IsEmpty: false } raw && raw.ToString() != "null" ? raw : "{}"),
        2 => ContentPart.FromRefusal(Text()),
        3 or 4 => ContentPart.FromToolCall(new() { Id = "c" + Text(), Type = Pick("function", "custom"), Function = new("f" + Text(), Text()) { Extra = Extra() }, Signature = MaybeText(), Extra = Extra() }),
        _ => Part() with { Signature = MaybeText() },
    };

    private Delta Delta() => new()
    {
        Role = MaybeValue(Role.Assistant), Content = MaybeText(), ReasoningContent = Coin() ? "r" + Text() : null, Refusal = MaybeText(), Extra = Extra(), Audio = Maybe(() => new AudioOutput { Id = "a", Data = MaybeText(), Extra = Extra() }),
        ToolCalls = Coin() ? [new() { Index = 0, Id = "i", Type = "function", Name = "n", Arguments = "x" + Text(), Signature = MaybeText(), Extra = Extra() }, new() { Index = 1, Arguments = "y" + Text() }] : [],
        Annotations = Coin() ? [new() { Url = "u", Extra = Extra() }] : [],
        Blocks = Coin() ? [new(0, new() { Type = ContentPartType.Reasoning, Text = Text(), Signature = MaybeText(), Extra = Extra() }), new(1, ContentPart.FromOpaque("some-format", """{"data":"AA=="}"""))] : [],
    };

    private Tool Tool() => _random.Next(3) switch
    {
        0 => new() { Type = "custom", Custom = """{"name":"sql","format":{"type":"text"}}""", Extra = Extra() },
        1 => new() { Type = "web_search_preview", Format = Coin() ? Pick("anthropic-messages", "other") : null, Extra = """{"user_location":{"city":"Oslo"}}""" },
        _ => new() { Function = new("f") { Description = MaybeText(), Parameters = Coin() ? """{"type":"object","properties":{"x":{"type":"number"}}}""" : default, Strict = Flag(), Extra = Extra() }, CacheControl = Raw(), Extra = Extra() },
    };

    private ToolChoice Choice() => _random.Next(5) switch
    {
        0 => ToolChoice.Auto,
        1 => ToolChoice.Function("f"),
        2 => ToolChoice.Custom("sql"),
        3 => ToolChoice.FromRaw("""{"type":"function","function":{"name":"f","why":1},"more":[2]}"""),
        _ => ToolChoice.FromRaw("""{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[]}}"""),
    };

    private ResponseFormat Format() => _random.Next(3) switch
    {
        0 => ResponseFormat.Text,
        1 => new() { Type = "grammar", Extra = """{"grammar":"root ::= x"}""" },
        _ => new() { Type = "json_schema", Name = "s", Description = MaybeText(), Schema = """{"type":"object"}""", Strict = Flag(), SchemaExtra = Extra(), Extra = Extra() },
    };

    private Usage? Usage() => Maybe(() => new Usage
    {
        PromptTokens = 5, CompletionTokens = 7, TotalTokens = 12, Extra = Extra(), PromptTokensDetails = Maybe(() => new PromptTokensDetails { CachedTokens = Count(), AudioTokens = Count(), Extra = Extra() }),
        CompletionTokensDetails = Maybe(() => new CompletionTokensDetails { ReasoningTokens = Coin() ? 3 : null, Extra = Extra() }),
    });

    private Logprobs? Logprobs() => Maybe(() => new Logprobs
    {
        Content = Coin() ? [new(Text(), -0.25) { Bytes = Coin() ? [1, 255] : null, TopLogprobs = [new(Text(), double.MinValue)], Extra = Extra() }] : null, Refusal = Coin() ? [new("x", 0) { TopLogprobs = [] }] : null, Extra = Extra(),
    });

    /// <summary>Members that nobody knows, of every kind of value, with names that need escapes.</summary>
    private Extra Extra() =>
        _random.Next(4) > 0 ? default : string.Create(CultureInfo.InvariantCulture, $$"""{"x_{{_random.Next(100)}}": {{Pick(_raws)}} ,"\u0078\u00e9\n":{{Pick(_raws)}}}""");

    private RawJson Raw() => _random.Next(4) > 0 ? default : Pick("""{"type":"ephemeral"}""", """[ 1, {"a" : 1e400} ]""", "\"text\"");

    private string Text() => Pick(_texts);

    private string? MaybeText() => Coin() ? Text() : null;

    private bool? Flag() => Coin() ? Coin() : null;

    private int? Count() => Coin() ? _random.Next(1000) : null;

    private double? Number() => Coin() ? Pick(0, -0.0, 0.1, 1e-300, double.MaxValue, 1) : null;

    private T? Maybe<T>(Func<T> make) where T : class => Coin() ? make() : null;

    private T? MaybeOf<T>(Func<T> make) where T : class => Maybe(make);

    private T? MaybeValue<T>(T value) where T : struct => Coin() ? value : null;

    private List<T> Some<T>(Func<T> make, int atLeast) => [.. Enumerable.Range(0, _random.Next(atLeast, 5)).Select(_ => make())];

    private T Pick<T>(params ReadOnlySpan<T> from) => from[_random.Next(from.Length)];

    private bool Coin() => _random.Next(2) == 0;
}
