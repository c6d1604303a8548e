using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Reads the chunks of one stream. What repeats in each (id, model, fingerprint) is shared, not read again.</summary>
internal sealed class ChatChunkReader(OpenAIChat? quirks)
{
    private string _id = "", _model = "";
    private string? _fingerprint, _tier;
    private long _created;

    /// <summary>Reads the canonical form.</summary>
    public static ChatCompletionChunk Read(ReadOnlySpan<byte> utf8) =>
        new ChatChunkReader(null).Read(utf8, out _) ?? throw new JsonException("A chunk must be a JSON object.");

    /// <summary>Reads one chunk.</summary>
    /// <param name="source">The event's data.</param>
    /// <param name="isError">Whether it is, or holds, an error.</param>
    /// <returns>The chunk; null when the data is no object.</returns>
    public ChatCompletionChunk? Read(ReadOnlySpan<byte> source, out bool isError)
    {
        isError = false;
        source = JsonReading.WithoutMark(source);
        var reader = new Utf8JsonReader(source);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
        IReadOnlyList<ChunkChoice> choices = [];
        Usage? usage = null;
        var sawChoices = false;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("choices"u8))
            {
                choices = ReadChoices(ref reader, source, ref usage);
                sawChoices = true;
            }
            else if (reader.Is("usage"u8))
            {
                reader.Read();
                usage = UsageJson.Read(ref reader, source) ?? usage;
            }
            else if (!ReadHead(ref reader, source))
            {
                if (reader.Is("error"u8)) isError |= !reader.NextIsNull();
                extra.Take(ref reader, source);
            }
        }
        var unknown = extra.ToExtra();
        if (usage is null && quirks is { StreamUsagePath.IsEmpty: false } && !unknown.IsEmpty) usage = UsageAt(unknown, quirks);
        if (!sawChoices && usage is null && unknown.TryGet("message", out _)) isError = true;
        return new()
        {
            Id = _id, Model = _model, Created = _created, Choices = choices, Usage = usage,
            ServiceTier = _tier is null ? null : new(_tier), SystemFingerprint = _fingerprint, Extra = unknown,
        };
    }

    private bool ReadHead(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (reader.Is("id"u8)) _id = reader.ReadShared(_id, source) ?? "";
        else if (reader.Is("object"u8)) reader.SkipMember();
        else if (reader.Is("created"u8)) _created = reader.ReadLong() ?? _created;
        else if (reader.Is("model"u8)) _model = reader.ReadShared(_model, source) ?? "";
        else if (reader.Is("system_fingerprint"u8)) _fingerprint = reader.ReadShared(_fingerprint, source);
        else if (reader.Is("service_tier"u8)) _tier = reader.ReadShared(_tier, source);
        else return false;
        return true;
    }

    private IReadOnlyList<ChunkChoice> ReadChoices(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, ref Usage? usage)
    {
        if (!reader.EnterArray()) return [];
        ChunkChoice? first = null;
        List<ChunkChoice>? more = null;
        while (reader.NextItem())
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                continue;
            }
            var choice = ReadChoice(ref reader, source, ref usage);
            if (first is null) first = choice;
            else (more ??= [first]).Add(choice);
        }
        return more ?? (first is null ? (IReadOnlyList<ChunkChoice>)[] : [first]);
    }

    private ChunkChoice ReadChoice(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, ref Usage? usage)
    {
        var index = 0;
        Delta? delta = null;
        string? finish = null, finishRaw = null;
        Logprobs? logprobs = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("index"u8)) index = (int)(reader.ReadLong() ?? 0);
            else if (reader.Is("delta"u8) || (delta is null && reader.Is("message"u8))) delta = ReadDelta(ref reader, source);
            else if (reader.Is("finish_reason"u8)) finish = reader.ReadShared("stop", source);
            else if (reader.Is("finish_reason_raw"u8)) finishRaw = reader.ReadString(source);
            else if (reader.Is("logprobs"u8)) logprobs = LogprobsJson.Read(ref reader, source);
            else if (quirks is not null && reader.Is("usage"u8))
            {
                // At Moonshot the last chunk of an answer has it there (its reference, 2026).
                reader.Read();
                usage ??= UsageJson.Read(ref reader, source);
            }
            else extra.Take(ref reader, source);
        }
        // An empty word says nothing yet: Snowflake sends it with every chunk, xAI with calls. The fold closes such an answer at the stream's end.
        var reason = string.IsNullOrEmpty(finish) ? null : ChatFinishReasons.Normal(finish, quirks?.FinishReasons, hasCalls: false, out var raw) is { } word ? (word, raw) : default((FinishReason, string?)?);
        return new()
        {
            Index = index, Delta = delta ?? _nothing, FinishReason = reason?.Item1, FinishReasonRaw = finishRaw ?? reason?.Item2,
            Logprobs = logprobs, Extra = extra.ToExtra(),
        };
    }

    private Delta ReadDelta(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.EnterObject()) return _nothing;
        var delta = new DeltaReader();
        while (reader.NextMember())
            if (!delta.ReadText(ref reader, source) && !delta.ReadRest(ref reader, source, quirks)) delta.Extra.Take(ref reader, source);
        return delta.ToDelta();
    }

    private static Usage? UsageAt(Extra extra, OpenAIChat quirks)
    {
        if (!extra.TryGet(quirks.StreamUsagePath[0], out var raw)) return null;
        var element = raw.ToElement();
        foreach (var name in quirks.StreamUsagePath.AsSpan()[1..])
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element)) return null;
        RawJson usage = element;
        var reader = new Utf8JsonReader(usage.Utf8.Span);
        reader.Read();
        return UsageJson.Read(ref reader, usage.Utf8.Span);
    }

    private static readonly Delta _nothing = new();

    private ref struct DeltaReader
    {
        private string? _role, _content, _reasoning, _reasoningContent, _refusal;
        private List<ToolCallDelta>? _calls;
        private AudioOutput? _audio;
        private IReadOnlyList<Annotation>? _annotations;
        private List<BlockDelta>? _blocks;
        private List<ContentPart>? _images;
        public ExtraReader Extra;

        public bool ReadText(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
        {
            if (reader.Is("content"u8)) ReadContent(ref reader, source);
            else if (reader.Is("role"u8)) _role = reader.ReadShared("assistant", source);
            else if (reader.Is("reasoning_content"u8)) _reasoningContent = reader.ReadString(source);
            else if (reader.Is("reasoning"u8)) _reasoning = reader.ReadString(source);
            else if (reader.Is("refusal"u8)) _refusal = reader.ReadString(source);
            else return false;
            return true;
        }

        public bool ReadRest(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, OpenAIChat? quirks)
        {
            if (reader.Is("tool_calls"u8)) ReadCalls(ref reader, source, isCanonical: quirks is null);
            else if (reader.Is("function_call"u8)) ReadFunctionCall(ref reader, source);
            else if (reader.Is("audio"u8)) _audio = ChatPartReader.ReadAudioOutput(ref reader, source);
            else if (reader.Is("images"u8) && ImagesJson.Read(ref reader, source) is { } images) _images = images;
            else if (reader.Is("annotations"u8)) _annotations = AnnotationJson.Read(ref reader, source);
            else if (quirks is null && reader.Is("blocks"u8)) _blocks = BlockJson.ReadDeltas(ref reader, source);
            else if (quirks?.ReasoningDetails is { } details && reader.Is(details)) _blocks = ReasoningDetailsJson.Read(ref reader, source, details);
            else return false;
            return true;
        }

        private void ReadContent(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartArray)
            {
                _content = reader.TextOf(source);
                return;
            }
            List<ContentPart>? parts = null;
            ChatPartReader.ReadContent(ref reader, source, ref parts);
            foreach (var part in parts!)
            {
                if (part.Type == ContentPartType.Reasoning) _reasoningContent += part.Text;
                else _content += part.Text;
            }
        }

        private void ReadCalls(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, bool isCanonical)
        {
            // One piece without a list around it, as servers wrote it before they took several calls at once.
            if (reader.NextIs(JsonTokenType.StartObject))
            {
                reader.Read();
                (_calls ??= []).Add(ReadCall(ref reader, source, isCanonical));
                return;
            }
            if (!reader.EnterArray()) return;
            while (reader.NextItem())
            {
                if (reader.TokenType == JsonTokenType.StartObject) (_calls ??= []).Add(ReadCall(ref reader, source, isCanonical));
                else reader.Skip();
            }
        }

        private static ToolCallDelta ReadCall(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, bool isCanonical)
        {
            var index = -1;
            string? id = null, type = null, form = null, signature = null;
            FunctionCall? function = null;
            var extra = new ExtraReader();
            while (reader.NextMember())
            {
                if (reader.Is("index"u8)) index = (int)(reader.ReadLong() ?? -1);
                else if (reader.Is("id"u8)) id = reader.ReadString(source);
                else if (reader.Is("type"u8)) type = reader.ReadString(source);
                else if (reader.Is("function"u8)) function = ChatToolReader.ReadFunction(ref reader, source);
                else if (reader.Is("custom"u8))
                {
                    function = ChatToolReader.ReadFunction(ref reader, source);
                    form = "custom";
                }
                else if (isCanonical && reader.Is("signature"u8)) signature = reader.ReadString(source);
                else extra.Take(ref reader, source);
            }
            return new()
            {
                Index = index, Id = Some(id), Type = Some(type), Form = form, Name = Some(function?.Name), Arguments = Some(function?.Arguments),
                Signature = signature, Extra = extra.ToExtra(), FunctionExtra = function?.Extra ?? default,
            };
        }

        private void ReadFunctionCall(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
        {
            if (ChatToolReader.ReadFunction(ref reader, source) is not { } call || (call.Name.Length == 0 && call.Arguments.Length == 0)) return;
            (_calls ??= []).Add(new()
            {
                Index = 0, Type = ChatToolReader.Legacy, Form = ChatToolReader.Legacy, Name = Some(call.Name), Arguments = Some(call.Arguments), FunctionExtra = call.Extra,
            });
        }

        private static string? Some(string? text) => string.IsNullOrEmpty(text) ? null : text;

        public Delta ToDelta() => new()
        {
            Role = string.IsNullOrEmpty(_role) ? null : new(_role), Content = _content,
            ReasoningContent = string.IsNullOrEmpty(_reasoningContent) ? _reasoning ?? _reasoningContent : _reasoningContent,
            Refusal = _refusal, ToolCalls = _calls ?? (IReadOnlyList<ToolCallDelta>)[], Audio = _audio, Annotations = _annotations ?? [],
            Blocks = ImagesJson.Join(_blocks, _images) ?? (IReadOnlyList<BlockDelta>)[], Extra = Extra.ToExtra(),
        };
    }
}
