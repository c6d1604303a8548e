using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace Muxi.Llm.Benchmarks;

/// <summary>
/// What many embeddings allocate: 2,048 of 1,536 numbers over a real socket, from a server that is a process of its own so that nothing of its making is counted. The first
/// call pays for everything that a program does once.
/// </summary>
internal static class EmbeddingsCheck
{
    /// <summary>The argument that makes this program the server.</summary>
    public const string Serve = "--serve-embeddings";

    private const int Texts = 2048, Dimensions = 1536, Calls = 5;
    private const long Result = (long)Texts * Dimensions * sizeof(float);
    private const double AtMost = 1.2;

    /// <summary>Adds the rows to the table; whether the numbers hold. To be called before anything else, for the sake of the first call.</summary>
    public static async Task<bool> JudgeAsync(StringBuilder table)
    {
        using var server = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [typeof(EmbeddingsCheck).Assembly.Location, Serve]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        var port = int.Parse((await server.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);
        using var client = new LlmClient(new()
        {
            BaseUrls = new Dictionary<string, Uri> { ["openai"] = new($"http://127.0.0.1:{port}/v1") }, ApiKeys = new Dictionary<string, string> { ["openai"] = "sk-benchmark" }, Environment = static _ => null,
        });
        var request = new EmbeddingRequest { Model = "openai/text-embedding-3-small", Input = Enumerable.Range(0, Texts).Select(number => $"text {number}").ToArray() };
        var bytes = new List<long>();
        for (var call = 0; call <= Calls; call++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            var reply = await client.Embeddings.CreateAsync(request);
            bytes.Add(GC.GetTotalAllocatedBytes(precise: true) - before);
            if (reply.Data.Count != Texts || reply.Data[^1].Vector.Length != Dimensions) throw new InvalidOperationException("the embeddings are not whole");
        }
        server.StandardInput.Close();
        await server.WaitForExitAsync();
        var first = Row(table, "2,048 embeddings, first call: bytes", bytes[0]);
        return Row(table, "2,048 embeddings, later calls: bytes", bytes.Skip(1).Order().ElementAt(Calls / 2)) && first;
    }

    /// <summary>Answers every request with the same embeddings until its input is closed.</summary>
    public static async Task<int> ServeAsync()
    {
        var body = Body();
        byte[] answer = [.. Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n"), .. body];
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Console.WriteLine(((IPEndPoint)listener.LocalEndpoint).Port);
        var serving = Task.Run(async () =>
        {
            while (true) _ = AnswerAsync(await listener.AcceptTcpClientAsync(), answer);
        });
        await Task.WhenAny(serving, Console.In.ReadToEndAsync());
        return 0;
    }

    private static async Task AnswerAsync(TcpClient client, byte[] answer)
    {
        using (client)
        {
            var stream = client.GetStream();
            using var reader = new StreamReader(stream, Encoding.ASCII);
            while (await reader.ReadLineAsync() is not null)
            {
                var length = 0;
                while (await reader.ReadLineAsync() is { Length: > 0 } header)
                    if (header.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase)) length = int.Parse(header.AsSpan("Content-Length:".Length), CultureInfo.InvariantCulture);
                var body = new char[length];
                await reader.ReadBlockAsync(body);
                await stream.WriteAsync(answer);
            }
        }
    }

    private static byte[] Body()
    {
        var vector = new float[Dimensions];
        for (var i = 0; i < vector.Length; i++) vector[i] = (i % 997) / 2048f;
        var base64 = Convert.ToBase64String(MemoryMarshal.AsBytes<float>(vector));
        var data = string.Join(',', Enumerable.Range(0, Texts).Select(index => $$"""{"object":"embedding","index":{{index}},"embedding":"{{base64}}"}"""));
        return Encoding.ASCII.GetBytes($$$"""{"object":"list","data":[{{{data}}}],"model":"text-embedding-3-small","usage":{"prompt_tokens":6144,"total_tokens":6144}}""");
    }

    private static bool Row(StringBuilder table, string name, long bytes)
    {
        var ratio = bytes / (double)Result;
        var holds = ratio <= AtMost;
        table.Append(CultureInfo.InvariantCulture, $"| {name} | result | {bytes:N0} B | {Result:N0} B | {ratio:0.00} | {AtMost:0.00} | {(holds ? "ok" : "too much")} |\n");
        return holds;
    }
}
