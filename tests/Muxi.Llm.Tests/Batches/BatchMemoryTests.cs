namespace Muxi.Llm.Tests;

/// <summary>What a large batch costs in memory. Others that run beside would be counted too.</summary>
[Collection(nameof(Alone))]
public sealed class BatchMemoryTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Many_requests_are_not_held_in_memory()
    {
        var lines = 0;
        await using var server = await TestServer.StartAsync(async context =>
        {
            var buffer = new byte[1 << 16];
            while (await context.Request.Body.ReadAsync(buffer, context.RequestAborted) is > 0 and var count) lines += buffer.AsSpan(0, count).Count((byte)'\n');
            await Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(context.Response, context.Request.Path == "/files" ? BatchWire.File() : BatchWire.Batch("validating"), context.RequestAborted);
        });
        using var client = Calls.ClientFor(server.Url);
        var prompt = new string('x', 2000);
        var (before, most) = (GC.GetTotalMemory(forceFullCollection: true), 0L);

        await client.Batches.CreateAsync(Requests(), null, null, Token);

        // The form has some lines of its own.
        Assert.InRange(lines, 50_000, 50_030);
        // They have more than a hundred megabytes.
        Assert.InRange(most - before, long.MinValue, 40L << 20);

        IEnumerable<BatchRequest> Requests()
        {
            for (var i = 0; i < 50_000; i++)
            {
                if (i % 5000 == 0) most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true));
                yield return BatchWire.Ask($"request-{i}", prompt: prompt);
            }
        }
    }
}
