#:project ../src/Muxi.Llm/Muxi.Llm.csproj
// A text that a model goes on with, in the form before chat: whole, and as it comes.
// Run: dotnet run examples/complete.cs [provider/model]
using Muxi.Llm;

var model = args.FirstOrDefault() ?? "sandbox/chat";

Completion reply = await Completion.CreateAsync(model, "Once upon a time");
Console.WriteLine($"{reply.Text} (finish reason {reply.Choices[0].FinishReason})");

using var client = new LlmClient();
var request = new CompletionRequest { Model = model, Prompt = "def total(prices):", Suffix = "    return total", MaxTokens = 60, Stop = ["\n\n"] };
await foreach (CompletionChunk chunk in client.Completions.StreamAsync(request)) Console.Write(chunk.Text);
Console.WriteLine();
