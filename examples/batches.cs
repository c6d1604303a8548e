#:project ../src/Muxi.Llm/Muxi.Llm.csproj
// Has several requests answered at once, waits, and prints a result for each.
// Run: dotnet run examples/batches.cs [model]
using Muxi.Llm;

var model = args.ElementAtOrDefault(0) ?? "sandbox/chat";
string[] cities = ["Oslo", "Lima", "Seoul"];
var requests = cities.Select(city => new BatchRequest(city.ToLowerInvariant(), new ChatCompletionRequest { Model = model, Messages = [Message.User($"Say hello to {city}.")] })).ToList();

using var client = new LlmClient();
var batch = await client.Batches.CreateAsync(requests, new() { Metadata = model.StartsWith("anthropic/", StringComparison.Ordinal) ? null : new Dictionary<string, string> { ["job"] = "hello" } });
Console.WriteLine($"{batch.QualifiedId}: {batch.Status}");

// The sandbox goes on whenever it is asked; a service takes minutes to a day, and the batch goes on when this program has ended.
var waiting = new BatchWaiting { Interval = model.StartsWith("sandbox/", StringComparison.Ordinal) ? TimeSpan.FromMilliseconds(50) : TimeSpan.FromMinutes(1) };
batch = await client.Batches.WaitAsync(batch.QualifiedId, waiting, new Progress<Batch>(at => Console.Error.WriteLine($"{at.Status}: {at.RequestCounts?.Completed} of {at.RequestCounts?.Total}")));
Console.WriteLine($"{batch.Status}: {batch.RequestCounts?.Completed} of {batch.RequestCounts?.Total} done");

await foreach (var result in client.Batches.ResultsAsync(batch, requests))
    Console.WriteLine($"{result.CustomId}: {result.Chat?.Text ?? $"{result.Outcome}: {result.Error!.Message}"}");
