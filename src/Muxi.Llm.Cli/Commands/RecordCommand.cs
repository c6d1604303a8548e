using System.CommandLine;

namespace Muxi.Llm.Cli;

/// <summary><c>muxi-llm record</c>: a live call as a fixture, for those who add a provider or mend a wire format.</summary>
internal sealed class RecordCommand : CliCommand
{
    private readonly Terminal _terminal;
    private readonly Argument<string> _provider = new("PROVIDER") { Description = "Who is asked.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Argument<string[]> _scenarios = new("SCENARIO...") { Description = "What is asked; --list tells what there is.", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string> _model = new("--model", "-m") { HelpName = "MODEL", Description = "Its model, without the provider's name; by default the provider's usual one." };
    private readonly Option<string> _out = new("--out") { HelpName = "FOLDER", Description = "Where the folder of each recording is made, called PROVIDER-SCENARIO; by default here." };
    private readonly Option<bool> _list = new("--list") { Description = "Lists the scenarios, those that PROVIDER offers where one is named, and asks nobody." };

    public RecordCommand(Terminal terminal) : base("record", "Makes a live call and writes it down as a fixture of the tests: the request, the reply's bytes, and what is read in them.")
    {
        _terminal = terminal;
        Add(_provider);
        Add(_scenarios);
        foreach (var option in (ReadOnlySpan<Option>)[_model, _out, _list]) Add(option);
        SetAction(RunAsync);
    }

    public override string Ending => """
        Keys, cookies, ids of accounts, organisations and requests, e-mail and network addresses are taken out; of headers only those are kept
        that a reader goes by. A folder that is there is not written over. What was written is printed: look at it before you commit it.

        Examples:
          muxi-llm record --list
          muxi-llm record groq chat chat-stream tools
          muxi-llm record openai bad-key --out tests/Muxi.Llm.Tests/fixtures/openai-chat

        """;

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var (named, wanted) = (parsed.GetValue(_provider), parsed.GetValue(_scenarios) ?? []);
        using var client = _terminal.Connect();
        var provider = named is null ? null : client.Targets.Provider(named);
        if (parsed.GetValue(_list))
        {
            foreach (var scenario in Scenario.All.Where(scenario => provider is null || Offers(provider, scenario))) _terminal.Write($"{scenario.Name,-22} {scenario.What}\n");
            return 0;
        }
        if (provider is null || wanted.Length == 0) throw new UsageException("Name a provider and a scenario: muxi-llm record groq chat (--list tells what there is).");
        var jobs = wanted.Select(name => (Scenario: Found(name, provider), Folder: Path.GetFullPath(Path.Combine(parsed.GetValue(_out) ?? ".", $"{provider.Name}-{name}"), _terminal.WorkingDirectory))).ToList();
        // Nothing is paid for that could not be written.
        if (jobs.Find(static job => Directory.Exists(job.Folder) || File.Exists(job.Folder)) is { Folder: { } taken }) throw new FailureException($"{taken} is there already, and is not written over");
        foreach (var (scenario, folder) in jobs)
        {
            var files = await new Recorder(_terminal, provider, Model(parsed, provider, scenario)).RecordAsync(scenario, cancellationToken);
            if (Path.GetDirectoryName(folder) is { } above) Directory.CreateDirectory(above);
            files.Write(folder);
            _terminal.Write($"{folder}: {string.Join(", ", files.Names)}\n");
        }
        return 0;
    }

    private string Model(ParseResult parsed, Provider provider, Scenario scenario)
    {
        if (parsed.GetValue(_model) is not { } model) return Operations.DefaultModelOf(provider, scenario.Operation) ?? (scenario.Operation == Operations.Models ? "-" : throw new UsageException($"{provider.Name} has no usual model for {scenario.Operation}: name one with -m."));
        return model.StartsWith($"{provider.Name}/", StringComparison.OrdinalIgnoreCase) && !provider.Name.Equals(model, StringComparison.OrdinalIgnoreCase) ? model[(provider.Name.Length + 1)..] : model;
    }

    private static Scenario Found(string name, Provider provider)
    {
        var offered = Scenario.All.Where(scenario => Offers(provider, scenario)).ToList();
        if (offered.Find(scenario => scenario.Name == name) is { } found) return found;
        if (Scenario.All.FirstOrDefault(scenario => scenario.Name == name) is { } other) throw new UsageException($"{provider.Name} does not offer {other.Operation}.");
        var near = Nearest.Of(name, offered.Select(scenario => scenario.Name));
        throw new UsageException($"There is no scenario '{name}'.{(near is null ? "" : $" Did you mean {near}?")} (--list tells what there is)");
    }

    private static bool Offers(Provider provider, Scenario scenario) => scenario.Operation == Operations.Models ? provider.Models is not null : Operations.Of(provider).Contains(scenario.Operation);
}
