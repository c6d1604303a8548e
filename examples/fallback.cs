#:project ../src/Muxi.Llm/Muxi.Llm.csproj
// When a model fails, others are asked in order; the reply says who answered and what was tried before.
// Run: dotnet run examples/fallback.cs
using Muxi.Llm;

using var client = new LlmClient(new LlmOptions
{
    // For every call whose model is "careful"; a call's own fallbacks go before them.
    Aliases = new Dictionary<string, string> { ["careful"] = "sandbox/overloaded" },
    Fallbacks = new Dictionary<string, IReadOnlyList<Fallback>>
    {
        ["careful"] = ["sandbox/rate-limit", new Fallback("sandbox/chat") { Options = new RequestOptions { MaxRetries = 0 } }],
    },
    Retries = new Retries { Max = 1, InitialDelay = TimeSpan.FromMilliseconds(50), MaxRetryAfter = TimeSpan.Zero },
});
var request = new ChatCompletionRequest { Model = "careful", Messages = [Message.User("Hello")] };

ChatCompletion reply = await client.Chat.Completions.CreateAsync(request);
Console.WriteLine(reply.Text);
foreach (Attempt attempt in reply.Attempts) Console.WriteLine($"  {attempt.Target}: {attempt.Outcome}");

// A stream goes on elsewhere as long as nothing of an answer has come.
await foreach (ChatCompletionChunk chunk in client.Chat.Completions.StreamAsync(request, new RequestOptions { Fallbacks = ["sandbox/echo"] })) Console.Write(chunk.Text);
Console.WriteLine();

// A request that is wrong in itself goes on only where a fallback says so: a longer window, for one.
var longer = new RequestOptions { Fallbacks = [new Fallback("sandbox/chat") { On = [ErrorKind.ContextLength] }] };
Console.WriteLine((await client.Chat.Completions.CreateAsync(request with { Model = "sandbox/context-length" }, longer)).Attempts.Count + " attempts");

try
{
    await client.Chat.Completions.CreateAsync(request, new RequestOptions { Fallbacks = ["sandbox/overloaded"] });
}
catch (AllTargetsFailedException e)
{
    Console.WriteLine($"all {e.Failures.Count} failed, the last one as {e.Failures[^1].Kind}");
}
