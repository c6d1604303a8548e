#:project ../src/Muxi.Llm/Muxi.Llm.csproj
// A tool round by hand: the model asks for a call, we make it, the model answers with its result.
// Run: dotnet run examples/tools.cs [provider/model]
using System.Text.Json;
using Muxi.Llm;

var model = args.FirstOrDefault() ?? "sandbox/chat";
using var client = new LlmClient();
var request = new ChatCompletionRequest
{
    Model = model,
    Messages = [Message.User("What is the weather in Paris?")],
    Tools =
    [
        Tool.FromFunction("get_weather", "The weather of a city now.", """
            {"type":"object","properties":{"city":{"type":"string"}},"required":["city"],"additionalProperties":false}
            """),
    ],
};

ChatCompletion asked = await client.Chat.Completions.CreateAsync(request);
List<Message> messages = [.. request.Messages, asked.Choices[0].Message];
foreach (ToolCall call in asked.ToolCalls)
{
    Console.WriteLine($"{call.Function.Name}({call.Function.Arguments})");
    // What a model writes is not to be trusted: it may be no JSON, or lack the member.
    using JsonDocument arguments = JsonDocument.Parse(call.Function.Arguments);
    string city = arguments.RootElement.TryGetProperty("city", out JsonElement value) ? value.ToString() : "?";
    messages.Add(Message.Tool(call.Id, $"18 degrees and sunny in {city}"));
}

ChatCompletion answered = await client.Chat.Completions.CreateAsync(request with { Messages = messages });
Console.WriteLine(answered.Text);
