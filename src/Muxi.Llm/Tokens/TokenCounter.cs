using System.Globalization;

namespace Muxi.Llm;

/// <summary>Counts requests on this machine, as they would be asked: by any of a model's names, and with the settings' defaults for it.</summary>
internal sealed class TokenCounter(Router router, Targets targets, LlmOptions options)
{
    private readonly OwnTokenizers _own = new(options);

    /// <summary>How a model's texts are counted: with the settings' tokenizer, else the one that our facts name.</summary>
    public TextTokens TextOf(string model)
    {
        var known = targets.Known(targets.ModelOf(model));
        if (_own.For(known.Names) is { } own) return new(known.Model, own);
        var facts = TokenFacts.Of(known.Model);
        var isPublished = TokenFacts.EncodingOf(known.Model) is not null;
        return new(known.Model, Tokenizer.Get(facts.Encoding)) { Factor = isPublished ? 1 : facts.Family.Factor, ErrorBand = isPublished ? 0 : facts.Family.Bands.Text };
    }

    /// <summary>What is counted, again and again: the settings are looked up once.</summary>
    public Func<ChatCompletionRequest, TokenCount> For(string model)
    {
        var known = targets.Known(model);
        var own = _own.For(known.Names);
        return request => ChatTokens.Count(known.Model, known.Filled(request), own);
    }

    public TokenCount Count(string model, ChatCompletionRequest request) => For(model)(request);

    /// <summary>A request for a response is counted as the chat request that means the same; what chat has no place for is a warning.</summary>
    public TokenCount Count(string model, ResponseRequest request)
    {
        var known = targets.Known(model);
        var asked = new OverChatRequest(request, new(known.Provider ?? "", known.Model, "", default));
        // Defaults are chat's: a response has none.
        var count = ChatTokens.Count(known.Model, asked.ToChat(), _own.For(known.Names));
        List<Warning> warnings = [.. asked.Warnings];
        if (request.PreviousResponseId is { } previous) warnings.Add(new("previous_response_id", $"not counted: what was said before '{previous}' is not known here"));
        return Told(count, [], warnings);
    }

    /// <summary>Asks the model's provider where it counts; else, and where its server turns out to have no such path, counts here. Whoever is strict has the provider's word or an error.</summary>
    /// <param name="verb">Asks.</param>
    /// <param name="request">What is counted, and of which model.</param>
    /// <param name="options">Settings of the call.</param>
    /// <param name="here">Counts here: is given the attempts that were made, and the warning that tells of them.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<TReply> AskAsync<TRequest, TReply>(
        Verb<TRequest, TReply> verb, Asked<TRequest> request, RequestOptions? options, Func<Stop, TRequest, IReadOnlyList<Attempt>, Warning?, TReply> here, CancellationToken cancellationToken) where TReply : Reply
    {
        var first = targets.Plan(request.Model, options)[0];
        if (options?.Strict == true || verb.On(first.Name.Provider, first.Name.Model) is not null)
        {
            try
            {
                return await router.SendAsync(verb, request.Request, request.Model, options, cancellationToken).ConfigureAwait(false);
            }
            catch (ApiException e) when (options?.Strict != true && IsWithoutPath(e, first.Name.Model))
            {
                return Here(e.Attempts, new("input_tokens", string.Create(CultureInfo.InvariantCulture, $"counted on this machine: {e.Provider} answered {(int)e.Status} where counts are asked for")));
            }
        }
        cancellationToken.ThrowIfCancellationRequested();
        return Here([], null);

        TReply Here(IReadOnlyList<Attempt> attempts, Warning? warning) => here(first, verb.At(first, request.Request, targets), attempts, warning);
    }

    /// <summary>A count with what is to be told of it. Nobody has answered, so it names no provider.</summary>
    public static T Told<T>(T reply, IReadOnlyList<Attempt> attempts, IReadOnlyList<Warning> warnings) where T : Reply
    {
        if (attempts.Count == 0 && warnings.Count == 0) return reply;
        var trace = new Trace();
        foreach (var warning in warnings) trace.Add(warning);
        reply.Call = new(null, attempts, trace, []);
        return reply;
    }

    /// <summary>Whether a server has no such path: an older one, or one behind a proxy that lets chat through alone. A model that it does not have is another matter.</summary>
    private static bool IsWithoutPath(ApiException error, string model) =>
        (int)error.Status is 404 or 405 or 501 && error.Code != "model_not_found" && error.Param != "model" && !Names(error.Message, model);

    /// <summary>Whether a text has a name in it as a word of its own.</summary>
    private static bool Names(string text, string name)
    {
        for (var at = 0; (at = text.IndexOf(name, at, StringComparison.OrdinalIgnoreCase)) >= 0; at++)
            if ((at == 0 || !char.IsLetterOrDigit(text[at - 1])) && (at + name.Length == text.Length || !char.IsLetterOrDigit(text[at + name.Length]))) return true;
        return false;
    }
}

/// <summary>How the texts of a model are counted.</summary>
/// <param name="Model">The model, as far as it is known.</param>
/// <param name="Tokenizer">Its tokenizer, or the one that it is compared with.</param>
internal sealed record TextTokens(string Model, Tokenizer Tokenizer)
{
    /// <summary>How many of the model's tokens come to one of the tokenizer's.</summary>
    public double Factor { get; init; } = 1;

    /// <summary>How far off the count may be, as <see cref="TokenCount.ErrorBand"/>; 0 where the tokenizer is the model's own.</summary>
    public double ErrorBand { get; init; }

    /// <summary>The model's tokens for so many of the tokenizer's.</summary>
    public long Of(long counted) => Factor == 1 ? counted : (long)Math.Round(counted * Factor);
}

/// <summary>A request and the model that it is asked of.</summary>
internal readonly record struct Asked<TRequest>(TRequest Request, string Model);
