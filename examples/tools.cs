#:project ../src/Muxi.Llm/Muxi.Llm.csproj
// Tools from C# methods: the model calls them, we run them, until it answers. Then the same, streamed.
// Run: dotnet run examples/tools.cs [provider/model]
using System.ComponentModel;
using Muxi.Llm;

var model = args.FirstOrDefault() ?? "sandbox/chat";
FunctionTool weather = FunctionTool.Create(GetWeather, new() { Name = "get_weather", RunsInParallel = true });

ChatCompletion reply = await ChatCompletion.RunToolsAsync(model, "What is the weather in Paris?", [weather]);
foreach (Message message in reply.Transcript)
{
    foreach (ToolCall call in message.ToolCalls) Console.WriteLine($"{call.Function.Name}({call.Function.Arguments})");
    if (message.Role == Role.Tool) Console.WriteLine($"= {message.Content}");
}
Console.WriteLine($"{reply.Text}\n{reply.Rounds.Count} rounds, {reply.Usage?.TotalTokens} tokens in all\n");

await foreach (ToolLoopEvent it in ChatCompletion.StreamToolsAsync(model, "And in Rome?", [weather]))
{
    Console.Write(it.Text);
    if (it.Type == ToolLoopEventType.CallStarted) Console.WriteLine($"calling {it.Call!.Function.Name} ...");
}
Console.WriteLine();

[Description("The weather of a city now.")]
static async Task<string> GetWeather([Description("The city's name")] string city, CancellationToken cancellationToken)
{
    await Task.Delay(10, cancellationToken);
    return $"18 degrees and sunny in {city}";
}
