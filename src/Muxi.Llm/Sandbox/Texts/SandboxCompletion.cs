using System.Text.Json;

namespace Muxi.Llm;

/// <summary><c>POST /completions</c>: each prompt is answered for itself, by the simulator's own words.</summary>
internal sealed class SandboxCompletion
{
    private const int DefaultTokens = 16, FilteredAfter = 8;

    private readonly SandboxRequest _request;
    private readonly List<Choice> _choices = [];
    private readonly string _model, _id;
    private readonly long _created;
    private readonly int _promptTokens;
    private readonly int? _logprobs;

    // The opening is the prompt, where it is repeated.
    private sealed record Choice(int Index, string Opening, string Text, string Finish);

    private SandboxCompletion(SandboxRequest request, DateTimeOffset now)
    {
        _request = request;
        _model = request.Model();
        // No prompt is the beginning of a document.
        var prompts = request["prompt"] is null ? [new SandboxText("", 0)] : request.Texts("prompt", mayBeEmpty: true);
        _id = request.Id("cmpl-");
        _created = now.ToUnixTimeSeconds();
        _promptTokens = prompts.Sum(prompt => prompt.Tokens);
        _logprobs = request.Integer("logprobs", 0, 5);
        request.Number("temperature", 0, 2);
        request.Number("top_p", 0, 1);
        request.Number("frequency_penalty", -2, 2);
        request.Number("presence_penalty", -2, 2);
        var n = request.Integer("n", 1, 128) ?? 1;
        if (request.Integer("best_of", 0, 20) is { } best && best < n) throw new SandboxRefusal("'best_of' must be as much as 'n' or more.", "best_of", null);
        var budget = request.Integer("max_tokens", 0, int.MaxValue) ?? DefaultTokens;
        var stops = Stops();
        foreach (var prompt in prompts)
            for (var i = 0; i < n; i++) _choices.Add(Answer(prompt, i, n, budget, stops));
    }

    private int CompletionTokens => _choices.Sum(choice => SandboxTokens.Count(choice.Text));

    public static SandboxAnswer Answer(SandboxCall call)
    {
        var request = new SandboxRequest(call);
        var reply = new SandboxCompletion(request, call.Now);
        var isStreamed = request.Flag("stream");
        if (request["stream_options"] is not null && !isStreamed) throw new SandboxRefusal("'stream_options' goes with 'stream': true only.", "stream_options", null);
        if (isStreamed && request.Integer("best_of", 0, 20) is > 1) throw new SandboxRefusal("'best_of' cannot be streamed.", "best_of", null);
        var answer = isStreamed ? new SandboxAnswer { MediaType = "text/event-stream", Pieces = reply.Events() } : SandboxAnswer.Json(reply.Write);
        return answer with { Model = reply._model, PromptTokens = reply._promptTokens };
    }

