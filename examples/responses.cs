#:project ../src/Muxi.Llm/Muxi.Llm.csproj
// Responses: an answer as it comes, one that goes on from it, a function that is called, and what the service has kept.
// Run: dotnet run examples/responses.cs [provider/model]
using Muxi.Llm;

var model = args.ElementAtOrDefault(0) ?? "sandbox/chat";
using var client = new LlmClient();

Response? first = null;
await foreach (ResponseStreamEvent one in client.Responses.StreamAsync(new ResponseRequest { Model = model, Instructions = "Be brief.", Input = "Why is the sky blue?" }))
{
    if (one.TextDelta is { } text) Console.Write(text);
    if (one.IsLast) first = one.Response;
}
Console.WriteLine($"\n{first!.QualifiedId}: {first.Usage?.TotalTokens} tokens");

// The service has kept what was said: only what is new is sent.
Response next = await client.Responses.CreateAsync(new() { Model = model, PreviousResponseId = first.QualifiedId, Input = "And at sunset?" });
Console.WriteLine(next.OutputText);

// A function: its call comes as an item, its result goes back as one.
ResponseTool weather = ResponseTool.FromFunction("weather", "The weather in a city.", """{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}""");
ResponseItem question = ResponseItem.User("What is the weather in Lisbon?");
Response asked = await client.Responses.CreateAsync(new() { Model = model, Input = [question], Tools = [weather], ToolChoice = ToolChoice.Required });
foreach (ResponseItem call in asked.FunctionCalls)
{
    Console.WriteLine($"{call.Name}({call.Arguments})");
    Response told = await client.Responses.CreateAsync(new()
    {
        Model = model, Tools = [weather], Input = [question, .. asked.Output, ResponseItem.FunctionCallOutput(call.CallId!, "18 degrees, clear")],
    });
    Console.WriteLine(told.OutputText);
}

await foreach (ResponseItem item in client.Responses.InputItemsAsync(next.QualifiedId)) Console.WriteLine($"{item.Type} of {item.Role}: {item.Content?.Text}");
Console.WriteLine((await client.Responses.DeleteAsync(first.QualifiedId)).Deleted);
