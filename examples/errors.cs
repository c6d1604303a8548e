#:project ../src/Muxi.Llm/Muxi.Llm.csproj
// What goes wrong, and how to tell: the sandbox's faults behave as real services do.
// Run: dotnet run examples/errors.cs
using Muxi.Llm;

foreach (var fault in (string[])["rate-limit", "context-length", "content-filter", "overloaded", "html-error"])
{
    try
    {
        await ChatCompletion.CreateAsync($"sandbox/{fault}", "Hello");
    }
    catch (RateLimitException e)
    {
        Console.WriteLine($"wait {e.RetryAfter?.TotalSeconds} s: {e.Message}");
    }
    catch (BadRequestException e)
    {
        Console.WriteLine($"change the request ({e.Kind}): {e.Message}");
    }
    catch (ServerException e)
    {
        Console.WriteLine($"try again, or elsewhere ({(int)e.Status}): {e.Message}");
    }
}

try
{
    await foreach (ChatCompletionChunk chunk in ChatCompletion.StreamAsync("sandbox/cut-stream", "Tell me something long.")) Console.Write(chunk.Text);
}
catch (StreamInterruptedException e)
{
    Console.WriteLine();
    Console.WriteLine($"a cut stream is never taken for a whole one; {e.Received?.Text.Length} characters had come");
}
