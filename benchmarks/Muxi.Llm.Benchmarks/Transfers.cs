using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Muxi.Llm.Benchmarks;

/// <summary>
/// How much memory a file of 1 GB takes on its way, up and down, by the library alone and through the server: the peak working set of the process over what it had when it was idle.
/// Each side is a process of its own, on loopback; a third one takes and gives the bytes. Linux only, as it reads /proc.
/// </summary>
internal static class Transfers
{
    private const long Size = 1L << 30;
    private const double MostMegabytes = 40;

    private static readonly string _program = typeof(Transfers).Assembly.Location;

    /// <summary>Prints the table; 1 when a number does not hold.</summary>
    /// <param name="server">The command line's program, <c>muxi-llm.dll</c>.</param>
    public static async Task<int> RunAsync(string server)
    {
        var file = Path.Combine(Path.GetTempPath(), $"muxi-llm-transfer-{Environment.ProcessId}");
        using (var sparse = new FileStream(file, FileMode.CreateNew)) sparse.SetLength(Size);
        using var service = Start(_program, [], "--transfers-service");
        var url = "http://127.0.0.1:" + await service.StandardOutput.ReadLineAsync();
        var port = FreePort();
        using var gateway = Start(server, new() { ["OPENAI_API_KEY"] = "k", ["OPENAI_BASE_URL"] = url }, "serve", "--port", port.ToString(CultureInfo.InvariantCulture));
        var holds = true;
        try
        {
            await ReadyAsync(port);
            Console.WriteLine("| | process | peak over idle | time | at most | |\n|---|---|--:|--:|--:|---|");
            foreach (var (what, by, target, measured) in (IEnumerable<(string, string, string, Process?)>)
            [
                ("upload, one call", "library", url, null), ("upload, parts of 64 MB", "library", url, null), ("download", "library", url, null),
                ("upload, parts of 64 MB", "serve", $"http://127.0.0.1:{port}/v1", gateway), ("download", "serve", $"http://127.0.0.1:{port}/v1", gateway),
            ])
            {
                var verb = what.StartsWith("download", StringComparison.Ordinal) ? "download" : what.EndsWith("call", StringComparison.Ordinal) ? "upload" : "parts";
                if (measured is not null) await MeasureAsync(verb, target, file, 1 << 20);
                var idle = measured is null ? 0 : Reset(measured);
                var since = TimeProvider.System.GetTimestamp();
                var ofClient = await MeasureAsync(verb, target, file, Size);
                var megabytes = measured is null ? ofClient : (Memory(measured.Id, "VmHWM") - idle) / 1024.0;
                var verdict = megabytes <= MostMegabytes ? "ok" : "too much";
                holds &= verdict == "ok";
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {what} | {by} | {megabytes:0.0} MB | {TimeProvider.System.GetElapsedTime(since).TotalSeconds:0.0} s | {MostMegabytes:0} MB | {verdict} |"));
            }
        }
        finally
        {
            gateway.Kill(entireProcessTree: true);
            service.Kill();
            File.Delete(file);
        }
        return holds ? 0 : 1;
    }

    /// <summary>The process that is measured: one transfer by the library. Prints its peak over idle in MB.</summary>
    public static async Task ClientAsync(string verb, string url, string file, long size)
    {
        using var client = new LlmClient(new()
        {
            Environment = static _ => null,
            Providers = [new("bench", url, Auth.None) { Files = new OpenAIFiles { MaxBytes = verb == "parts" ? 1 : 0 }, Uploads = new OpenAIUploads { MaxBytes = 8L << 30, MaxPartBytes = 64L << 20 } }],
        });
        var target = file + ".down";
        try
        {
            // The code is warm before it is measured: what is asked for is what a transfer takes, not what a program takes.
            await TransferAsync(client, verb, file, target, 1 << 20);
            GC.Collect();
            var idle = Reset(Process.GetCurrentProcess());
            await TransferAsync(client, verb, file, target, size);
            Console.WriteLine(((Memory(Environment.ProcessId, "VmHWM") - idle) / 1024.0).ToString(CultureInfo.InvariantCulture));
        }
        finally
        {
            File.Delete(target);
        }
    }

