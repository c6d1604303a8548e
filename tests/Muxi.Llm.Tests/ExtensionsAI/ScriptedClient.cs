using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Muxi.Llm.Tests;

/// <summary>A client of Microsoft.Extensions.AI that says what it is told to, and keeps what it was asked.</summary>
internal sealed class ScriptedClient : IChatClient
{
    public List<ChatMessage> Messages { get; private set; } = [];

    public ChatOptions? Options { get; private set; }

    public int Calls { get; private set; }

    /// <summary>What it says.</summary>
    public List<ChatResponseUpdate> Updates { get; init; } = [];

    /// <summary>What it raises after that; null for an answer that ends well.</summary>
    public Exception? Failure { get; init; }

    /// <summary>Completed when a stream was left or cancelled.</summary>
    public TaskCompletionSource Left { get; } = new();

    /// <summary>Whether it says no more after its updates until it is cancelled.</summary>
    public bool Hangs { get; init; }

    public ChatClientMetadata? Metadata { get; init; }

    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        Take(messages, options);
        if (Hangs) await HangAsync(cancellationToken);
        return Failure is null ? Updates.ToChatResponse() : throw Failure;
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Take(messages, options);
        try
        {
            foreach (var update in Updates)
            {
                await Task.Yield();
                yield return update;
            }
            if (Hangs) await HangAsync(cancellationToken);
            if (Failure is not null) throw Failure;
        }
        finally
        {
            Left.TrySetResult();
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceType == typeof(ChatClientMetadata) ? Metadata : null;

    public void Dispose() => throw new InvalidOperationException("the client is the caller's");

    private void Take(IEnumerable<ChatMessage> messages, ChatOptions? options) => (Messages, Options, Calls) = ([.. messages], options, Calls + 1);

    private async Task HangAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        }
        finally
        {
            Left.TrySetResult();
        }
    }
}
