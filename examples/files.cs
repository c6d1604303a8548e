#:project ../src/Muxi.Llm/Muxi.Llm.csproj
// Hands a file over, refers to it in a conversation, fetches it and deletes it.
// Run: dotnet run examples/files.cs [provider] [file] [model]
using Muxi.Llm;

var provider = args.ElementAtOrDefault(0) ?? "sandbox";
var path = args.ElementAtOrDefault(1);
var model = args.ElementAtOrDefault(2) ?? $"{provider}/chat";
if (path is null) File.WriteAllText(path = Path.Combine(Path.GetTempPath(), "muxi-llm-example.txt"), "The meeting is on Monday.");

using var client = new LlmClient();
var file = await client.Files.UploadAsync(new FileCreateRequest
{
    Provider = provider,
    File = FileSource.FromFile(path) with { Progress = new Progress<TransferProgress>(at => Console.Error.Write($"\r{at.Bytes} of {at.Total} bytes ")) },
});
Console.WriteLine($"kept as {file.QualifiedId}: {file.Filename}, {file.Bytes} bytes");
try
{
    file = await client.Files.WaitAsync(file.QualifiedId);
    var reply = await client.Chat.Completions.CreateAsync(new() { Model = model, Messages = [Message.User("What does this say?", Document.FromId(file.QualifiedId))] });
    Console.WriteLine(reply.Text);

    var folder = Directory.CreateTempSubdirectory("muxi-llm-");
    var copy = await client.Files.DownloadAsync(file.QualifiedId, folder.FullName);
    Console.WriteLine($"fetched {Path.GetFileName(copy)}, {new FileInfo(copy).Length} bytes");
    folder.Delete(recursive: true);
}
catch (BadRequestException e)
{
    // Not every service gives a file back.
    Console.WriteLine(e.Message);
}
finally
{
    Console.WriteLine($"deleted: {(await client.Files.DeleteAsync(file.QualifiedId)).Deleted}");
}
