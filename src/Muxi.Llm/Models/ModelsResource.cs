using System.Net;
using System.Runtime.CompilerServices;

namespace Muxi.Llm;

/// <summary>The models of every provider that lists them.</summary>
public sealed class ModelsResource
{
    private const int MostPages = 100;

    private readonly Router _router;
    private readonly Targets _targets;

    private readonly Hub _hub;

    internal ModelsResource(Router router, Targets targets, Hub hub) => (_router, _targets, _hub) = (router, targets, hub);

    /// <summary>Every model of a provider, in its order, each once; pages are asked for as they are needed.</summary>
    /// <param name="provider">The provider's name.</param>
    /// <param name="options">Settings of the calls, of which there is one for each page.</param>
    /// <param name="cancellationToken">Ends the call under way.</param>
    /// <exception cref="ApiException">The provider answered with an error, or with what is no list.</exception>
    /// <exception cref="ApiConnectionException">No reply came, or not in time.</exception>
    /// <exception cref="ConfigurationException">There is no such provider, or its key is missing; nothing was sent.</exception>
    /// <exception cref="UnsupportedFeatureException">The provider does not list its models; nothing was sent.</exception>
    public IAsyncEnumerable<Model> ListAsync(string provider, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        AllAsync(_targets.Provider(provider), options, cancellationToken);

    /// <summary>
    /// The models that are files of this machine and that a server can be started for, as they are asked for: those in <see cref="LocalServerOptions.ModelsFolder"/>, and those that were
    /// pulled from the hub. Nobody is asked. Empty where a provider starts none, or has an address set, at which it is only asked.
    /// </summary>
    /// <param name="provider">The provider's name.</param>
    /// <exception cref="ConfigurationException">There is no such provider.</exception>
    public IReadOnlyList<string> ListFiles(string provider) => _targets.FilesOf(_targets.Provider(provider));

    /// <summary>One page of a provider's models; most give all on one.</summary>
    /// <param name="provider">The provider's name.</param>
    /// <param name="after">The <see cref="Page{T}.LastId"/> of the page before; null for the first one.</param>
    /// <param name="options">Settings of the call.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="LlmException">As <see cref="ListAsync"/>.</exception>
    public Task<Page<Model>> ListPageAsync(string provider, string? after = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        PageAsync(_targets.Provider(provider), after, options, cancellationToken);

    /// <summary>What a provider tells of one of its models.</summary>
    /// <param name="name"><c>provider/model</c>, or an alias.</param>
    /// <param name="options">Settings of the call.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="NotFoundException">The provider does not know it.</exception>
    /// <exception cref="LlmException">As <see cref="ListAsync"/>.</exception>
    public Task<Model> RetrieveAsync(string name, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        _router.SendAsync(Verbs.Model, new ModelRetrieveRequest(ModelOf(name)), name, Alone(options), cancellationToken);

    /// <summary>Deletes a model: one of a server of your own (Ollama), or one that you have fine-tuned (OpenAI).</summary>
    /// <param name="name"><c>provider/model</c>, or an alias.</param>
    /// <param name="options">Settings of the call.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="NotFoundException">There is no such model.</exception>
    /// <exception cref="UnsupportedFeatureException">The provider deletes no models; nothing was sent.</exception>
    /// <exception cref="LlmException">As <see cref="ListAsync"/>.</exception>
    public async Task<ModelDeleted> DeleteAsync(string name, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        var model = ModelOf(name);
        try
        {
            return await _router.SendAsync(Verbs.ModelDelete, new ModelDeleteRequest(model), name, Alone(options), cancellationToken).ConfigureAwait(false);
        }
        catch (NotFoundException e) when (RetryPolicy.WasDoneBefore(e))
        {
            return new() { Id = model, Deleted = true, Call = new(e.Provider, e.Attempts, new(), []) };
        }
    }

    /// <summary>
    /// Has a server of your own bring a model, and tells how far it is. Nothing is sent before the first progress is asked for; leaving the loop ends the transfer, and asking
    /// again goes on with it. A name of Hugging Face's hub (<c>hf:org/repo/model.gguf</c>, <c>hf:org/repo:Q4_K_M</c>, with <c>@revision</c> behind it) is brought to this machine instead, into the
    /// cache that all of the hub's programs share; the last progress has its path.
    /// </summary>
    /// <param name="name"><c>provider/model</c>, an alias, or <c>hf:</c> and what is meant at the hub.</param>
    /// <param name="options">Settings of the call; further members of its body (<c>insecure</c>) by <see cref="RequestOptions.ExtraBody"/>.</param>
    /// <param name="cancellationToken">Ends the transfer.</param>
    /// <exception cref="NotFoundException">The server knows nowhere to bring it from, or the hub has no such file.</exception>
    /// <exception cref="IOException">The cache on this machine cannot be written to: the disk is full.</exception>
    /// <exception cref="StreamInterruptedException">It failed when a part was there already.</exception>
    /// <exception cref="UnsupportedFeatureException">The provider brings no models; nothing was sent.</exception>
    /// <exception cref="LlmException">As <see cref="ListAsync"/>.</exception>
    public IAsyncEnumerable<ModelPullProgress> PullAsync(string name, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        name is not null && HubFile.IsMeant(name)
            ? _hub.PullAsync(HubFile.Parse(name), options, cancellationToken)
            : _router.StreamAsync(Verbs.ModelPull, new ModelPullRequest(ModelOf(name!)), name!, Alone(options), cancellationToken);

    /// <summary>The models that a server of your own holds in memory.</summary>
    /// <param name="provider">The provider's name.</param>
    /// <param name="options">Settings of the call.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="UnsupportedFeatureException">The provider does not tell; nothing was sent.</exception>
    /// <exception cref="LlmException">As <see cref="ListAsync"/>.</exception>
    public Task<Page<RunningModel>> ListRunningAsync(string provider, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        _router.SendAsync(Verbs.RunningModels, new RunningModelsRequest(), _targets.Provider(provider), options, cancellationToken);

    /// <summary>The version of a server of your own.</summary>
    /// <param name="provider">The provider's name.</param>
    /// <param name="options">Settings of the call.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="UnsupportedFeatureException">The provider does not tell; nothing was sent.</exception>
    /// <exception cref="LlmException">As <see cref="ListAsync"/>.</exception>
    public Task<ServerVersion> VersionAsync(string provider, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        _router.SendAsync(Verbs.ServerVersion, new ServerVersionRequest(), _targets.Provider(provider), options, cancellationToken);

    /// <summary>The model that a name means, without the provider's.</summary>
    private string ModelOf(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        var model = _targets.Name(name).Model;
        // Such a path would be another one.
        return model.Split('/').Any(static part => part is "" or "." or "..") ? throw Wrong.Request("model", $"'{name}' cannot be a model's name: a part between its slashes is empty or made of dots") : model;
    }

    /// <summary>The settings without fallbacks: what is asked is about this one model.</summary>
    private static RequestOptions Alone(RequestOptions? options) => options is { Fallbacks: null } ? options with { Fallbacks = [] } : options ?? new() { Fallbacks = [] };

    /// <summary>As <see cref="ListAsync"/>, of a provider that is known already.</summary>
    internal async IAsyncEnumerable<Model> AllAsync(Provider provider, RequestOptions? options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var seen = new HashSet<string>();
        string? after = null;
        for (var at = 0; at < MostPages; at++)
        {
            var page = await PageAsync(provider, after, options, cancellationToken).ConfigureAwait(false);
            foreach (var model in page.Data)
                if (seen.Add(model.Id)) yield return model;
            // A service that knows no pages and says that there are more gives the same list again.
            if (!page.HasMore || page.LastId is null || page.LastId == after) yield break;
            after = page.LastId;
        }
        throw new ServerException($"{provider.Name}: the list of models does not end") { Provider = provider.Name, Status = HttpStatusCode.BadGateway };
    }

    private async Task<Page<Model>> PageAsync(Provider provider, string? after, RequestOptions? options, CancellationToken cancellationToken)
    {
        var page = await _router.SendAsync(Verbs.ModelList, new ModelListRequest(after), provider, options, cancellationToken).ConfigureAwait(false);
        foreach (var model in page.Data) model.Call = page.Call;
        return page;
    }
}

/// <summary>What is asked for with a list of models.</summary>
/// <param name="After">The mark behind which the page begins; null for the first one.</param>
public sealed record ModelListRequest(string? After);

/// <summary>What is asked for with one model.</summary>
/// <param name="Id">Its id, in the provider's own words.</param>
public sealed record ModelRetrieveRequest(string Id);
