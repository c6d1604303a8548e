namespace Muxi.Llm;

/// <summary>Counts tokens: on this machine, which needs neither a key nor a network, or at the provider, whose word is what it charges.</summary>
public sealed class TokensResource
{
    private readonly Targets _targets;
    private readonly TokenCounter _counter;

    internal TokensResource(Targets targets, TokenCounter counter) => (_targets, _counter) = (targets, counter);

    /// <summary>The tokenizer of a model: the settings' own (<see cref="LlmOptions.Tokenizers"/>), else its published one; of a model that has none, the one that its texts are compared with.</summary>
    /// <param name="model"><c>provider/model</c>, an alias or a bare name; an empty one is the client's default model. No name is refused.</param>
    /// <exception cref="ConfigurationException">A tokenizer that the settings name cannot be read or used; or the name is empty and there is no default.</exception>
    public Tokenizer TokenizerOf(string model) => _counter.TextOf(model).Tokenizer;

    /// <summary>How the texts of a model are counted.</summary>
    internal TextTokens TextOf(string model) => _counter.TextOf(model);

    /// <summary>
    /// How many tokens a text has, counted on this machine: the text alone, without what a conversation puts round it. Where a model's tokenizer is public, or the settings name one, that is the number; else an estimate, as good as that of a
    /// conversation (<see cref="TokenCount.ErrorBand"/>).
    /// </summary>
    /// <param name="model"><c>provider/model</c>, an alias or a bare name; an empty one is the client's default model. No name is refused.</param>
    /// <param name="text">The text; names of special tokens in it are text.</param>
    /// <exception cref="ConfigurationException">A tokenizer that the settings name cannot be read or used; or the name is empty and there is no default.</exception>
    public int Count(string model, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var tokens = _counter.TextOf(model);
        return (int)tokens.Of(tokens.Tokenizer.Count(text));
    }

    /// <summary>How many tokens a request's prompt has, counted on this machine. Nothing is sent; the settings' defaults for the model count as they would be sent.</summary>
    /// <param name="request">What would be asked.</param>
    /// <exception cref="ConfigurationException">A tokenizer that the settings name cannot be read or used; the request has no messages, or it names no model and there is no default.</exception>
    public TokenCount Count(ChatCompletionRequest request)
    {
        ChatCompletionsResource.Check(request);
        return _counter.Count(_targets.ModelOf(request.Model), request);
    }

    /// <summary>How many tokens a request's prompt would have at a model, counted on this machine. Nothing is sent.</summary>
    /// <param name="model"><c>provider/model</c>, an alias or a bare name, in place of the request's own; no name is refused.</param>
    /// <param name="request">What would be asked.</param>
    /// <exception cref="ConfigurationException">A tokenizer that the settings name cannot be read or used; the request has no messages, or the name is empty and there is no default.</exception>
    public TokenCount Count(string model, ChatCompletionRequest request)
    {
        ChatCompletionsResource.Check(request);
        return _counter.Count(_targets.ModelOf(model), request);
    }

    /// <summary>How many tokens the input of a response would have at a model, counted on this machine as the chat that means the same. What was said before a <see cref="ResponseRequest.PreviousResponseId"/> is not known here, which a warning says.</summary>
    /// <param name="model"><c>provider/model</c>, an alias or a bare name, in place of the request's own; no name is refused.</param>
    /// <param name="request">What would be asked.</param>
    /// <exception cref="BadRequestException">The request says nothing that could be counted.</exception>
    /// <exception cref="ConfigurationException">A tokenizer that the settings name cannot be read or used; or the name is empty and there is no default.</exception>
    public TokenCount Count(string model, ResponseRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _counter.Count(_targets.ModelOf(model), request);
    }

    /// <summary>
    /// Asks the request's provider how many tokens its prompt has; nothing is generated. Where the provider, or the server that stands for it, does not count, the number is this machine's, as of <see cref="Count(ChatCompletionRequest)"/>:
    /// <see cref="Reply.Provider"/> is null then, and <see cref="TokenCount.IsExact"/> says how far to trust it.
    /// </summary>
    /// <param name="request">What would be asked.</param>
    /// <param name="options">Settings of this call; with <see cref="RequestOptions.Strict"/> nothing is counted here in the provider's place.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="ApiException">The provider answered with an error; the subclass says which.</exception>
    /// <exception cref="ApiConnectionException">No reply came, or not in time.</exception>
    /// <exception cref="ConfigurationException">The model's name or a setting cannot work, the request has no messages, or the key is missing; nothing was sent.</exception>
    /// <exception cref="UnsupportedFeatureException"><see cref="RequestOptions.Strict"/> is set, and the provider does not count tokens, or something would be left out; nothing was sent.</exception>
    public async Task<TokenCount> CountAsync(ChatCompletionRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        ChatCompletionsResource.Check(request);
        var asked = new Asked<ChatCompletionRequest>(request, _targets.ModelOf(request.Model));
        var count = await _counter.AskAsync(Verbs.TokenCount, asked, options,
            (stop, whole, attempts, warning) => TokenCounter.Told(_counter.Count(asked.Model, whole), attempts, warning is null ? [] : [warning]), cancellationToken).ConfigureAwait(false);
        return count.Provider is null ? count : count with { IsExact = true };
    }

    /// <summary>
    /// Makes a conversation fit a budget of prompt tokens, on this machine: as few of its oldest turns as will do are left out. A turn is what a person says, up to what they say next, so that calls stay with their results. Instructions
    /// (system and developer messages) stay wherever they stand, and so does all from the last user message on. A conversation that fits comes back as it is.
    /// </summary>
    /// <param name="model"><c>provider/model</c>, an alias or a bare name, in place of the request's own; no name is refused.</param>
    /// <param name="request">The conversation, with the tools and the form of the answer, which count too.</param>
    /// <param name="budget">The most tokens that the prompt may have, above 0: the model's context less what the answer may take. An estimate is taken with its <see cref="TokenCount.ErrorBand"/> on top.</param>
    /// <exception cref="ContextLengthExceededException">What must stay is over the budget.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The budget is not above 0.</exception>
    /// <exception cref="ConfigurationException">A tokenizer that the settings name cannot be read or used; the request has no messages, or the name is empty and there is no default.</exception>
    public FittedChat Fit(string model, ChatCompletionRequest request, int budget)
    {
        ChatCompletionsResource.Check(request);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(budget);
        return new Fitting(_counter.For(_targets.ModelOf(model)), request, budget).Fit();
    }

    /// <summary>Makes a conversation fit a budget of prompt tokens of its own model, as <see cref="Fit(string, ChatCompletionRequest, int)"/> does.</summary>
    /// <param name="request">The conversation, with the tools and the form of the answer, which count too.</param>
    /// <param name="budget">The most tokens that the prompt may have, above 0: the model's context less what the answer may take.</param>
    /// <exception cref="ContextLengthExceededException">What must stay is over the budget.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The budget is not above 0.</exception>
    /// <exception cref="ConfigurationException">A tokenizer that the settings name cannot be read or used; or the request names no model and there is no default.</exception>
    public FittedChat Fit(ChatCompletionRequest request, int budget)
    {
        ChatCompletionsResource.Check(request);
        return Fit(request.Model, request, budget);
    }
}
