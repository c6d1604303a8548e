namespace Muxi.Llm;

/// <summary>Completions of every provider that has them: the form before chat, which some models still speak alone.</summary>
public sealed class CompletionsResource
{
    private readonly Router _router;
    private readonly Targets _targets;

    internal CompletionsResource(Router router, Targets targets) => (_router, _targets) = (router, targets);

    /// <summary>Asks, and waits for the whole answer.</summary>
    /// <exception cref="BadRequestException">The request is wrong; where that can be known beforehand, nothing was sent.</exception>
    /// <exception cref="ApiException">The provider answered with an error; the subclass says which.</exception>
    /// <exception cref="ApiConnectionException">No reply came, or not in time.</exception>
    /// <exception cref="ConfigurationException">The model's name or a setting cannot work, or the key is missing; nothing was sent.</exception>
    /// <exception cref="UnsupportedFeatureException">The provider has no completions, or <see cref="RequestOptions.Strict"/> forbids what would be left out; nothing was sent.</exception>
    public Task<Completion> CreateAsync(CompletionRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        Check(request);
        return _router.SendAsync(Verbs.Completion, request, _targets.ModelOf(request.Model), options, cancellationToken);
    }

    /// <summary>Asks, and gives the answer as it comes. Nothing is sent before the first chunk is asked for; leaving the loop ends the call at the provider.</summary>
    /// <exception cref="StreamInterruptedException">The stream broke after content had come; <see cref="StreamInterruptedException.Partial"/> holds it.</exception>
    /// <exception cref="BadRequestException">The request is wrong; where that can be known beforehand, nothing was sent.</exception>
    /// <exception cref="ApiException">The provider answered with an error before any content.</exception>
    /// <exception cref="ApiConnectionException">No reply came, or not in time.</exception>
    /// <exception cref="ConfigurationException">The model's name or a setting cannot work, or the key is missing; nothing was sent.</exception>
    /// <exception cref="UnsupportedFeatureException">The provider has no completions, or <see cref="RequestOptions.Strict"/> forbids what would be left out; nothing was sent.</exception>
    public IAsyncEnumerable<CompletionChunk> StreamAsync(CompletionRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        Check(request);
        if (request.BestOf > (request.N ?? 1)) throw Wrong.Request("best_of", $"'best_of' is {request.BestOf}: answers of which only the best are given cannot be streamed, so leave it out");
        return _router.StreamAsync(Verbs.CompletionStream, request, _targets.ModelOf(request.Model), options, cancellationToken);
    }

    private static void Check(CompletionRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        // The empty text is a prompt: it begins a new document.
        if (request.Prompt?.Fault("prompt", mayBeEmpty: true) is { } fault) throw Wrong.Request(fault.Param, fault.Fault);
        if (request.N < 1) throw Wrong.Request("n", $"'n' is {request.N}: it must be 1 or more");
        if (request.BestOf < (request.N ?? 0)) throw Wrong.Request("best_of", $"'best_of' is {request.BestOf}: it must be as much as 'n' or more");
        if (request.MaxTokens < 0) throw Wrong.Request("max_tokens", $"'max_tokens' is {request.MaxTokens}: it must be 0 or more");
        if (request.Logprobs < 0) throw Wrong.Request("logprobs", $"'logprobs' is {request.Logprobs}: it must be 0 or more");
        if (request.Temperature is < 0 or double.NaN) throw Wrong.Request("temperature", "'temperature' must be 0 or more");
        if (request.TopP is < 0 or > 1 or double.NaN) throw Wrong.Request("top_p", "'top_p' must be from 0 to 1");
    }
}
