#:project ../src/Muxi.Llm/Muxi.Llm.csproj
// A client of Microsoft.Extensions.AI as a provider: chat with a fallback, a tool that is run, and embeddings.
// Run: dotnet run examples/adapter.cs
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Muxi.Llm;

using var clerk = new Clerk();
using var letters = new Letters();
using var client = new LlmClient(new LlmOptions { Providers = [Provider.From(clerk, letters, "office")] });

FunctionTool clock = FunctionTool.Create(() => "nine o'clock", new() { Name = "clock" });
ChatCompletion told = await client.Chat.Completions.RunToolsAsync(new() { Model = "office/clerk", Messages = [Message.User("What is the time?")] }, [clock]);
Console.WriteLine($"{told.Provider}: {told.Text}");

// At night nobody is there: what the client raises is an error as any other, and the next model is asked.
ChatCompletion later = await client.Chat.Completions.CreateAsync(new() { Model = "office/night-shift", Messages = [Message.User("Anybody there?")] }, new RequestOptions { Fallbacks = ["sandbox/echo"] });
Console.WriteLine($"{later.Provider}: {later.Text}");

EmbeddingResponse vectors = await client.Embeddings.CreateAsync(new() { Model = "office/default", Input = new[] { "one", "three" } });
Console.WriteLine($"{vectors.Data.Count} embeddings of {vectors.Data[0].Vector.Length} numbers");

/// <summary>Asks for the time by the first tool that it is given, and passes on what it is told.</summary>
internal sealed class Clerk : IChatClient
{
    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        if (options?.ModelId == "night-shift") throw new InvalidOperationException("the office is closed");
        var known = messages.SelectMany(message => message.Contents).OfType<FunctionResultContent>().LastOrDefault();
        AIContent content = known is not null ? new TextContent($"It is {known.Result}.")
            : options?.Tools is [var tool, ..] ? new FunctionCallContent("call_1", tool.Name)
            : new TextContent("I have no clock.");
        return Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, [content])));
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var update in (await GetResponseAsync(messages, options, cancellationToken)).ToChatResponseUpdates()) yield return update;
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }
}

/// <summary>How many letters a text has, and whether it has an e.</summary>
internal sealed class Letters : IEmbeddingGenerator<string, Embedding<float>>
{
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default) =>
        Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(values.Select(text => new Embedding<float>(new float[] { text.Length, text.Contains('e') ? 1 : 0 }))));

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }
}
