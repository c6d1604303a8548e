using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Muxi.Llm.Tests;

/// <summary>
/// What 2,048 embeddings of 1,536 numbers cost in memory, asked for over a real socket by a program of its own, so that nothing but the client allocates there. The result
/// itself is 12.6 MB; anything of that size held beside it would show.
/// </summary>
public sealed class EmbeddingAllocationTests : IDisposable
{
    private const int Texts = 2048, Dimensions = 1536;
    private const double Result = (double)Texts * Dimensions * sizeof(float);

    private const string Program = """
        using System.Globalization;
        using Muxi.Llm;

        using var client = new LlmClient();
        var request = new EmbeddingRequest { Model = "openai/m", Input = Enumerable.Range(0, 2048).Select(number => $"text {number}").ToArray() };
        for (var call = 0; call < 3; call++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            var reply = await client.Embeddings.CreateAsync(request);
            var bytes = GC.GetTotalAllocatedBytes(precise: true) - before;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{bytes} {reply.Data.Count} {reply.Data[2047].Vector.Length} {reply.Data[2047].Vector.Span[1535]}"));
        }
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("muxi-embeddings");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task They_allocate_at_most_a_fifth_more_than_they_are_from_the_first_call_on(bool isBase64)
    {
        var body = Body(isBase64);
        await using var server = await TestServer.StartAsync(async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
            context.Response.ContentType = "application/json";
            await context.Response.Body.WriteAsync(body, context.RequestAborted);
        });

        var (exitCode, output, errors) = await Snippets.RunAsync(Program, _folder.FullName, new Dictionary<string, string> { ["OPENAI_API_KEY"] = Calls.Key, ["OPENAI_BASE_URL"] = server.Url.ToString() });

        Assert.True(exitCode == 0, errors);
        var calls = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')).ToList();
        Assert.Equal(3, calls.Count);
        Assert.All(calls, call => Assert.Equal(["2048", "1536", "0.25"], call[1..]));
        Assert.All(calls, call => Assert.InRange(double.Parse(call[0], CultureInfo.InvariantCulture) / Result, 1, 1.2));
        TestContext.Current.SendDiagnosticMessage(output);
    }

    private static byte[] Body(bool isBase64)
    {
        var vector = new float[Dimensions];
        for (var i = 0; i < vector.Length; i++) vector[i] = i == Dimensions - 1 ? 0.25f : (i % 997) / 2048f;
        var reply = new EmbeddingResponse { Model = "m", Data = [.. Enumerable.Range(0, Texts).Select(index => new Embedding { Index = index, Vector = vector })] };
        return Encoding.UTF8.GetBytes(reply.ToJson(isBase64 ? EncodingFormat.Base64 : EncodingFormat.Float));
    }
}
