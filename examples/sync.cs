#:project ../src/Muxi.Llm/Muxi.Llm.csproj
// Without await: the synchronous doors.
// Run: dotnet run examples/sync.cs [provider/model]
using Muxi.Llm;

var model = args.FirstOrDefault() ?? "sandbox/chat";
Console.WriteLine(ChatCompletion.Create(model, "Say hello.").Text);
foreach (ChatCompletionChunk chunk in ChatCompletion.Stream(model, "Count to three.")) Console.Write(chunk.Text);
Console.WriteLine();
