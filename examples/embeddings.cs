#:project ../src/Muxi.Llm/Muxi.Llm.csproj
// Finds the sentences that mean what a question means: embeddings and their similarity.
// Run: dotnet run examples/embeddings.cs [provider/model]
using Muxi.Llm;

var model = args.FirstOrDefault() ?? "sandbox/embed";
string[] sentences = ["The cat sleeps on the sofa.", "Stocks fell sharply on Monday.", "A dog barks in the garden.", "The kitten sleeps on the sofa, too."];

// As many texts as you like: more than a provider takes at once go in several requests.
EmbeddingResponse library = await EmbeddingResponse.CreateAsync(model, sentences);
EmbeddingResponse question = await EmbeddingResponse.CreateAsync(model, "Who sleeps on the sofa?");

foreach (Neighbour near in question.Data[0].Nearest(library.Data, 2))
    Console.WriteLine($"{near.Score:0.00} {sentences[near.Index]}");
Console.WriteLine($"{library.Data.Count} embeddings of {library.Data[0].Vector.Length} numbers, {library.Usage?.TotalTokens} tokens");
