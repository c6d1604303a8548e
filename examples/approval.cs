#:project ../src/Muxi.Llm/Muxi.Llm.csproj
// Calls that a person, or a rule, must allow; limits; and a tool that tells the model what went wrong.
// Run: dotnet run examples/approval.cs [provider/model]
using Muxi.Llm;

var model = args.FirstOrDefault() ?? "sandbox/chat";
using var client = new LlmClient();
FunctionTool[] tools =
[
    FunctionTool.Create((string path) => $"deleted {path}", new() { Name = "delete_file", Description = "Deletes a file.", NeedsApproval = true }),
    FunctionTool.Create(
        string (string path) => throw new ToolErrorException($"{path} is not there"),
        new() { Name = "read_file", Description = "Reads a file.", Timeout = TimeSpan.FromSeconds(10) }),
];
var loop = new ToolLoopOptions
{
    MaxRounds = 5,
    TotalTime = TimeSpan.FromMinutes(2),
    AnswersAtLimit = true,
    Approve = (waiting, cancellationToken) =>
    {
        Console.WriteLine($"may {waiting.Tool.Name} run with {waiting.Call.Function.Arguments}? no");
        return Task.FromResult(ToolApproval.Reject("files may only be read here"));
    },
};

var request = new ChatCompletionRequest { Model = model, Messages = [Message.User("Tidy up the folder.")] };
try
{
    ChatCompletion reply = await client.Chat.Completions.RunToolsAsync(request, tools, loop);
    foreach (Message result in reply.Transcript.Where(message => message.Role == Role.Tool)) Console.WriteLine($"the model was told: {result.Content}");
    Console.WriteLine(reply.Text);
}
catch (ToolLoopException e)
{
    Console.WriteLine($"no answer ({e.End}): {e.Message}; {e.Transcript.Count} messages so far");
}
