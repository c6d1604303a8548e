#:project ../src/Muxi.Llm/Muxi.Llm.csproj
// Ranks texts by how well they fit a question, the best first.
// Run: dotnet run examples/rerank.cs [provider/model]
using Muxi.Llm;

var model = args.FirstOrDefault() ?? "sandbox/rerank";
string[] notes = ["The cat sleeps on the sofa.", "Stocks fell sharply on Monday.", "The dog sleeps in the garden.", "The sofa is red."];

RerankResponse reply = await RerankResponse.CreateAsync(new()
{
    Model = model,
    Query = "Who sleeps on the sofa?",
    Documents = [.. notes],
    TopN = 3,
});

foreach (RerankResult result in reply.Results)
    Console.WriteLine($"{result.RelevanceScore:0.00} {notes[result.Index]}");
Console.WriteLine($"the best {reply.Results.Count} of {notes.Length}, {reply.Usage?.TotalTokens} tokens");
