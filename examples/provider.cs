#:project ../src/Muxi.Llm/Muxi.Llm.csproj
// A service that the library does not know: a few facts make it one more provider.
// Run: ACME_API_KEY=... dotnet run examples/provider.cs      (without the key it says which variable is missing)
using Muxi.Llm;

Catalog.Add(new Provider("acme", "https://llm.acme.example/v1", Auth.Bearer("ACME_TOKEN"))
{
    Chat = new OpenAIChat { Drops = ["logit_bias"] }.For("acme-reasoner*", dialect => dialect with { MaxTokensField = "max_completion_tokens" }),
});

ModelName name = Catalog.Resolve("acme/acme-reasoner-2");
Console.WriteLine($"{name} is asked at {name.Provider.BaseUrl}");
try
{
    Console.WriteLine((await ChatCompletion.CreateAsync("acme/acme-reasoner-2", "Hello")).Text);
}
catch (LlmException e)
{
    Console.WriteLine(e.Message);
}
