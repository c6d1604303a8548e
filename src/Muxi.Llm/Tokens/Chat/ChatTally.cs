using System.Text;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Adds up a chat request by the facts of one model, and keeps in mind what of it was only estimated.</summary>
/// <param name="facts">How the model counts.</param>
/// <param name="tokenizer">What its text is counted with.</param>
/// <param name="factor">The model's tokens for one of the tokenizer's.</param>
internal sealed class ChatTally(ModelTokens facts, Tokenizer tokenizer, double factor)
{
    private const int LongestWords = 4096;

    private const double FreeText = 13, Grammar = 33;

    private double _total;

    /// <summary>The tokens, to the next whole one.</summary>
    public long Total => (long)Math.Round(_total, MidpointRounding.AwayFromZero);

    /// <summary>Whether there is anything of which no exact rule is known.</summary>
    public bool IsEstimate { get; private set; }

    /// <summary>Whether there are tools, calls, results, or a schema for the answer.</summary>
    public bool HasTools { get; private set; }

    /// <summary>Whether there are pictures, sound or documents.</summary>
    public bool HasMedia { get; private set; }

    /// <summary>Whether some of those are elsewhere, so that their size is a guess.</summary>
    public bool HasUnseen { get; private set; }

    public void Add(ChatCompletionRequest request)
    {
        _total += facts.Family.Base + (Thinks(request) ? facts.Family.Thinking : 0);
        var (instructions, results) = (0, false);
        var lastAsked = LastAsked(request.Messages);
        for (var i = 0; i < request.Messages.Count; i++)
        {
            var message = request.Messages[i];
            if (i > lastAsked) Reasoning(message);
            if (message.Role == Role.System || message.Role == Role.Developer) instructions++;
            if (message.Role == Role.Tool || message.Role == Role.Function)
            {
                results = true;
                HasTools = true;
                Content(message);
            }
            else Add(message);
        }
        Tools(request, instructions == 1, results);
        Format(request.ResponseFormat, instructions == 1);
        // What else shapes the prompt is known to no rule: tools of the service's own, a prompt that it keeps, more than one pass over it.
        IsEstimate |= HasTools || HasMedia || !request.Extra.IsEmpty || !request.WebSearchOptions.IsEmpty || !request.Prediction.IsEmpty;
    }

    private void Add(Message message)
    {
        var calls = message.ToolCalls;
        if (Content(message) || calls.Count == 0 && !IsThoughtAlone(message))
        {
            _total += facts.Family.Message;
            if (message.Role == Role.Assistant) _total += facts.Family.Assistant;
            else if (message.Role != Role.System && message.Role != Role.Developer && message.Role != Role.User) IsEstimate = true;
        }
        if (message.Name is { Length: > 0 } name)
        {
            _total += facts.Family.Speaker + Text(name);
            IsEstimate = true;
        }
        if (calls.Count > 0) Calls(calls);
        IsEstimate |= !message.Extra.IsEmpty || message.Audio is not null;
    }

    /// <summary>What a message says, without its frame.</summary>
    /// <returns>Whether it says anything.</returns>
    private bool Content(Message message)
    {
        var says = false;
        foreach (var block in message.Blocks)
        {
            if (block.ToolCall is not null) continue;
            if (block.Type == ContentPartType.Text)
            {
                // Each part for itself: a token never reaches from one into the next.
                _total += Text(block.Text ?? "");
                says |= !string.IsNullOrEmpty(block.Text);
                continue;
            }
            IsEstimate = true;
            if (block.Type == ContentPartType.Reasoning) continue;
            says = true;
            Other(block);
        }
        return says;
    }

    // Thinking is read again until the person speaks next; what the service has sealed, nobody can count.
    private void Reasoning(Message message)
    {
        foreach (var block in message.Blocks)
            if (block.Type == ContentPartType.Reasoning && block.Text is { } text) _total += Text(text);
    }

    private static bool IsThoughtAlone(Message message)
    {
        foreach (var block in message.Blocks)
            if (block.Type != ContentPartType.Reasoning) return false;
        return message.Blocks.Count > 0;
    }

    private static int LastAsked(IReadOnlyList<Message> messages)
    {
        var last = messages.Count - 1;
        while (last >= 0 && messages[last].Role != Role.User) last--;
        return last;
    }

    private static bool Thinks(ChatCompletionRequest request) =>
        request.ReasoningEffort is { } effort && effort != ReasoningEffort.None
        || request.Extra.TryGet("thinking", out var thinking) && CountedJson.Read(thinking) is { ValueKind: JsonValueKind.Object } options && options.TryGetProperty("type", out var type)
        && !(type.ValueKind == JsonValueKind.String && type.ValueEquals("disabled"));

