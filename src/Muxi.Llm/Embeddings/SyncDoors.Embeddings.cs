namespace Muxi.Llm;

public static partial class SyncDoors
{
    extension(EmbeddingsResource embeddings)
    {
        /// <summary>Embeds the texts of a request, and waits for the embeddings.</summary>
        public EmbeddingResponse Create(EmbeddingRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Wait(() => embeddings.CreateAsync(request, options, cancellationToken));
    }
}

/// <summary>The synchronous doors of <see cref="EmbeddingResponse"/>, beside the other <see cref="SyncDoors"/>: their parameters are those of <see cref="Completion"/>'s.</summary>
public static class EmbeddingSyncDoors
{
    extension(EmbeddingResponse)
    {
        /// <summary>Embeds a text or several, and waits for the embeddings.</summary>
        public static EmbeddingResponse Create(string model, TextInput input, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Embeddings.Create(new() { Model = model, Input = input }, null, cancellationToken);

        /// <summary>Embeds with every option, and waits for the embeddings.</summary>
        public static EmbeddingResponse Create(EmbeddingRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Embeddings.Create(request, options, cancellationToken);
    }
}
