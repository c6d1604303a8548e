namespace Muxi.Llm;

// The doors of one line, over LlmClient.Default. Their synchronous twins stand in SyncDoors.Embeddings.cs.
public sealed partial record EmbeddingResponse
{
    /// <summary>Embeds a text or several: <c>await EmbeddingResponse.CreateAsync("openai/text-embedding-3-small", ["one", "two"])</c>.</summary>
    /// <exception cref="LlmException">As <see cref="EmbeddingsResource.CreateAsync"/>.</exception>
    public static Task<EmbeddingResponse> CreateAsync(string model, TextInput input, CancellationToken cancellationToken = default) =>
        CreateAsync(new EmbeddingRequest { Model = model, Input = input }, null, cancellationToken);

    /// <summary>Embeds with every option.</summary>
    /// <exception cref="LlmException">As <see cref="EmbeddingsResource.CreateAsync"/>.</exception>
    public static Task<EmbeddingResponse> CreateAsync(EmbeddingRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        LlmClient.Default.Embeddings.CreateAsync(request, options, cancellationToken);
}
