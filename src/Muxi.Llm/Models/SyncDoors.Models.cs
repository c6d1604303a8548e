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
    }
}
