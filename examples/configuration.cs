#:project ../src/Muxi.Llm/Muxi.Llm.csproj
// Settings out of a YAML file, with settings in code before them. The same file serves the command line: MUXI_LLM_CONFIG=llm.yaml muxi-llm chat
// Run: dotnet run examples/configuration.cs [FILE]
using Muxi.Llm;

LlmConfiguration file = args.Length > 0 ? LlmConfiguration.Load(args[0]) : LlmConfiguration.Parse("""
    model: brief
    aliases:
      brief:
        model: sandbox/chat
        fallbacks: [sandbox/echo]
        defaults: {max_tokens: 40, temperature: 0}
    timeouts: {first_byte: 30s, total: 2m}
    retries: {max: 1}
    providers:
      house:                                 # a service of one's own that speaks OpenAI's format
        base_url: https://llm.house.example/v1
        api_key_env: HOUSE_API_KEY
        default_model: large
        chat: {drops: [logit_bias], variants: {"*-old": {max_tokens_field: max_new_tokens}}}
    """, "the example");

using var client = new LlmClient(new LlmOptions { Configuration = file, Retries = new Retries { Max = 0 } });
foreach (Provider provider in client.Configuration.Providers) Console.WriteLine($"{provider.Name} is asked at {provider.BaseUrl}, with the key in {provider.KeyVariables[0]}");

// An empty model is the default one: brief, and what the file says of it.
ChatCompletion reply = await client.Chat.Completions.CreateAsync(new ChatCompletionRequest { Model = "", Messages = [Message.User("Hello")] });
Console.WriteLine(reply.Text);

try
{
    LlmConfiguration.Parse("timeouts:\n  first_byte: 5x", "broken.yaml");
}
catch (ConfigurationException e)
{
    Console.WriteLine(e.Message);
}
