using System.Text.Json.Serialization.Metadata;

namespace Muxi.Llm;

public static partial class SyncDoors
{
    extension(ChatCompletion)
    {
        /// <summary>Asks a model for a value, and waits for it.</summary>
        public static ChatCompletion<T> Create<T>(string model, string prompt, JsonTypeInfo<T> type, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Chat.Completions.Create(ChatCompletion.Ask(model, prompt), type, null, cancellationToken);

        /// <summary>Asks for a value in a conversation, and waits for it.</summary>
        public static ChatCompletion<T> Create<T>(string model, IReadOnlyList<Message> messages, JsonTypeInfo<T> type, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Chat.Completions.Create(model, messages, type, cancellationToken);

        /// <summary>Asks for a value with every option, and waits for it.</summary>
        public static ChatCompletion<T> Create<T>(ChatCompletionRequest request, JsonTypeInfo<T> type, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Chat.Completions.Create(request, type, options, cancellationToken);

        /// <summary>Asks a model for a value, and gives the answer's JSON as it comes.</summary>
        public static IEnumerable<ChatCompletionChunk<T>> Stream<T>(string model, string prompt, JsonTypeInfo<T> type, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Chat.Completions.Stream(ChatCompletion.Ask(model, prompt), type, null, cancellationToken);

        /// <summary>Asks for a value with every option, and gives the answer's JSON as it comes.</summary>
        public static IEnumerable<ChatCompletionChunk<T>> Stream<T>(ChatCompletionRequest request, JsonTypeInfo<T> type, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Chat.Completions.Stream(request, type, options, cancellationToken);
    }

    extension(ChatCompletionsResource completions)
    {
        /// <summary>Asks for a value of a type, and waits for it.</summary>
        public ChatCompletion<T> Create<T>(ChatCompletionRequest request, JsonTypeInfo<T> type, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Wait(() => completions.CreateAsync(request, type, options, cancellationToken));

        /// <summary>Asks for a value of a type in a conversation, and waits for it.</summary>
        public ChatCompletion<T> Create<T>(string model, IReadOnlyList<Message> messages, JsonTypeInfo<T> type, CancellationToken cancellationToken = default) =>
            Wait(() => completions.CreateAsync(model, messages, type, cancellationToken));

        /// <summary>Asks for a value of a type, and gives the answer's JSON as it comes.</summary>
        public IEnumerable<ChatCompletionChunk<T>> Stream<T>(ChatCompletionRequest request, JsonTypeInfo<T> type, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Each(completions.StreamAsync(request, type, options, cancellationToken));
    }
}
