namespace Muxi.Llm;

/// <summary>The synchronous doors: they wait for the asynchronous ones, away from the caller's SynchronizationContext, so that a UI thread cannot lock itself.</summary>
/// <remarks>
/// Every door and verb that is asynchronous has a twin here, of the same parameters and without <c>Async</c> in its name; only <see cref="RawResource"/> has none, and <see cref="TokensResource.CountAsync"/>: its synchronous namesakes count on this machine and never ask. Static doors of two types
/// that differ in nothing but their result cannot stand in one class: the later one's stand beside, in a class called after it (<see cref="EmbeddingSyncDoors"/>, <see cref="TranslationSyncDoors"/>, <see cref="ResponseSyncDoors"/>, <see cref="BatchSyncDoors"/>).
/// </remarks>
public static partial class SyncDoors
{
    extension(ChatCompletion)
    {
        /// <summary>Asks a model one thing and waits for the answer.</summary>
        public static ChatCompletion Create(string model, string prompt, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Chat.Completions.Create(ChatCompletion.Ask(model, prompt), null, cancellationToken);

        /// <summary>Goes on with a conversation and waits for the answer.</summary>
        public static ChatCompletion Create(string model, IReadOnlyList<Message> messages, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Chat.Completions.Create(new() { Model = model, Messages = messages }, null, cancellationToken);

        /// <summary>Asks with every option and waits for the answer.</summary>
        public static ChatCompletion Create(ChatCompletionRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Chat.Completions.Create(request, options, cancellationToken);

        /// <summary>Asks a model one thing and gives the answer as it comes.</summary>
        public static IEnumerable<ChatCompletionChunk> Stream(string model, string prompt, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Chat.Completions.Stream(ChatCompletion.Ask(model, prompt), null, cancellationToken);

        /// <summary>Goes on with a conversation and gives the answer as it comes.</summary>
        public static IEnumerable<ChatCompletionChunk> Stream(string model, IReadOnlyList<Message> messages, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Chat.Completions.Stream(new() { Model = model, Messages = messages }, null, cancellationToken);

        /// <summary>Asks with every option and gives the answer as it comes.</summary>
        public static IEnumerable<ChatCompletionChunk> Stream(ChatCompletionRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Chat.Completions.Stream(request, options, cancellationToken);
    }

    extension(ChatCompletionsResource completions)
    {
        /// <summary>Asks, and waits for the whole answer.</summary>
        public ChatCompletion Create(ChatCompletionRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Wait(() => completions.CreateAsync(request, options, cancellationToken));

        /// <summary>Asks, and gives the answer as it comes. Leaving the loop ends the call at the provider.</summary>
        public IEnumerable<ChatCompletionChunk> Stream(ChatCompletionRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Each(completions.StreamAsync(request, options, cancellationToken));
    }

#pragma warning disable VSTHRD002 // Waiting is what these doors are for.
    internal static T Wait<T>(Func<Task<T>> call)
    {
        // A handler of the caller's may come back to the scheduler that this thread belongs to, and which waits here.
        if (TaskScheduler.Current != TaskScheduler.Default) return Task.Run(call).GetAwaiter().GetResult();
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            return call().GetAwaiter().GetResult();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    internal static IEnumerable<T> Each<T>(IAsyncEnumerable<T> items)
    {
        var enumerator = items.GetAsyncEnumerator();
        try
        {
            while (Wait(() => enumerator.MoveNextAsync().AsTask())) yield return enumerator.Current;
        }
        finally
        {
            Wait(async () =>
            {
                await enumerator.DisposeAsync().ConfigureAwait(false);
                return true;
            });
        }
    }
#pragma warning restore VSTHRD002
}
