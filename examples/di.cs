#:project ../src/Muxi.Llm/Muxi.Llm.csproj
// Clients out of a container: settings in code, a second client by a name, and a handler of one's own around every call.
// Run: dotnet run examples/di.cs
using Microsoft.Extensions.DependencyInjection;
using Muxi.Llm;

var services = new ServiceCollection();
services.AddMuxiLlm(options => options with { DefaultModel = "sandbox/chat", Timeouts = new Timeouts { Total = TimeSpan.FromMinutes(5) } });
services.AddKeyedMuxiLlm("echo", options => options with { DefaultModel = "sandbox/echo" });
services.AddSingleton<Greeter>();

await using var container = services.BuildServiceProvider();
await container.GetRequiredService<Greeter>().GreetAsync();

sealed class Greeter(LlmClient client, [FromKeyedServices("echo")] LlmClient echo)
{
    public async Task GreetAsync()
    {
        // An empty model is the client's default one.
        var request = new ChatCompletionRequest { Model = "", Messages = [Message.User("Good morning")] };
        Console.WriteLine((await client.Chat.Completions.CreateAsync(request)).Text);
        Console.WriteLine($"echo: {(await echo.Chat.Completions.CreateAsync(request)).Text}");
    }
}
