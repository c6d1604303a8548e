#:project ../src/Muxi.Llm/Muxi.Llm.csproj
// A picture to look at: from a file, or (here, where none is given) a few bytes in memory.
// Run: dotnet run examples/vision.cs [provider/model] [picture]
using Muxi.Llm;

var model = args.ElementAtOrDefault(0) ?? "sandbox/chat";
ContentPart picture = args.ElementAtOrDefault(1) is { } path
    ? Image.FromFile(path, detail: "low")
    : Image.FromBytes(Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="));

ChatCompletion reply = await ChatCompletion.CreateAsync(new ChatCompletionRequest { Model = model, Messages = [Message.User("What is in this picture?", picture)] });
Console.WriteLine(reply.Text);
