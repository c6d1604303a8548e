using System.Globalization;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// Completions by Text Generation Inference's own <c>/generate</c>, which takes and tells more than its OpenAI form. What it has besides (<c>grammar</c>, <c>top_k</c>, <c>typical_p</c>,
/// <c>repetition_penalty</c>, <c>truncate</c>, <c>watermark</c>, <c>adapter_id</c>, <c>do_sample</c>) goes as further members, which stand in <c>parameters</c>.
/// </summary>
/// <remarks>
/// Sources: docs/openapi.json, router/src/lib.rs and router/src/validation.rs of huggingface/text-generation-inference, as of 2026-11. Its text ends in the stop text that ended it, which OpenAI's does not: it is taken off.
/// </remarks>
public sealed record TgiCompletions : CompletionsDialect
{
    /// <summary>The path after the base URL of a completion that comes whole.</summary>
    public string Path { get; init; } = "../generate";

    /// <summary>The path after the base URL of one that comes in pieces.</summary>
    public string StreamPath { get; init; } = "../generate_stream";

    /// <inheritdoc/>
    public override Framing Framing => Framing.Sse;

    /// <inheritdoc/>
    public override HttpCall Render(CompletionRequest request, CallContext context, bool stream)
    {
        ArgumentNullException.ThrowIfNull(request);
        Check(request, context, stream);
        var warnings = new Warnings();
        ReadOnlySpan<(string, bool)> others =
        [
            ("suffix", request.Suffix is not null), ("presence_penalty", request.PresencePenalty is not (null or 0)), ("logit_bias", request.LogitBias is { Count: > 0 }), ("user", request.User is not null),
        ];
        foreach (var (name, isAsked) in others)
            if (isAsked && !request.Extra.TryGet(name, out _)) warnings.Add(name, "left out: the server has nothing like it");
        var body = JsonOut.ToUtf8((request, stream), static (json, it) => Write(json, it.request, it.stream));
        return new(HttpMethod.Post, stream ? StreamPath : Path) { Body = body, Warnings = warnings.Given };
    }

    /// <inheritdoc/>
    public override Completion Parse(HttpReply reply, CallContext context) => Parse(reply, null, context);

    /// <inheritdoc/>
    public override IExchange<Completion> Begin(CompletionRequest request, CallContext context) =>
        Exchange.Of(() => Render(request, context, stream: false), reply => Parse(reply, request, context));

    /// <inheritdoc/>
    public override IFold<CompletionChunk> Fold(CompletionRequest request, CallContext context) => new TgiCompletionFold(request, context);

    private static void Check(CompletionRequest request, CallContext context, bool stream)
    {
        if (request.Prompt is { Tokens.Count: > 0 }) throw context.Refuse("prompt", "a prompt of tokens is not taken: give text");
        if (request.Prompt is { Count: > 1 }) throw context.Refuse("prompt", $"there are {request.Prompt.Count} prompts: the server takes one at a time");
        if (request.Prompt is not { Texts: [{ Length: > 0 }, ..] } && !request.Extra.Holds("inputs"u8)) throw context.Refuse("prompt", "the server goes on with a text, and takes no empty one");
        if (stream && Math.Max(request.N ?? 1, request.BestOf ?? 1) > 1) throw context.Refuse(request.N > 1 ? "n" : "best_of", "the server streams one answer alone: ask for several without a stream");
    }

    private static void Write(Utf8JsonWriter json, CompletionRequest request, bool stream)
    {
        var parameters = request.Extra.Without("inputs").Without("parameters").Without("stream");
        if (request.Extra.TryGet("parameters", out var own) && own.ToElement().ValueKind == JsonValueKind.Object) parameters = parameters.With(Extra.Parse(own.ToString()));
        json.WriteStartObject();
        json.WritePropertyName("inputs"u8);
        if (request.Extra.TryGet("inputs", out var inputs)) inputs.WriteTo(json);
        else json.WriteStringValue(request.Prompt?.Texts[0] ?? "");
        json.WriteStartObject("parameters"u8);
        var members = new MemberWriter(json, parameters);
        members.Flag("details"u8, true);
        members.Number("max_new_tokens"u8, (long?)request.MaxTokens);
        WriteSampling(json, request, parameters, members);
        members.Number("seed"u8, request.Seed);
        members.Number("frequency_penalty"u8, request.FrequencyPenalty);
        if (request.Stop is { Count: > 0 }) members.Texts("stop"u8, request.Stop);
        if (request.Echo == true) members.Flag("return_full_text"u8, true);
        if (request.Logprobs is > 0) members.Number("top_n_tokens"u8, (long?)request.Logprobs);
        // The others of the best are told beside the best one, which is how several answers come.
        if (!stream && Math.Max(request.N ?? 1, request.BestOf ?? 1) is > 1 and var best) members.Number("best_of"u8, (long)best);
        parameters.WriteMembers(json);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>The likeliest tokens, where the temperature is 0, are taken by not drawing at all: "`temperature` must be strictly positive". All of them, where <c>top_p</c> is 1, by not saying so.</summary>
    private static void WriteSampling(Utf8JsonWriter json, CompletionRequest request, Extra parameters, MemberWriter members)
    {
        if (request.Temperature is > 0) members.Number("temperature"u8, request.Temperature);
        if (request.TopP is < 1) members.Number("top_p"u8, request.TopP);
        if (!parameters.Holds("do_sample"u8)) json.WriteBoolean("do_sample"u8, request.Temperature is not 0);
    }

    private static Completion Parse(HttpReply reply, CompletionRequest? request, CallContext context)
    {
        try
        {
            if (TgiReply.Read(reply.Body.Span) is { } read) return ToCompletion(read, reply, request, context);
        }
        catch (JsonException)
        {
            // Not JSON, or JSON cut in the middle: the classifier says what it is.
        }
        throw context.Error(reply);
    }

    private static Completion ToCompletion(TgiReply read, HttpReply reply, CompletionRequest? request, CallContext context)
    {
        var all = read.Others.Prepend(read.Best).Take(request?.N ?? int.MaxValue).ToList();
        return new()
        {
            Id = "", Model = context.Model, Created = context.Now.ToUnixTimeSeconds(), Extra = read.Extra,
            Choices = [.. all.Select((sequence, at) => TgiReply.Choice(sequence, at, request))],
            Usage = UsageOf(reply, read),
        };
    }

    /// <summary>The prompt's tokens stand in a header, or as a list where they were asked for.</summary>
    private static Usage? UsageOf(HttpReply reply, TgiReply read)
    {
        if (read.Best.Generated is null) return null;
        var generated = read.Others.Prepend(read.Best).Sum(static sequence => sequence.Generated ?? 0);
        var prompt = long.TryParse(reply.Headers["x-prompt-tokens"], NumberStyles.None, CultureInfo.InvariantCulture, out var told) ? told : read.Best.Prefilled ?? 0;
        return new() { PromptTokens = prompt, CompletionTokens = generated, TotalTokens = prompt + generated };
    }
}
