using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// Folds <c>/generate_stream</c>: an event for each token, of which the last one has the whole text and why it ended. What may be the beginning of a stop text is kept until it is known to be none.
/// <code>
///   {"token": {"text": "Hel"}} ... {"token": {...}, "generated_text": "Hello", "details": {"finish_reason": "eos_token", "generated_tokens": 2, "input_length": 5}}
/// </code>
/// </summary>
internal sealed class TgiCompletionFold(CompletionRequest request, CallContext context) : IFold<CompletionChunk>
{
    private WholeCharacters _text;
    private string _kept = "";
    private bool _sawAny;

    public bool IsComplete { get; private set; }

    public void Next(WireEvent wireEvent, ICollection<CompletionChunk> into)
    {
        if (IsComplete || wireEvent.Data.IsEmpty || wireEvent.Data.Span.Trim(" \t"u8).SequenceEqual("[DONE]"u8)) return;
        var root = Read(wireEvent);
        if (!_sawAny && request.Echo == true && request.Prompt is { Texts: [var prompt, ..] }) into.Add(Chunk(new() { Text = prompt }));
        _sawAny = true;
        var token = root.TryGetProperty("token"u8, out var one) ? TgiReply.Token(one, TgiReply.Items(root, "top_tokens")) : default;
        var whole = TgiReply.Text(root, "generated_text");
        var details = root.TryGetProperty("details"u8, out var told) ? told : default;
        var finish = TgiReply.Text(details, "finish_reason");
        Take(token, isLast: whole is not null, isStopped: finish == TgiReply.StopText, into);
        if (whole is not null) Finish(finish, details, into);
    }

    public void End(ICollection<CompletionChunk> into)
    {
        if (!IsComplete) throw context.Interrupted(_sawAny ? "was cut: it ended without the whole text" : "ended before anything came");
    }

    private JsonElement Read(WireEvent wireEvent)
    {
        try
        {
            var root = JsonElement.Parse(JsonReading.WithoutMark(wireEvent.Data.Span));
            if (wireEvent.Type != "error" && root.ValueKind == JsonValueKind.Object && !root.TryGetProperty("error"u8, out _) && (root.TryGetProperty("token"u8, out _) || root.TryGetProperty("generated_text"u8, out _))) return root;
        }
        catch (JsonException)
        {
            // Broken or cut: the classifier says so.
        }
        throw context.Error(wireEvent);
    }

    private void Take(TgiToken token, bool isLast, bool isStopped, ICollection<CompletionChunk> into)
    {
        var text = _kept + (_text.Next(token.Text) ?? "");
        var kept = isLast ? 0 : TgiStops.Kept(text, request.Stop);
        if (isStopped) text = TgiStops.Off(text, request.Stop);
        _kept = text[(text.Length - kept)..];
        text = text[..^kept];
        var logprobs = request.Logprobs is not null && token.Logprob is { } probable ? CompletionLogprobsJson.Of([probable], default) : null;
        if (text.Length > 0 || logprobs is not null) into.Add(Chunk(new() { Text = text, Logprobs = logprobs }));
    }

    private void Finish(string? word, JsonElement details, ICollection<CompletionChunk> into)
    {
        IsComplete = true;
        var finish = ChatFinishReasons.Normal(word, System.Collections.Immutable.ImmutableDictionary<string, string>.Empty, hasCalls: false, out var raw);
        into.Add(Chunk(new() { FinishReason = finish ?? FinishReason.Stop, FinishReasonRaw = raw }));
        if (TgiReply.Number(details, "generated_tokens") is not { } generated) return;
        var prompt = TgiReply.Number(details, "input_length") ?? 0;
        into.Add(Chunk(null) with { Usage = new() { PromptTokens = prompt, CompletionTokens = generated, TotalTokens = prompt + generated } });
    }

    private CompletionChunk Chunk(CompletionChoice? choice) => new() { Id = "", Model = context.Model, Created = context.Now.ToUnixTimeSeconds(), Choices = choice is null ? [] : [choice] };
}
