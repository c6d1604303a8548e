#:project ../src/Muxi.Llm/Muxi.Llm.csproj
// An answer as it comes, then the same put together: text, usage, finish reason.
// Run: dotnet run examples/stream.cs [provider/model]
using Muxi.Llm;

var model = args.FirstOrDefault() ?? "sandbox/chat";
using var client = new LlmClient();
var request = new ChatCompletionRequest { Model = model, Messages = [Message.User("Tell me a very short story.")], MaxTokens = 200 };

await foreach (ChatCompletionChunk chunk in client.Chat.Completions.StreamAsync(request)) Console.Write(chunk.Text);
Console.WriteLine();

// Watch a stream on its way and keep the whole of it.
var pieces = 0;
ChatCompletion whole = await client.Chat.Completions.StreamAsync(request).Tee(_ => pieces++).ToCompletionAsync();
Console.WriteLine($"{pieces} chunks, {whole.Usage?.CompletionTokens} tokens, finish reason {whole.Choices[0].FinishReason}");