    private Choice Answer(SandboxText prompt, int place, int n, int budget, IReadOnlyList<string> stops)
    {
        var opening = _request.Flag("echo") ? prompt.Text : "";
        var whole = _model == SandboxModels.Echo ? prompt.Text
            : $" I am the muxi-llm sandbox, a simulator and not a model.{(prompt.Text.Length == 0 ? " There was no prompt." : $" The prompt was: \"{prompt.Text}\".")}"
                + (_request.Text("suffix") is { } suffix ? $" What comes after it is: \"{suffix}\"." : "") + (n > 1 ? $" This is answer {place + 1} of {n}." : "");
        var end = stops.Where(stop => stop.Length > 0).Select(stop => whole.IndexOf(stop, StringComparison.Ordinal)).Where(at => at >= 0).DefaultIfEmpty(whole.Length).Min();
        var stopped = whole[..end];
        var isFiltered = _model == SandboxModels.ContentFilterOutput;
        var text = SandboxTokens.Take(stopped, isFiltered ? Math.Min(FilteredAfter, budget) : budget);
        return new(_choices.Count, opening, text, isFiltered ? "content_filter" : text.Length < stopped.Length ? "length" : "stop");
    }

    private IReadOnlyList<string> Stops() => _request["stop"] switch
    {
        null => [],
        { ValueKind: JsonValueKind.String } one => [one.GetString()!],
        { ValueKind: JsonValueKind.Array } list when list.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) =>
            list.GetArrayLength() <= 4 ? [.. list.EnumerateArray().Select(item => item.GetString()!)] : throw new SandboxRefusal("Invalid 'stop': array too long. At most 4 are taken.", "stop", "array_above_max_length"),
        { } other => throw SandboxChatReader.WrongType("stop", "a string or an array of strings", other),
    };

    private IEnumerable<byte[]> Events()
    {
        foreach (var choice in _choices)
            if (choice.Opening.Length > 0) yield return Event(json => WriteChoice(json, choice.Index, choice.Opening, 0, null));
        foreach (var choice in _choices)
        {
            var offset = choice.Opening.Length;
            foreach (var token in SandboxTokens.Split(choice.Text))
            {
                var at = offset;
                yield return Event(json => WriteChoice(json, choice.Index, token, at, null));
                offset += token.Length;
            }
        }
        foreach (var choice in _choices) yield return Event(json => WriteChoice(json, choice.Index, "", 0, choice.Finish));
        if (TellsUsage) yield return Event(static _ => { }, isLast: true);
        yield return SandboxAnswer.Event("[DONE]"u8);
    }

    private bool TellsUsage => _request["stream_options"] is { } options && options.Is("include_usage");

    private byte[] Event(Action<Utf8JsonWriter> choice, bool isLast = false) => SandboxAnswer.Event(SandboxAnswer.Bytes(json => Body(json, choice, isLast)));

    private void Write(Utf8JsonWriter json) => Body(
        json,
        all =>
        {
            foreach (var choice in _choices) WriteChoice(all, choice.Index, choice.Opening + choice.Text, 0, choice.Finish);
        },
        tellsUsage: true);

    private void Body(Utf8JsonWriter json, Action<Utf8JsonWriter> choices, bool tellsUsage)
    {
        json.WriteStartObject();
        json.WriteString("id", _id);
        json.WriteString("object", "text_completion");
        json.WriteNumber("created", _created);
        json.WriteString("model", _model);
        json.WriteString("system_fingerprint", "fp_sandbox");
        json.WriteStartArray("choices");
        choices(json);
        json.WriteEndArray();
        if (tellsUsage)
        {
            json.WriteStartObject("usage");
            json.WriteNumber("prompt_tokens", _promptTokens);
            json.WriteNumber("completion_tokens", CompletionTokens);
            json.WriteNumber("total_tokens", _promptTokens + CompletionTokens);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private void WriteChoice(Utf8JsonWriter json, int index, string text, int offset, string? finish)
    {
        json.WriteStartObject();
        json.WriteString("text", text);
        json.WriteNumber("index", index);
        if (_logprobs is { } top && text.Length > 0) WriteLogprobs(json, text, offset, top);
        else json.WriteNull("logprobs");
        json.WriteString("finish_reason", finish);
        json.WriteEndObject();
    }

    private static void WriteLogprobs(Utf8JsonWriter json, string text, int offset, int top)
    {
        var tokens = SandboxTokens.Split(text).ToList();
        json.WriteStartObject("logprobs");
        json.WriteStartArray("tokens");
        foreach (var token in tokens) json.WriteStringValue(token);
        json.WriteEndArray();
        json.WriteStartArray("token_logprobs");
        foreach (var token in tokens) json.WriteNumberValue(SandboxLogprobs.Likely(token));
        json.WriteEndArray();
        json.WriteStartArray("top_logprobs");
        foreach (var token in tokens)
        {
            json.WriteStartObject();
            foreach (var (rank, other) in SandboxLogprobs.Candidates(token, top).Index()) json.WriteNumber(other, SandboxLogprobs.Likely(token) - (3 * rank));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("text_offset");
        foreach (var token in tokens)
        {
            json.WriteNumberValue(offset);
            offset += token.Length;
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
