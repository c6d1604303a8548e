namespace Muxi.Llm;

public static partial class SyncDoors
{
    extension(ModelsResource models)
    {
        /// <summary>Every model of a provider, in its order; pages are asked for as they are needed.</summary>
        public IEnumerable<Model> List(string provider, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Each(models.ListAsync(provider, options, cancellationToken));

        /// <summary>One page of them, waited for.</summary>
        public Page<Model> ListPage(string provider, string? after = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Wait(() => models.ListPageAsync(provider, after, options, cancellationToken));

        /// <summary>One model, waited for.</summary>
        public Model Retrieve(string name, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Wait(() => models.RetrieveAsync(name, options, cancellationToken));

        /// <summary>Deletes a model, and waits until it is gone.</summary>
        public ModelDeleted Delete(string name, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Wait(() => models.DeleteAsync(name, options, cancellationToken));

        /// <summary>Has a server bring a model, and tells how far it is. Leaving the loop ends the transfer.</summary>
        public IEnumerable<ModelPullProgress> Pull(string name, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Each(models.PullAsync(name, options, cancellationToken));

        /// <summary>The models that a server holds in memory, waited for.</summary>
        public Page<RunningModel> ListRunning(string provider, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Wait(() => models.ListRunningAsync(provider, options, cancellationToken));

        /// <summary>A server's version, waited for.</summary>
        public ServerVersion Version(string provider, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Wait(() => models.VersionAsync(provider, options, cancellationToken));
    }
}
