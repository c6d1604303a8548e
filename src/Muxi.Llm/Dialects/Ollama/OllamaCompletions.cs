using System.Collections.Immutable;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// Ollama's completions. The server puts the prompt into the model's template as a question, unless <c>raw</c> is true; that and <c>system</c>, <c>template</c>,
/// <c>context</c>, <c>images</c>, <c>format</c>, <c>think</c>, <c>keep_alive</c> are further members of a request.
/// </summary>
/// <remarks>Source: <c>POST /api/generate</c> in docs.ollama.com/openapi.yaml and docs/api.md of ollama/ollama, as of 2026-11.</remarks>
public sealed record OllamaCompletions : CompletionsDialect
{
    /// <summary>The path after the base URL.</summary>
    public string Path { get; init; } = "api/generate";

    /// <summary>Further members of a request that the server looks for within <c>options</c>, as for <see cref="OllamaChat.Options"/>.</summary>
    public ImmutableArray<string> Options { get; init; } = OllamaOptions.Known;

    /// <summary>Members of <c>options</c> that the server rejects: left out, with a warning.</summary>
    public ImmutableArray<string> Drops { get; init; } = [];

    /// <summary>Further words for our finish reasons.</summary>
    public ImmutableDictionary<string, string> FinishReasons { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <inheritdoc/>
    public override Framing Framing => Framing.JsonLines;

    /// <inheritdoc/>
    public override HttpCall Render(CompletionRequest request, CallContext context, bool stream)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Prompt is { Tokens.Count: > 0 }) throw context.Refuse("prompt", "a prompt of tokens is not taken: give text");
        if (request.Prompt is { Count: > 1 }) throw context.Refuse("prompt", $"there are {request.Prompt.Count} prompts: the server takes one at a time");
        var warnings = new Warnings();
        var body = JsonOut.ToUtf8((this, request, context, stream, warnings), static (json, it) => it.Item1.Write(json, it.request, it.context, it.stream, it.warnings));
        return new(HttpMethod.Post, Path) { Body = body, Warnings = warnings.Given };
    }

    /// <inheritdoc/>
    public override Completion Parse(HttpReply reply, CallContext context) => OllamaCompletionReply.Parse(this, reply, default, context);

    /// <inheritdoc/>
    public override IFold<CompletionChunk> Fold(CompletionRequest request, CallContext context) => new OllamaCompletionFold(this, OllamaPrompt.Of(request), context);

    /// <summary>One call and its reply, which is held against what was asked: a prompt that did not fit was cut without a word.</summary>
    public override IExchange<Completion> Begin(CompletionRequest request, CallContext context) =>
        Exchange.Of(() => Render(request, context, stream: false), reply => OllamaCompletionReply.Parse(this, reply, OllamaPrompt.Of(request), context));

    private void Write(Utf8JsonWriter json, CompletionRequest request, CallContext context, bool stream, Warnings warnings)
    {
        var extra = request.Extra;
        json.WriteStartObject();
        if (!extra.Holds("model"u8)) json.WriteString("model"u8, context.Model);
        if (!extra.Holds("prompt"u8)) json.WriteString("prompt"u8, request.Prompt is { } prompt ? prompt.Texts[0] : "");
        if (request.Suffix is { } suffix && !extra.Holds("suffix"u8)) json.WriteString("suffix"u8, suffix);
        if (request.Logprobs is { } top)
        {
            if (!extra.Holds("logprobs"u8)) json.WriteBoolean("logprobs"u8, true);
            if (top > 0 && !extra.Holds("top_logprobs"u8)) json.WriteNumber("top_logprobs"u8, top);
        }
        var options = new OllamaOptions(json, extra, Drops, warnings);
        options.Whole("num_predict", request.MaxTokens);
        options.Number("temperature", request.Temperature);
        options.Number("top_p", request.TopP);
        options.Whole("seed", request.Seed);
        options.Texts("stop", request.Stop);
        options.Number("presence_penalty", request.PresencePenalty);
        options.Number("frequency_penalty", request.FrequencyPenalty);
        options.End(Options);
        OllamaLosses.Warn(request, warnings);
        OllamaRequestWriter.WriteExtra(json, extra, Options);
        json.WriteBoolean("stream"u8, stream);
        json.WriteEndObject();
    }
}

