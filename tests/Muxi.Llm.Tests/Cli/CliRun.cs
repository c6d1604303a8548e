using Muxi.Llm.Cli;

namespace Muxi.Llm.Tests;

/// <summary>How a command ended and what it wrote.</summary>
internal sealed record CliResult(int ExitCode, string Output, string Errors);

/// <summary>The command line in this process, with a terminal of the test's own: nothing of the machine's environment is seen.</summary>
internal sealed class CliRun
{
    /// <summary>The variables that are set.</summary>
    public Dictionary<string, string> Environment { get; init; } = [];

    /// <summary>What stands on stdin, which is no terminal unless <see cref="IsInTerminal"/> says so.</summary>
    public TextReader In { get; init; } = TextReader.Null;

    public bool IsInTerminal { get; init; }
    public bool IsOutTerminal { get; init; }
    public bool IsErrorTerminal { get; init; }
    /// <summary>Where the command runs; by default nowhere, so that no file of the machine's is found.</summary>
    public string WorkingDirectory { get; init; } = Path.Combine(Path.GetTempPath(), "muxi-no-such-folder");

    /// <summary>How often a call is made again; by default never, so that a test sees how it went.</summary>
    public Retries Retries { get; init; } = Calls.Once;

    public TimeProvider Clock { get; init; } = new ManualTime();

    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Ctrl-C and SIGTERM, for the test to give.</summary>
    public Interrupts Interrupts { get; } = new();

    /// <summary>A run that knows OpenAI's key and asks this server.</summary>
    public static CliRun Asking(Uri server) => new() { Environment = OpenAI(server) };

    /// <summary>The variables by which OpenAI's calls go to a server.</summary>
    public static Dictionary<string, string> OpenAI(Uri server) => new() { ["OPENAI_API_KEY"] = "sk-canary-0123456789", ["OPENAI_BASE_URL"] = new Uri(server, "v1").ToString() };

    /// <summary>Runs a command to its end.</summary>
    public async Task<CliResult> RunAsync(params string[] arguments)
    {
        var output = new StringWriter();
        var errors = new StringWriter();
        var code = await CommandLine.RunAsync(arguments, Terminal(output, errors)).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        return new(code, output.ToString(), errors.ToString());
    }

    /// <summary>The terminal as a command sees it.</summary>
    public Terminal Terminal(TextWriter output, TextWriter errors, Stream? inBytes = null, Stream? outBytes = null) => new()
    {
        InBytes = inBytes ?? Stream.Null, OutBytes = outBytes ?? Stream.Null, In = In, Out = TextWriter.Synchronized(output), Error = TextWriter.Synchronized(errors),
        IsInTerminal = IsInTerminal, IsOutTerminal = IsOutTerminal, IsErrorTerminal = IsErrorTerminal,
        Environment = name => Environment.GetValueOrDefault(name), Retries = Retries, Interrupts = Interrupts, Patience = Patience, WorkingDirectory = WorkingDirectory, Clock = Clock,
    };
}
