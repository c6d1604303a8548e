#:project ../src/Muxi.Llm/Muxi.Llm.csproj
// Which models a provider has.
// Run: dotnet run examples/models.cs [provider]
using Muxi.Llm;

var provider = args.FirstOrDefault() ?? "sandbox";
using var client = new LlmClient();

var models = await client.Models.ListAsync(provider).Take(5).ToListAsync();
foreach (Model model in models) Console.WriteLine(model.Name);
Console.WriteLine($"{models[0].Name} is owned by {(await client.Models.RetrieveAsync(models[0].Name)).OwnedBy}");
