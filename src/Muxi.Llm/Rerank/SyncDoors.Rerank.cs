namespace Muxi.Llm;

public static partial class SyncDoors
{
    extension(RerankResponse)
    {
        /// <summary>Ranks documents, and waits for the ranking.</summary>
        public static RerankResponse Create(string model, string query, IReadOnlyList<RerankDocument> documents, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Rerank.Create(new() { Model = model, Query = query, Documents = documents }, null, cancellationToken);

        /// <summary>Ranks with every option, and waits for the ranking.</summary>
        public static RerankResponse Create(RerankRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Rerank.Create(request, options, cancellationToken);
    }

    extension(RerankResource rerank)
    {
        /// <summary>Ranks documents, and waits for the ranking.</summary>
        public RerankResponse Create(RerankRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Wait(() => rerank.CreateAsync(request, options, cancellationToken));
    }
}
