#:project ../src/Muxi.Llm/Muxi.Llm.csproj
// A model that thinks before it answers, and a prompt that its service keeps for an hour; the turn goes back as it came, signatures included.
// Run: dotnet run examples/thinking.cs [provider/model], e.g. anthropic/claude-opus-4-8
using Muxi.Llm;

var model = args.FirstOrDefault() ?? "sandbox/chat";
using var client = new LlmClient();
RawJson hour = """{"type":"ephemeral","ttl":"1h"}""";
var request = new ChatCompletionRequest
{
    Model = model,
    ReasoningEffort = ReasoningEffort.Low,
    Messages = [Message.System("You are a patient teacher of mathematics.") with { CacheControl = hour }, Message.User("Is 2027 a prime number?")],
};

ChatCompletion first = await client.Chat.Completions.CreateAsync(request);
Message answer = first.Choices[0].Message;
Console.WriteLine($"thought: {answer.ReasoningContent ?? "(nothing that is shown)"}");
Console.WriteLine(answer.Content);

ChatCompletion second = await client.Chat.Completions.CreateAsync(request with { Messages = [.. request.Messages, answer, Message.User("How do you know?")] });
Console.WriteLine(second.Text);
Console.WriteLine($"from the cache: {second.Usage?.PromptTokensDetails?.CachedTokens ?? 0} of {second.Usage?.PromptTokens} tokens");
foreach (Warning warning in second.Warnings) Console.WriteLine($"not as asked: {warning.Param}: {warning.Message}");
