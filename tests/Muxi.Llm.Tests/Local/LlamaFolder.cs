namespace Muxi.Llm.Tests;

/// <summary>
/// A folder with a small model, the real <c>llama-server</c> for it, and scripts that stand before that. <c>MUXI_LLM_LLAMA_SERVER</c> names the program and
/// <c>MUXI_LLM_LLAMA_MODEL</c> the model; without them the tests that need them are skipped by name.
/// </summary>
internal sealed class LlamaFolder : IAsyncDisposable
{
    public const string Collection = "servers for models' files";
    public const string ServerVariable = "MUXI_LLM_LLAMA_SERVER";
    public const string ModelVariable = "MUXI_LLM_LLAMA_MODEL";
    public const string Answer = "Hello! I am a tiny model with hand-made weights.";
    public const string ServiceKey = "sk-canary-of-a-service";

    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(20);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("muxi-llama");

    public LlamaFolder()
    {
        (Program, var model) = Required();
        Model = PathTo("tiny.gguf");
        File.Copy(model, Model);
    }

    /// <summary>The real program.</summary>
    public string Program { get; }

    /// <summary>The model's file.</summary>
    public string Model { get; }

    /// <summary>The model's name.</summary>
    public string Name => "llama_cpp/" + Model;

    public string PathTo(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>Settings that know the program; nothing of the machine's environment is seen.</summary>
    public LlmOptions Options(string? program = null, LocalServerOptions? servers = null) => new()
    {
        Retries = Calls.Once,
        LocalServers = servers,
        Environment = name => name == "LLAMA_SERVER_PATH" ? program ?? Program : null,
    };

    /// <summary>A program of this body, in which <c>REAL</c> stands for the real one and <c>HERE</c> for the folder.</summary>
    public string Script(string name, string body)
    {
        var path = PathTo(name);
        File.WriteAllText(path, $"#!/bin/sh\n{body.Replace("REAL", $"'{Program}'", StringComparison.Ordinal).Replace("HERE", _folder.FullName, StringComparison.Ordinal)}\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    /// <summary>The processes of this folder, guards included, by their numbers.</summary>
    public IReadOnlyList<int> Processes() =>
        [.. Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(static name => name!.All(char.IsAsciiDigit)).Where(pid => CommandOf(int.Parse(pid!, System.Globalization.CultureInfo.InvariantCulture)).Contains(_folder.FullName, StringComparison.Ordinal)).Select(pid => int.Parse(pid!, System.Globalization.CultureInfo.InvariantCulture))];

    /// <summary>The servers among them: a guard is a shell.</summary>
    public IReadOnlyList<int> Servers() => [.. Processes().Where(static pid => CommandOf(pid).StartsWith('/') && CommandOf(pid).Split('\0')[0].EndsWith("llama-server", StringComparison.Ordinal))];

    /// <summary>The words that a process was started with; empty where it has ended.</summary>
    public static string CommandOf(int pid) => ReadOf(pid, "cmdline");

    /// <summary>What the system tells of a process; empty where it has ended.</summary>
    public static string ReadOf(int pid, string what)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/{what}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    /// <summary>Waits until no process of this folder is left.</summary>
    public Task GoneAsync() => UntilAsync(() => Processes().Count == 0, () => $"still there: {string.Join("; ", Processes().Select(CommandOf))}");

    /// <summary>Waits for what other processes do, of which no event tells.</summary>
    public static async Task UntilAsync(Func<bool> isSo, Func<string>? otherwise = null)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (!isSo())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(since) < _limit, otherwise?.Invoke() ?? "it did not become so");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Sends a signal.</summary>
    public static async Task SignalAsync(string signal, int pid)
    {
        using var kill = System.Diagnostics.Process.Start("/bin/sh", ["-c", $"kill -{signal} {pid}"]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Every test ends so: nothing of it is left.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await GoneAsync();
        }
        finally
        {
            foreach (var pid in Processes()) await SignalAsync("KILL", pid);
            _folder.Delete(recursive: true);
        }
    }

    private static (string, string) Required()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "processes are looked at as Linux shows them");
        if (Environment.GetEnvironmentVariable(ServerVariable) is not { Length: > 0 } program)
        {
            Assert.Skip($"{ServerVariable} is not set");
            throw new InvalidOperationException();
        }
        var named = Environment.GetEnvironmentVariable(ModelVariable);
        var model = named is { Length: > 0 } ? named : Repo.PathTo("..", "shared", "models", "tiny.gguf");
        if (named is not { Length: > 0 } && !File.Exists(model)) Assert.Skip($"{ModelVariable} is not set");
        Assert.True(File.Exists(program), $"{ServerVariable} names {program}, which is not there");
        Assert.True(File.Exists(model), $"{ModelVariable} names {model}, which is not there");
        return (program, model);
    }
}
