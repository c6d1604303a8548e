using System.Collections.Immutable;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>What one object of a reply says: all of it, or a piece of a stream.</summary>
internal ref struct WatsonxText
{
    /// <summary>The model, in the service's words.</summary>
    public string? Model;

    /// <summary>When it was made, in Unix seconds.</summary>
    public long? Created;

    /// <summary>The new text; null where there is no result.</summary>
    public string? Text;

    /// <summary>Why it ends; null as long as it goes on.</summary>
    public string? StopReason;

    /// <summary>How many tokens there are so far; of the prompt the first piece alone tells them.</summary>
    public long Prompt, Generated;

    /// <summary>What else stands in the result, and beside it.</summary>
    public ExtraReader OfResult, Extra;

    private bool _isError, _hasResults;

    /// <summary>Whether it is a piece of an answer, and neither an error nor something else.</summary>
    public readonly bool IsAnswer => Text is not null && !_isError;

    /// <summary>Whether it is a piece beside the answer: about the model, or with results that are none.</summary>
    public readonly bool IsAside => Text is null && !_isError && (_hasResults || Model is not null);

    /// <exception cref="JsonException">It is not JSON.</exception>
    public static WatsonxText Read(ReadOnlySpan<byte> source)
    {
        source = JsonReading.WithoutMark(source);
        var read = new WatsonxText();
        var reader = new Utf8JsonReader(source);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return read;
        while (reader.NextMember())
        {
            if (reader.NextIsNull()) reader.SkipMember();
            else if (reader.Is("model_id"u8)) read.Model = reader.ReadString(source);
            else if (reader.Is("created_at"u8)) read.Created = FileJson.ReadTime(ref reader);
            else if (reader.Is("results"u8)) read.TakeResults(ref reader, source);
            else
            {
                read._isError |= reader.Is("errors"u8) || reader.Is("error"u8);
                read.Extra.Take(ref reader, source);
            }
        }
        // What stands behind the object is an error of the reader's own.
        reader.Read();
        return read;
    }

    private void TakeResults(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.EnterArray()) return;
        _hasResults = true;
        while (reader.NextItem())
            if (reader.TokenType != JsonTokenType.StartObject || Text is not null) reader.Skip();
            else TakeResult(ref reader, source);
    }

    private void TakeResult(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        while (reader.NextMember())
        {
            if (reader.Is("generated_text"u8)) Text = reader.ReadString(source) ?? "";
            else if (reader.Is("generated_token_count"u8)) Generated = reader.ReadLong() ?? 0;
            else if (reader.Is("input_token_count"u8)) Prompt = reader.ReadLong() ?? 0;
            else if (reader.Is("stop_reason"u8)) StopReason = reader.ReadString(source) is { Length: > 0 } word and not "not_finished" ? word.ToLowerInvariant() : null;
            else if (reader.NextIsNull()) reader.SkipMember();
            else OfResult.Take(ref reader, source);
        }
    }
}

/// <summary>Reads a whole reply of text generation.</summary>
internal static class WatsonxCompletionReply
{
    public static Completion Parse(WatsonxCompletions quirks, HttpReply reply, CallContext context)
    {
        try
        {
            var read = WatsonxText.Read(reply.Body.Span);
            if (read.IsAnswer && read.StopReason != "error") return ToCompletion(quirks, ref read, context);
        }
        catch (JsonException)
        {
            // Not JSON, or JSON cut in the middle: the classifier says what it is.
        }
        throw context.Error(reply);
    }

    /// <summary>Our word for why it ended.</summary>
    public static FinishReason Finish(ImmutableDictionary<string, string> quirks, string word) => quirks.TryGetValue(word, out var known) ? known : word switch
    {
        "eos_token" or "stop_sequence" => FinishReason.Stop,
        "max_tokens" or "token_limit" or "time_limit" => FinishReason.Length,
        _ => word,
    };

    /// <summary>What was used; null where nothing was counted.</summary>
    public static Usage? Usage(long prompt, long generated) => prompt == 0 && generated == 0 ? null : new() { PromptTokens = prompt, CompletionTokens = generated, TotalTokens = prompt + generated };

    private static Completion ToCompletion(WatsonxCompletions quirks, ref WatsonxText read, CallContext context)
    {
        var finish = read.StopReason is { } word ? (FinishReason?)Finish(quirks.FinishReasons, word) : null;
        return new()
        {
            Id = "", Model = read.Model ?? context.Model, Created = read.Created ?? context.Now.ToUnixTimeSeconds(), Usage = Usage(read.Prompt, read.Generated), Extra = read.Extra.ToExtra(),
            Choices = [new() { Text = read.Text!, FinishReason = finish, FinishReasonRaw = finish?.Value == read.StopReason ? null : read.StopReason, Extra = read.OfResult.ToExtra() }],
        };
    }
}

/// <summary>Folds a stream of text generation. The piece that says why it ends is its end; what tokens are counted grows from piece to piece.</summary>
internal sealed class WatsonxCompletionFold(WatsonxCompletions quirks, CallContext context) : IFold<CompletionChunk>
{
    private WholeCharacters _text;
    private string? _model;
    private long _created, _prompt, _generated;

    public bool IsComplete { get; private set; }

    public void Next(WireEvent wireEvent, ICollection<CompletionChunk> into)
    {
        if (IsComplete || wireEvent.Data.IsEmpty) return;
        try
        {
            var read = WatsonxText.Read(wireEvent.Data.Span);
            if (read.IsAside && wireEvent.Type != "error") return;
            if (!read.IsAnswer || wireEvent.Type == "error" || read.StopReason == "error") throw context.Error(wireEvent);
            Take(ref read, into);
        }
        catch (JsonException)
        {
            throw context.Error(wireEvent);
        }
    }

    public void End(ICollection<CompletionChunk> into)
    {
        if (!IsComplete) throw context.Interrupted(_model is null ? "ended before anything came" : "was cut: it ended without saying why it stopped");
    }

    private void Take(ref WatsonxText read, ICollection<CompletionChunk> into)
    {
        if (_model is null) (_model, _created) = (read.Model ?? context.Model, read.Created ?? context.Now.ToUnixTimeSeconds());
        (_prompt, _generated) = (Math.Max(_prompt, read.Prompt), Math.Max(_generated, read.Generated));
        var (text, beside, ofResult) = (_text.Next(read.Text), read.Extra.ToExtra(), read.OfResult.ToExtra());
        var finish = read.StopReason is { } word ? (FinishReason?)WatsonxCompletionReply.Finish(quirks.FinishReasons, word) : null;
        if (!string.IsNullOrEmpty(text) || finish is not null || !beside.IsEmpty || !ofResult.IsEmpty)
            into.Add(Chunk(new CompletionChoice { Text = text ?? "", FinishReason = finish, FinishReasonRaw = finish?.Value == read.StopReason ? null : read.StopReason, Extra = ofResult }) with { Extra = beside });
        if (finish is null) return;
        IsComplete = true;
        if (WatsonxCompletionReply.Usage(_prompt, _generated) is { } usage) into.Add(Chunk(null) with { Usage = usage });
    }

    private CompletionChunk Chunk(CompletionChoice? choice) => new() { Id = "", Model = _model!, Created = _created, Choices = choice is null ? [] : [choice] };
}
