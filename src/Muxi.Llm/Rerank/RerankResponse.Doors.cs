namespace Muxi.Llm;

// The doors of one line, over LlmClient.Default. Their synchronous twins stand in SyncDoors.Rerank.cs.
public sealed partial record RerankResponse
{
    /// <summary>Ranks documents: <c>await RerankResponse.CreateAsync("voyage/rerank-2.5", "What is a panda?", ["hi", "It is a bear."])</c>.</summary>
    /// <exception cref="LlmException">As <see cref="RerankResource.CreateAsync"/>.</exception>
    public static Task<RerankResponse> CreateAsync(string model, string query, IReadOnlyList<RerankDocument> documents, CancellationToken cancellationToken = default) =>
        CreateAsync(new RerankRequest { Model = model, Query = query, Documents = documents }, null, cancellationToken);

    /// <summary>Ranks with every option.</summary>
    /// <exception cref="LlmException">As <see cref="RerankResource.CreateAsync"/>.</exception>
    public static Task<RerankResponse> CreateAsync(RerankRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        LlmClient.Default.Rerank.CreateAsync(request, options, cancellationToken);
}
