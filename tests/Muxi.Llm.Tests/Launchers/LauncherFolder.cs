using System.Diagnostics;

namespace Muxi.Llm.Tests;

/// <summary>The repository's launchers in a folder of their own (its path has spaces), with a stand-in for the SDK that notes how it is called.</summary>
/// <remarks>The stand-in answers <c>build</c> by making the files that a build makes, or fails where a file <c>broken</c> lies; a program it is
/// told to run prints where it stands, its process id and its arguments and ends with 7, or as the file beside it ending in <c>.says</c> says.</remarks>
internal sealed class LauncherFolder : IDisposable
{
    private const string Sdk = """
        #!/usr/bin/env bash
        echo "$*" >>"$SDK_CALLS"
        case $1 in
          --list-sdks) echo "10.0.100 [somewhere]" ;;
          build)
            echo "a word from the build"
            [ ! -f broken ] || exit 1
            out=''
            while [ $# -gt 0 ]; do
              [ "$1" != --artifacts-path ] || out=$2
              shift
            done
            if [ -n "$out" ]; then
              mkdir -p "$out/obj" "$out/bin/Muxi.Llm.Cli/release"
              echo new >"$out/bin/Muxi.Llm.Cli/release/muxi-llm.dll"
            fi ;;
          *)
            if [ -f "$1.says" ]; then . "$1.says"; fi
            program=$1
            shift
            echo "$PWD $$ $*"
            exit 7 ;;
        esac
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("muxi llm launchers ");

    public LauncherFolder()
    {
        foreach (var file in (string[])["muxi-llm", "test", ".ci/dotnet.sh"])
        {
            Write(file, File.ReadAllText(Path.Combine(Repo.Root, file)));
        }

        Write("src/Muxi.Llm.Cli/Program.cs", "return 0;");
        Write("src/Muxi.Llm.Cli/Muxi.Llm.Cli.csproj", "<Project />");
        Write("elsewhere/here", "");
        Write("sdk/dotnet", Sdk);
    }

    /// <summary>How often the SDK was asked to build.</summary>
    public int Builds => File.Exists(Calls) ? File.ReadLines(Calls).Count(call => call.StartsWith("build ", StringComparison.Ordinal)) : 0;

    private string Calls => this["calls"];

    /// <summary>The full path of a file or folder in here.</summary>
    public string this[string path] => Path.Combine(_folder.FullName, path);

    /// <summary>Writes an executable file.</summary>
    public void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[path])!);
        File.WriteAllText(this[path], text);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(this[path], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Makes a test project whose executable does what the shell lines say.</summary>
    public void WriteTests(string name, string says)
    {
        Write($"tests/{name}/{name}.csproj", "<Project />");
        Write($"tests/{name}/bin/Release/net10.0/{name}.dll", "");
        Write($"tests/{name}/bin/Release/net10.0/{name}.dll.says", says);
    }

    /// <summary>Runs a launcher to its end, from another folder.</summary>
    public Task<LauncherRun> RunAsync(string launcher, params IEnumerable<string> arguments) => RunAsync(launcher, new Dictionary<string, string>(), arguments);

    /// <summary>As the other, with these variables set.</summary>
    public async Task<LauncherRun> RunAsync(string launcher, IReadOnlyDictionary<string, string> variables, params IEnumerable<string> arguments)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the launchers are for bash");
        var start = new ProcessStartInfo(this[launcher], arguments)
        {
            WorkingDirectory = this["elsewhere"],
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = $"{this["sdk"]}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["SDK_CALLS"] = Calls;
        start.Environment["CI"] = "";
        foreach (var (name, value) in variables) start.Environment[name] = value;
        var cancellationToken = TestContext.Current.CancellationToken;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return new LauncherRun(process.Id, process.ExitCode, await output, await errors);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}

/// <summary>How a launcher ended and what it wrote.</summary>
internal sealed record LauncherRun(int ProcessId, int ExitCode, string Output, string Errors);
