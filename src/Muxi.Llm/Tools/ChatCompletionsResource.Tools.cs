namespace Muxi.Llm;

// Loops of tools.
public sealed partial class ChatCompletionsResource
{
    /// <summary>
    /// Asks, runs the tools that the model calls, tells it their results, and so on until it answers. The reply is the last one; its
    /// <see cref="ChatCompletion.Transcript"/> is what the loop added to the conversation, its usage that of all rounds.
    /// </summary>
    /// <param name="request">The request. Tools that it declares itself and that are not in <paramref name="tools"/> are the caller's: a turn that calls one ends the loop.</param>
    /// <param name="tools">What runs here.</param>
    /// <param name="loop">Limits, approval, errors.</param>
    /// <param name="options">Of each call of the model.</param>
    /// <param name="cancellationToken">Ends the call of the model or the running tools.</param>
    /// <exception cref="ToolLoopException">A limit was reached, or the model made the same mistake twice.</exception>
    /// <exception cref="LlmException">As <see cref="CreateAsync(ChatCompletionRequest, RequestOptions?, CancellationToken)"/>; <see cref="LlmException.Transcript"/> holds what had been said and run.</exception>
    public Task<ChatCompletion> RunToolsAsync(ChatCompletionRequest request, IReadOnlyList<FunctionTool> tools, ToolLoopOptions? loop = null, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        Check(request);
        ToolLoop.Check(request, tools, loop ?? new());
        cancellationToken.ThrowIfCancellationRequested();
        return new ToolLoop(request, tools, loop ?? new(), _time).RunAsync((asked, teller) => CreateAsync(asked, options, teller.Token), static (_, _) => ValueTask.CompletedTask, cancellationToken);
    }

    /// <summary>As <see cref="RunToolsAsync"/>, telling all that happens: the model's words as they come, calls, approvals, results. The last event has the reply.</summary>
    /// <param name="request">The request.</param>
    /// <param name="tools">What runs here.</param>
    /// <param name="loop">Limits, approval, errors.</param>
    /// <param name="options">Of each call of the model.</param>
    /// <param name="cancellationToken">Ends the call of the model or the running tools, as leaving the loop does.</param>
    /// <exception cref="ToolLoopException">A limit was reached, or the model made the same mistake twice.</exception>
    /// <exception cref="LlmException">As <see cref="StreamAsync(ChatCompletionRequest, RequestOptions?, CancellationToken)"/>.</exception>
    public IAsyncEnumerable<ToolLoopEvent> StreamToolsAsync(ChatCompletionRequest request, IReadOnlyList<FunctionTool> tools, ToolLoopOptions? loop = null, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        Check(request);
        ToolLoop.Check(request, tools, loop ?? new());
        return ToolLoop.StreamAsync(() => new(request, tools, loop ?? new(), _time), (asked, teller) => StreamRoundAsync(asked, options, teller), cancellationToken);
    }

    private async Task<ChatCompletion> StreamRoundAsync(ChatCompletionRequest request, RequestOptions? options, ToolTeller teller)
    {
        var accumulator = new ChatAccumulator();
        await foreach (var chunk in StreamAsync(request, options, teller.Token).ConfigureAwait(false))
        {
            accumulator.Add(chunk);
            await teller.TellAsync(new(ToolLoopEventType.Chunk, teller.Round) { Chunk = chunk }).ConfigureAwait(false);
        }
        return accumulator.ToCompletion() ?? throw new StreamInterruptedException("the stream ended before anything came");
    }
}