    private void Other(ContentPart block)
    {
        if (block.ImageUrl is { } picture)
        {
            HasMedia = true;
            var bytes = picture.Data?.Bytes ?? DataUri.Read(picture.Url)?.Bytes();
            var size = PictureSize.Of(bytes.Span);
            HasUnseen |= size is null;
            _total += facts.Pictures.Tokens(size, picture.Detail);
        }
        else if (block.InputAudio is { } sound)
        {
            HasMedia = true;
            var bytes = sound.Bytes ?? Base64Text.Decode(sound.Data);
            HasUnseen |= bytes.IsEmpty;
            _total += Math.Ceiling(facts.Family.Sound * MediaTokens.Seconds(bytes.Span));
        }
        else if (block.File is { } file) Document(file);
        else if (block.SearchResult is { } found) _total += Text(SearchResultText.Of(found));
        else if (block.Text is { } text) _total += Text(text);
        else Strange(block.Raw.IsEmpty ? block.Extra.Utf8 : block.Raw.Utf8.Span);
    }

    // A short part of a type that we do not know is words as a rule, a long one a file in base64.
    private void Strange(ReadOnlySpan<byte> json)
    {
        HasMedia = HasUnseen = true;
        _total += json.Length > LongestWords ? facts.Family.Page : Text(Encoding.UTF8.GetString(json));
    }

    private void Document(InputFile file)
    {
        HasMedia = true;
        var uri = file.Data is null && file.FileData is { } data ? DataUri.Read(data) : null;
        // None of a file that the service has or fetches.
        var bytes = file.Data?.Bytes ?? uri?.Bytes();
        var type = file.Data?.MediaType ?? uri?.MediaType;
        // Of films, tables and the like only the size of the file is known.
        HasUnseen |= bytes.IsEmpty || type is not "application/pdf" && MediaTokens.Text([], type) is null && type?.StartsWith("image/", StringComparison.Ordinal) != true;
        if (MediaTokens.Text(bytes.Span, type) is { } text) _total += facts.Family.Document + Text(text);
        else if (type?.StartsWith("image/", StringComparison.Ordinal) == true) _total += facts.Pictures.Tokens(PictureSize.Of(bytes.Span), null);
        else _total += facts.Family.Page * MediaTokens.Pages(bytes.Span);
    }

    private void Calls(IReadOnlyList<ToolCall> calls)
    {
        HasTools = true;
        // The name stands in the call and in its result.
        foreach (var call in calls) _total += 2 * Text(call.Function.Name) + Text(Compact(call.Function.Arguments));
        _total += calls.Count == 1 ? facts.Form.Call : facts.Form.Several + facts.Form.Each * calls.Count;
    }

    private void Tools(ChatCompletionRequest request, bool isOneInstruction, bool hasResults)
    {
        var functions = CountedJson.Read(request.Functions) is not { ValueKind: JsonValueKind.Array } list ? [] : list.EnumerateArray().Where(static one => one.ValueKind == JsonValueKind.Object).ToList();
        if (request.Tools is not { Count: > 0 } && functions.Count == 0) return;
        HasTools = true;
        var isNone = request.ToolChoice?.Mode == "none";
        if (isNone && facts.Form.AreHiddenByNone) return;
        _total += facts.Form.Tools + (isOneInstruction ? 0 : facts.Form.Alone) + (hasResults ? facts.Form.Results : 0);
        // A line that says so: seen of gpt-4o, and of no model since.
        if (isNone && facts.Family.Assistant == 0 && facts.Form.Schema is null) _total++;
        if (facts.Form.Schema is { } schema) _total += schema * tokenizer.Count(ToolText.Json(request.Tools ?? [], functions));
        else _total += Text(ToolText.Declarations(request.Tools ?? [], functions)) + (request.Tools ?? []).Sum(Freeform);
    }

    // What a tool that takes free text says of itself, and of its grammar, in words that are not known.
    private static double Freeform(Tool tool) => tool.Custom.IsEmpty ? 0 : FreeText + (ToolText.HasGrammar(tool) ? Grammar : 0);

    private void Format(ResponseFormat? format, bool isOneInstruction)
    {
        if (format is null || format.Schema.IsEmpty) return;
        HasTools = true;
        _total += facts.Form.Format + (isOneInstruction ? 0 : facts.Form.FormatAlone) + facts.Form.FormatSchema * Text(FormatText.Of(format));
        if (facts.Form.IsFormatNamed) _total += Text(format.Name ?? "");
    }

    private double Text(string text) => factor * tokenizer.Count(text);

    // As services write it: without white space. What is no JSON stays as it is.
    private static string Compact(string arguments)
    {
        try
        {
            return JsonOut.ToText(CountedJson.Read(RawJson.Parse(arguments)), static (json, value) => value.WriteTo(json), indented: false);
        }
        catch (JsonException)
        {
            return arguments;
        }
    }
}
