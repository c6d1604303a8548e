using System.Collections.Immutable;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// IBM watsonx.ai's text generation: a text that a model goes on with, and <c>parameters</c> for how. Where a temperature, a <c>top_p</c> or a seed is asked for, the service is
/// told to sample, as it ignores them otherwise; a temperature of 0 asks for the likeliest tokens.
/// </summary>
/// <remarks>Source: "Text generation" and "Text generation event stream" of IBM's watsonx.ai API reference, and recordings of 2024.</remarks>
public sealed record WatsonxCompletions : CompletionsDialect
{
    /// <summary>The path after the base URL; it has a query.</summary>
    public string Path { get; init; } = "text/generation";

    /// <summary>The path that is asked for an answer in pieces; the body is the same there.</summary>
    public string StreamPath { get; init; } = "text/generation_stream";

    /// <summary>Further members of a request that belong into <c>parameters</c>: they may stand beside it too.</summary>
    public ImmutableArray<string> Parameters { get; init; } =
        ["decoding_method", "length_penalty", "max_new_tokens", "min_new_tokens", "random_seed", "stop_sequences", "time_limit", "top_k", "repetition_penalty", "truncate_input_tokens", "return_options", "include_stop_sequence"];

    /// <summary>How many stop texts the service takes; the others are left out, with a warning.</summary>
    public int MaxStops { get; init; } = 6;

    /// <summary>Further words for our finish reasons.</summary>
    public ImmutableDictionary<string, string> FinishReasons { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <inheritdoc/>
    public override Framing Framing => Framing.Sse;

    /// <inheritdoc/>
    public override HttpCall Render(CompletionRequest request, CallContext context, bool stream)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Prompt is { Tokens.Count: > 0 }) throw context.Refuse("prompt", "a prompt of tokens is not taken: give text");
        if (request.Prompt is { Count: > 1 }) throw context.Refuse("prompt", $"there are {request.Prompt.Count} prompts: the service takes one at a time");
        var warnings = new Warnings();
        var extra = context.Account is { } account ? account.Beside(request.Extra) : request.Extra;
        var parameters = WatsonxParameters.Of(this, request, warnings);
        var body = JsonOut.ToUtf8((request, extra, parameters, context.Model, Moved: Parameters), static (json, it) =>
        {
            json.WriteStartObject();
            if (!it.extra.Holds("model_id"u8)) json.WriteString("model_id"u8, it.Model);
            if (!it.extra.Holds("input"u8)) json.WriteString("input"u8, it.request.Prompt is { } prompt ? prompt.Texts[0] : "");
            if (!it.parameters.IsEmpty)
            {
                json.WriteStartObject("parameters"u8);
                it.parameters.WriteMembers(json);
                json.WriteEndObject();
            }
            var rest = it.Moved.Aggregate(it.extra.Without("parameters"), static (members, name) => members.Without(name));
            rest.WriteMembers(json);
            json.WriteEndObject();
        });
        return new(HttpMethod.Post, stream ? StreamPath : Path) { Body = body, Warnings = warnings.Given };
    }

    /// <inheritdoc/>
    public override Completion Parse(HttpReply reply, CallContext context) => WatsonxCompletionReply.Parse(this, reply, context);

    /// <inheritdoc/>
    public override IFold<CompletionChunk> Fold(CompletionRequest request, CallContext context) => new WatsonxCompletionFold(this, context);
}

/// <summary>How the model is to go on, in the service's words.</summary>
internal static class WatsonxParameters
{
    private const string Unknown = "left out: the service has nothing like it";

    /// <summary>The members of <c>parameters</c>: the caller's own before those that follow from the request.</summary>
    public static Extra Of(WatsonxCompletions quirks, CompletionRequest request, Warnings warnings)
    {
        var own = quirks.Parameters.Aggregate(Own(request.Extra), (members, name) => members.TryGet(name, out _) || !request.Extra.TryGet(name, out var value) ? members : members.With(name, value));
        Extra asked = default;
        if (request.MaxTokens is { } most) asked = asked.With("max_new_tokens", Number(most));
        if (request.Temperature is > 0 || request.TopP is not null || request.Seed is not null) asked = asked.With("decoding_method", "\"sample\"");
        else if (request.Temperature is 0) asked = asked.With("decoding_method", "\"greedy\"");
        if (request.Temperature is { } temperature and > 0) asked = asked.With("temperature", Number(temperature));
        if (request.TopP is { } top) asked = asked.With("top_p", Number(top));
        if (request.Seed is { } seed) asked = asked.With("random_seed", Number(seed));
        if (request.Stop is { Count: > 0 } stop) asked = asked.With("stop_sequences", Texts(stop, quirks.MaxStops, warnings));
        Warn(request, warnings);
        return asked.With(own);
    }

    private static Extra Own(Extra extra) => extra["parameters"] is { IsEmpty: false } given && given.ToElement().ValueKind == JsonValueKind.Object ? Extra.Parse(given.ToString()) : default;

    private static RawJson Number(double number) => RawJson.Trusted(JsonOut.ToUtf8(number, static (json, value) => json.WriteNumberValue(value)));

    private static RawJson Number(long number) => RawJson.Trusted(JsonOut.ToUtf8(number, static (json, value) => json.WriteNumberValue(value)));

    private static RawJson Texts(IReadOnlyList<string> texts, int most, Warnings warnings)
    {
        if (most > 0 && texts.Count > most) warnings.Add("stop", $"only the first {most} of {texts.Count} stop texts were sent: the service takes no more");
        return RawJson.Trusted(JsonOut.ToUtf8(most > 0 ? texts.Take(most) : texts, static (json, all) =>
        {
            json.WriteStartArray();
            foreach (var text in all) json.WriteStringValue(text);
            json.WriteEndArray();
        }));
    }

    private static void Warn(CompletionRequest request, Warnings warnings)
    {
        foreach (var (param, isSet) in (ReadOnlySpan<(string, bool)>)
            [("suffix", request.Suffix is not null), ("echo", request.Echo == true), ("n", request.N > 1), ("best_of", request.BestOf > 1), ("logprobs", request.Logprobs is not null), ("logit_bias", request.LogitBias is { Count: > 0 }),
             ("presence_penalty", request.PresencePenalty is not (null or 0)), ("frequency_penalty", request.FrequencyPenalty is not (null or 0)), ("user", request.User is not null)])
            if (isSet) warnings.Add(param, Unknown);
    }
}
