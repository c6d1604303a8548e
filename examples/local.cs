#:project ../src/Muxi.Llm/Muxi.Llm.csproj
// A model that is a file of this machine: a llama-server is started for it and ends with the program.
// Run: dotnet run examples/local.cs [llama_cpp/model.gguf]
using Muxi.Llm;

var model = args.FirstOrDefault() ?? "sandbox/chat";
using var client = new LlmClient(new LlmOptions
{
    LocalServers = new() { Arguments = ["--ctx-size", "8192"], IdleTime = TimeSpan.FromMinutes(10) },
});

Console.WriteLine($"files here: {client.Models.ListFiles("llama_cpp").Count}");
await foreach (var chunk in client.Chat.Completions.StreamAsync(new() { Model = model, Messages = [Message.User("Say hello.")] }))
    Console.Write(chunk.Text);
Console.WriteLine();