/// <summary>Reads a whole reply to a completion.</summary>
internal static class OllamaCompletionReply
{
    public static Completion Parse(OllamaCompletions quirks, HttpReply reply, OllamaPrompt prompt, CallContext context)
    {
        try
        {
            var line = OllamaLine.Read(reply.Body.Span, context.Model);
            if (line.IsAnswer) return ToCompletion(quirks, ref line, prompt, context);
        }
        catch (JsonException)
        {
            // Not JSON, or JSON cut in the middle: the classifier says what it is.
        }
        throw context.Error(reply);
    }

    /// <summary>The thinking, which completions have no member for.</summary>
    public static Extra Beside(string? thinking) => string.IsNullOrEmpty(thinking) ? default : new Extra().With("thinking", RawJson.Trusted(JsonOut.ToUtf8(thinking, static (json, text) => json.WriteStringValue(text))));

    private static Completion ToCompletion(OllamaCompletions quirks, ref OllamaLine line, OllamaPrompt prompt, CallContext context)
    {
        var usage = line.Usage.ToUsage();
        var finish = OllamaStop.Reason(quirks.FinishReasons, line.DoneReason, hasCalls: false);
        return new()
        {
            Id = "", Model = line.Model ?? context.Model, Created = line.Created ?? context.Now.ToUnixTimeSeconds(), Usage = usage, Extra = line.Extra.ToExtra(),
            Noticed = prompt.Noticed(usage),
            Choices =
            [
                new()
                {
                    Text = line.Response ?? "", FinishReason = finish, FinishReasonRaw = OllamaStop.Raw(finish, line.DoneReason),
                    Logprobs = line.Logprobs is { } tokens ? CompletionLogprobsJson.Of(tokens, default) : null, Extra = Beside(line.Thinking),
                },
            ],
        };
    }
}

/// <summary>Folds a stream of a completion: text in each line, and at the line that is done why it ended and what was used.</summary>
internal sealed class OllamaCompletionFold(OllamaCompletions quirks, OllamaPrompt prompt, CallContext context) : IFold<CompletionChunk>
{
    private WholeCharacters _text;
    private string? _model, _thinking;
    private long _created;

    public bool IsComplete { get; private set; }

    public void Next(WireEvent wireEvent, ICollection<CompletionChunk> into)
    {
        if (IsComplete || wireEvent.Data.IsEmpty) return;
        try
        {
            var line = OllamaLine.Read(wireEvent.Data.Span, _model ?? context.Model);
            if (!line.IsAnswer) throw context.Error(wireEvent);
            if (_model is null) (_model, _created) = (line.Model ?? context.Model, line.Created ?? context.Now.ToUnixTimeSeconds());
            _thinking += line.Thinking;
            Take(_text.Next(line.Response) ?? "", line.Logprobs, into);
            if (line.IsDone) Finish(ref line, into);
        }
        catch (JsonException)
        {
            throw context.Error(wireEvent);
        }
    }

    public void End(ICollection<CompletionChunk> into)
    {
        if (!IsComplete) throw context.Interrupted(_model is null ? "ended before anything came" : "was cut: it ended without a line that is done");
    }

    private void Take(string text, List<TokenLogprob>? tokens, ICollection<CompletionChunk> into)
    {
        if (text.Length > 0 || tokens is not null) into.Add(Chunk(new CompletionChoice { Text = text, Logprobs = tokens is null ? null : CompletionLogprobsJson.Of(tokens, default) }));
    }

    private void Finish(ref OllamaLine line, ICollection<CompletionChunk> into)
    {
        IsComplete = true;
        var usage = line.Usage.ToUsage();
        var finish = OllamaStop.Reason(quirks.FinishReasons, line.DoneReason, hasCalls: false);
        var choice = new CompletionChoice { FinishReason = finish, FinishReasonRaw = OllamaStop.Raw(finish, line.DoneReason), Extra = OllamaCompletionReply.Beside(_thinking) };
        into.Add(Chunk(choice) with { Extra = line.Extra.ToExtra(), Noticed = prompt.Noticed(usage) });
        if (usage is not null) into.Add(Chunk(null) with { Usage = usage });
    }

    private CompletionChunk Chunk(CompletionChoice? choice) => new() { Id = "", Model = _model!, Created = _created, Choices = choice is null ? [] : [choice] };
}
