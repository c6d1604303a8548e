namespace Muxi.Llm;

public static partial class SyncDoors
{
    extension(Completion)
    {
        /// <summary>Lets a model go on with a text and waits for the answer.</summary>
        public static Completion Create(string model, TextInput prompt, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Completions.Create(new() { Model = model, Prompt = prompt }, null, cancellationToken);

        /// <summary>Asks with every option and waits for the answer.</summary>
        public static Completion Create(CompletionRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Completions.Create(request, options, cancellationToken);

        /// <summary>Lets a model go on with a text and gives the answer as it comes.</summary>
        public static IEnumerable<CompletionChunk> Stream(string model, TextInput prompt, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Completions.Stream(new() { Model = model, Prompt = prompt }, null, cancellationToken);

        /// <summary>Asks with every option and gives the answer as it comes.</summary>
        public static IEnumerable<CompletionChunk> Stream(CompletionRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Completions.Stream(request, options, cancellationToken);
    }

    extension(CompletionsResource completions)
    {
        /// <summary>Asks, and waits for the whole answer.</summary>
        public Completion Create(CompletionRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Wait(() => completions.CreateAsync(request, options, cancellationToken));

        /// <summary>Asks, and gives the answer as it comes. Leaving the loop ends the call at the provider.</summary>
        public IEnumerable<CompletionChunk> Stream(CompletionRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Each(completions.StreamAsync(request, options, cancellationToken));
    }
}
