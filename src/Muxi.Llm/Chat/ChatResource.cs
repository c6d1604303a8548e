namespace Muxi.Llm;

/// <summary>Chat, as OpenAI's clients lay it out.</summary>
public sealed class ChatResource
{
    internal ChatResource(ChatCompletionsResource completions) => Completions = completions;

    /// <summary>The conversation calls: one answer, or a stream of chunks.</summary>
    public ChatCompletionsResource Completions { get; }
}

/// <summary>Chat completions of every provider.</summary>
public sealed partial class ChatCompletionsResource
{
    private readonly Router _router;
    private readonly Targets _targets;
    private readonly TimeProvider _time;

    internal ChatCompletionsResource(Router router, Targets targets, TimeProvider time) => (_router, _targets, _time) = (router, targets, time);

    /// <summary>Asks, and waits for the whole answer.</summary>
    /// <exception cref="ApiException">The provider answered with an error; the subclass says which.</exception>
    /// <exception cref="ApiConnectionException">No reply came, or not in time.</exception>
    /// <exception cref="ConfigurationException">The model's name or a setting cannot work, or the key is missing; nothing was sent.</exception>
    /// <exception cref="UnsupportedFeatureException">The provider has no chat, or <see cref="RequestOptions.Strict"/> forbids what would be left out; nothing was sent.</exception>
    public Task<ChatCompletion> CreateAsync(ChatCompletionRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        Check(request);
        return _router.SendAsync(Verbs.Chat, request, _targets.ModelOf(request.Model), options, cancellationToken);
    }

    /// <summary>Asks, and gives the answer as it comes. Nothing is sent before the first chunk is asked for; leaving the loop ends the call at the provider.</summary>
    /// <exception cref="StreamInterruptedException">The stream broke after content had come; <see cref="StreamInterruptedException.Received"/> holds it.</exception>
    /// <exception cref="ApiException">The provider answered with an error before any content.</exception>
    /// <exception cref="ApiConnectionException">No reply came, or not in time.</exception>
    /// <exception cref="ConfigurationException">The model's name or a setting cannot work, or the key is missing; nothing was sent.</exception>
    /// <exception cref="UnsupportedFeatureException">The provider has no chat, or <see cref="RequestOptions.Strict"/> forbids what would be left out; nothing was sent.</exception>
    public IAsyncEnumerable<ChatCompletionChunk> StreamAsync(ChatCompletionRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        Check(request);
        return _router.StreamAsync(Verbs.ChatStream, request, _targets.ModelOf(request.Model), options, cancellationToken);
    }

    internal static void Check(ChatCompletionRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(request.Messages);
        if (request.Messages.Count == 0) throw new ConfigurationException("the request has no messages: set Messages to at least one");
    }
}