    /// <summary>The other end: takes whatever is sent, gives a gigabyte (or as much as the id says).</summary>
    public static async Task ServiceAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Console.WriteLine(((IPEndPoint)listener.LocalEndpoint).Port);
        while (true) _ = ServeAsync(await listener.AcceptSocketAsync());
    }

    private static async Task TransferAsync(LlmClient client, string verb, string file, string target, long size)
    {
        if (verb == "download")
        {
            await client.Files.DownloadAsync($"bench/file-{size}", target);
            if (new FileInfo(target).Length != size) throw new InvalidOperationException("not all came");
            return;
        }
        var source = size == Size ? FileSource.FromFile(file) : FileSource.FromBytes(new byte[size], "warm");
        var stored = await client.Files.UploadAsync(new() { File = source, Purpose = "assistants", Provider = "bench" });
        if (!stored.Id.EndsWith("file-1", StringComparison.Ordinal)) throw new InvalidOperationException(stored.Id);
    }

    private static async Task<double> MeasureAsync(string verb, string url, string file, long size)
    {
        using var client = Start(_program, [], "--transfers-client", verb, url, file, size.ToString(CultureInfo.InvariantCulture));
        var said = await client.StandardOutput.ReadToEndAsync();
        await client.WaitForExitAsync();
        return client.ExitCode == 0 ? double.Parse(said, CultureInfo.InvariantCulture) : throw new InvalidOperationException($"the transfer failed: {said}");
    }

    private static Process Start(string program, Dictionary<string, string> environment, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet", [program, .. arguments]) { RedirectStandardOutput = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    private static async Task ReadyAsync(int port)
    {
        using var http = new HttpClient();
        for (var i = 0; ; i++)
        {
            try
            {
                await http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/health"));
                return;
            }
            catch (HttpRequestException) when (i < 100)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            }
        }
    }

    /// <summary>Begins to count the peak anew; gives what the process has now, in kB.</summary>
    private static long Reset(Process process)
    {
        File.WriteAllText($"/proc/{process.Id}/clear_refs", "5");
        return Memory(process.Id, "VmRSS");
    }

    private static long Memory(int process, string what) =>
        long.Parse(File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith(what, StringComparison.Ordinal)).Split(':')[1].Trim().Split(' ')[0], CultureInfo.InvariantCulture);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task ServeAsync(Socket socket)
    {
        var buffer = new byte[1 << 16];
        using (socket)
        {
            try
            {
                while (await HeadAsync(socket, buffer) is { } head) await AnswerAsync(socket, head, buffer);
            }
            catch (SocketException)
            {
                // The client has gone.
            }
        }
    }

    private static async Task<string?> HeadAsync(Socket socket, byte[] buffer)
    {
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await socket.ReceiveAsync(buffer.AsMemory(0, 1)) == 0) return null;
            head.Append((char)buffer[0]);
        }
        return head.ToString();
    }

    private static async Task AnswerAsync(Socket socket, string head, byte[] buffer)
    {
        if (head.Contains("100-continue", StringComparison.OrdinalIgnoreCase)) await socket.SendAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray());
        var length = head.Split("\r\n").FirstOrDefault(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase)) is { } line ? long.Parse(line.Split(':')[1], CultureInfo.InvariantCulture) : 0;
        while (length > 0) length -= await socket.ReceiveAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, length)));
        const string Stored = """{"id":"file-1","object":"file","bytes":1,"created_at":1,"filename":"a","purpose":"assistants","status":"processed"}""";
        var path = head.Split(' ')[1];
        if (path.EndsWith("/content", StringComparison.Ordinal))
        {
            var size = long.Parse(path.Split('/')[^2].Split('-')[1], CultureInfo.InvariantCulture);
            await SendAsync(socket, $"application/octet-stream\r\ncontent-length: {size}\r\n\r\n");
            for (Array.Clear(buffer); size > 0; size -= Math.Min(buffer.Length, size)) await socket.SendAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, size)));
            return;
        }
        var body = path.EndsWith("/files", StringComparison.Ordinal) ? Stored
            : path.EndsWith("/parts", StringComparison.Ordinal) ? """{"id":"part_1","object":"upload.part","created_at":1,"upload_id":"upload_1"}"""
            : $$"""{"id":"upload_1","object":"upload","bytes":1,"created_at":1,"filename":"a","purpose":"assistants","status":"completed","expires_at":2,"file":{{Stored}}}""";
        await SendAsync(socket, $"application/json\r\ncontent-length: {body.Length}\r\n\r\n{body}");
    }

    private static async Task SendAsync(Socket socket, string rest) => await socket.SendAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\ncontent-type: " + rest));
}
