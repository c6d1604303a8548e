namespace Muxi.Llm.Tests;

/// <summary>Settings of servers that are started here. The program is a script that tells its arguments and ends, or hangs: what was set is seen in the error.</summary>
internal static partial class WireRows
{
    private static string Tells => Path.Combine(RowFolder.Path, "tells");

    private static string Row => "llama_cpp/" + Path.Combine(RowFolder.Path, "row.gguf");

    private static IEnumerable<WireRow> LocalServerRows =>
    [
        OfLocal("LlmOptions.LocalServers", Row, new(), new() { Command = Tells }, Says("given: "), "True"),
        .. InBoth("Command", "command", Row, new(), new() { Command = Tells }, Says("given: "), "True"),
        .. InBoth("Arguments", "arguments", Row, new() { Command = Tells }, new() { Command = Tells, Arguments = ["--ctx-size", "77"] }, Says("--ctx-size 77"), "True"),
        .. InBoth("ModelsFolder", "models_folder", "llama_cpp/row.gguf", new() { Command = Tells }, new() { Command = Tells, ModelsFolder = RowFolder.Path }, Says("given: "), "True"),
        .. InBoth("StartTimeout", "start_timeout", Row, new() { Command = Path.Combine(RowFolder.Path, "hangs"), StartTimeout = TimeSpan.FromSeconds(0.5) }, new() { Command = Path.Combine(RowFolder.Path, "hangs"), StartTimeout = TimeSpan.FromSeconds(0.2) }, Says("after 200ms"), "True"),
        .. InBoth("IdleTime", "idle_time", Row, new() { Command = Tells }, new() { Command = Tells, IdleTime = TimeSpan.FromSeconds(7) }, (run, _) => Ordered(run).IdleTime.ToString(), "00:00:07"),
        .. InBoth("MaxServers", "max_servers", Row, new() { Command = Tells }, new() { Command = Tells, MaxServers = 9 }, (run, _) => Ordered(run).MaxServers.ToString(System.Globalization.CultureInfo.InvariantCulture), "9"),
        OfLocal("yaml local_servers", Row, new(), new() { Command = Tells }, Says("given: "), "True", inYaml: true),
    ];

    /// <summary>The same setting in code and in a file.</summary>
    private static IEnumerable<WireRow> InBoth(string property, string key, string model, LocalServerOptions plain, LocalServerOptions set, Func<WireRun, IReadOnlyList<SeenRequest>, string> see, string effect) =>
        [OfLocal($"LocalServerOptions.{property}", model, plain, set, see, effect), OfLocal($"yaml local_servers.{key}", model, plain, set, see, effect, inYaml: true)];

    private static WireRow OfLocal(string name, string model, LocalServerOptions plain, LocalServerOptions set, Func<WireRun, IReadOnlyList<SeenRequest>, string> see, string effect, bool inYaml = false)
    {
        return new(name, _ => (With(set), null), see, effect) { Plain = _ => (With(plain), null), Model = model };

        LlmOptions With(LocalServerOptions servers) => inYaml
            ? new() { Environment = static _ => null, Configuration = LlmConfiguration.Parse($"local_servers: {Yaml(servers)}") }
            : new() { Environment = static _ => null, Configuration = LlmConfiguration.Empty, LocalServers = servers };
    }

    private static string Yaml(LocalServerOptions servers)
    {
        string?[] keys =
        [
            servers.Command is { } command ? $"command: \"{command}\"" : null, servers.ModelsFolder is { } folder ? $"models_folder: \"{folder}\"" : null, $"arguments: [{string.Join(", ", servers.Arguments.Select(static one => $"\"{one}\""))}]",
            $"start_timeout: {Durations.Text(servers.StartTimeout)}", $"idle_time: {Durations.Text(servers.IdleTime)}", $"max_servers: {servers.MaxServers}",
        ];
        return $"{{{string.Join(", ", keys.OfType<string>())}}}";
    }

    private static Func<WireRun, IReadOnlyList<SeenRequest>, string> Says(string words) => (run, _) => run.Error!.Message.Contains(words, StringComparison.Ordinal).ToString();

    /// <summary>What a server would be run with: that it takes effect is seen where real ones are.</summary>
    private static LocalServerOptions Ordered(WireRun run) => new ServerOrder(new(Providers.LlamaCpp.Launch!, ""), "chat", run.Settings) { Name = "", Logger = Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance }.Options;

    /// <summary>The model and the scripts; made when a row first needs them.</summary>
    private static class RowFolder
    {
        public static string Path { get; } = Make();

        private static string Make()
        {
            var folder = Directory.CreateDirectory(System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"muxi-rows-{Environment.ProcessId}")).FullName;
            File.WriteAllText(System.IO.Path.Combine(folder, "row.gguf"), "");
            Write(System.IO.Path.Combine(folder, "tells"), "echo \"given: $*\"; exit 1");
            Write(System.IO.Path.Combine(folder, "hangs"), "while :; do sleep 0.1; done");
            AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
            return folder;
        }

        private static void Write(string path, string body)
        {
            File.WriteAllText(path, $"#!/bin/sh\n{body}\n");
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
