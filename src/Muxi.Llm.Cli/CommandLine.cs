using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;

namespace Muxi.Llm.Cli;

/// <summary>A command: one file each. What it adds to its help stands after the options.</summary>
internal abstract class CliCommand(string name, string description) : Command(name, description)
{
    /// <summary>Examples and whatever else ends the help.</summary>
    public abstract string Ending { get; }

    /// <summary>Adds a command below this one.</summary>
    protected void Add(string name, string description, string examples, Func<ParseResult, CancellationToken, Task<int>> run, params ReadOnlySpan<Symbol> symbols)
    {
        var command = new CliSubcommand(name, description, examples);
        foreach (var symbol in symbols)
            if (symbol is Argument argument) command.Add(argument);
            else command.Add((Option)symbol);
        command.SetAction(run);
        Add(command);
    }
}

/// <summary>A command below a command.</summary>
internal sealed class CliSubcommand(string name, string description, string examples) : CliCommand(name, description)
{
    public override string Ending => $"Examples:\n  {examples}\n";
}

/// <summary>The whole program: from arguments to an exit code.</summary>
internal static class CommandLine
{
    private const string Ending = """
        Answers go to stdout, everything else to stderr.

        Exit codes:
          0    done
          1    the call failed; one line on stderr says what, who and how to mend it
          2    wrong usage
          130  interrupted with Ctrl-C (143: with SIGTERM)

        Environment:
          OPENAI_API_KEY, ...   the providers' keys; muxi-llm providers lists the variables
          OPENAI_BASE_URL, ...  other addresses for them, path included
          MUXI_LLM_MODEL        the model when -m names none
          MUXI_LLM_CONFIG       the configuration file
          MUXI_LLM_HISTORY=off  keeps no history of conversations' lines
          MUXI_LLM_MASTER_KEY   the key that clients of serve must send
          MUXI_LLM_DEBUG=1      the whole trace of an error
          NO_COLOR              no dimmed text

        Examples:
          muxi-llm chat "Say hello"
          muxi-llm chat -m openai/gpt-4o-mini "Why is the sky blue?"
          muxi-llm models openai
          muxi-llm doctor
        """;

    /// <summary>Runs the command that the arguments name.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, Terminal terminal)
    {
        // Whoever asks for help in the manner of other programs gets it.
        if (arguments is ["help", ..]) arguments = [.. arguments.Skip(1), "--help"];
        try
        {
            var parsed = Parse(arguments, terminal);
            using var output = new GuardedWriter(terminal);
            var configuration = new InvocationConfiguration
            {
                Output = output, Error = terminal.Error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null,
            };
            if (arguments.Count == 0) return ShowHelp(parsed, terminal);
            if (parsed.Action is ParseErrorAction) return Refuse(parsed, terminal);
            return await parsed.InvokeAsync(configuration, terminal.Interrupts.Token);
        }
#pragma warning disable CA1031 // The last stop: whatever it is becomes one line.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return Failures.Report(e, terminal);
        }
    }

    /// <summary>What the arguments mean. There are no response files: a prompt may begin with @.</summary>
    public static ParseResult Parse(IReadOnlyList<string> arguments, Terminal terminal) =>
        Root(terminal).Parse(arguments, new() { ResponseFileTokenReplacer = null });

    private static RootCommand Root(Terminal terminal)
    {
        var root = new RootCommand("One way to use every large-language-model service: provider/model says who answers.")
        {
            new ChatCommand(terminal), new CompleteCommand(terminal), new EmbedCommand(terminal), new RerankCommand(terminal), new ModerateCommand(terminal),
            new ImageCommand(terminal), new SpeakCommand(terminal), new TranscribeCommand(terminal), new TranslateCommand(terminal), new OcrCommand(terminal), new FilesCommand(terminal), new BatchCommand(terminal),
            new TokensCommand(terminal),
            new ServeCommand(terminal), new ModelsCommand(terminal), new PullCommand(terminal), new ProvidersCommand(terminal), new ConfigCommand(terminal), new DoctorCommand(terminal),
            new RecordCommand(terminal),
        };
        foreach (var option in root.Options)
        {
            if (option is HelpOption help) help.Action = new HelpWithEnding(Ending);
            option.Description = option is HelpOption ? "Shows this help." : "Shows the version.";
        }
        return root;
    }

    private static int ShowHelp(ParseResult parsed, Terminal terminal)
    {
        parsed.RootCommandResult.Command.Parse(["--help"]).Invoke(new() { Output = terminal.Error });
        return Failures.WrongUsage;
    }

    private static int Refuse(ParseResult parsed, Terminal terminal)
    {
        var command = parsed.CommandResult.Command;
        terminal.Note(command.Subcommands.Count > 0 && parsed.UnmatchedTokens.Count > 0 ? Unknown(command, parsed.UnmatchedTokens[0]) : parsed.Errors[0].Message);
        terminal.Note($"see muxi-llm {string.Concat(Path(parsed.CommandResult).Select(static name => name + " "))}--help");
        return Failures.WrongUsage;
    }

    /// <summary>The names of a command and of those above it, without the program's own.</summary>
    private static IEnumerable<string> Path(CommandResult command) => command.Parent is CommandResult parent ? Path(parent).Append(command.Command.Name) : [];

    private static string Unknown(Command root, string word)
    {
        var near = Nearest.Of(word, root.Subcommands.Select(command => command.Name));
        return $"There is no command '{word}'.{(near is null ? "" : $" Did you mean {near}?")}";
    }

    /// <summary>The usual help, and after it what the command has to add.</summary>
    private sealed class HelpWithEnding(string rootEnding) : SynchronousCommandLineAction
    {
        private readonly HelpAction _usual = new() { MaxWidth = 110 };

        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            var code = _usual.Invoke(parseResult);
            parseResult.InvocationConfiguration.Output.WriteLine(parseResult.CommandResult.Command is CliCommand command ? command.Ending : rootEnding);
            return code;
        }
    }
}
