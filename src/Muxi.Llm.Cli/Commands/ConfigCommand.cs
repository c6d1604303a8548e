using System.CommandLine;

namespace Muxi.Llm.Cli;

/// <summary><c>muxi-llm config</c>: which settings hold and where they are from. Keys are never shown, only where they were found.</summary>
internal sealed class ConfigCommand : CliCommand
{
    private readonly Terminal _terminal;
    private readonly Option<bool> _json = new("--json") { Description = "Prints the settings as a JSON array." };
    private readonly Argument<string> _file = new("FILE") { Description = "The file to check; without it, the one that would be used.", Arity = ArgumentArity.ZeroOrOne };

    public ConfigCommand(Terminal terminal) : base("config", "Shows the settings that hold, and checks configuration files.")
    {
        _terminal = terminal;
        var show = new CliSubcommand("show", "Lists every setting that holds, its value, and where it is from.", "muxi-llm config show\n  muxi-llm config show --json") { _json };
        show.SetAction(Show);
        var path = new CliSubcommand("path", "Prints the path of the configuration file that is used, and says where one would be looked for.", "muxi-llm config path");
        path.SetAction(_ => ShowPath());
        var check = new CliSubcommand("check", "Reads a configuration file and says what is wrong with it.", "muxi-llm config check muxi-llm.yaml") { _file };
        check.SetAction(Check);
        Add(show);
        Add(path);
        Add(check);
    }

    public override string Ending => """
        Examples:
          muxi-llm config show
          muxi-llm config path
          muxi-llm config check muxi-llm.yaml

        """;

    private int Show(ParseResult parsed)
    {
        using var client = _terminal.Connect();
        var settings = new EffectiveSettings(client, _terminal).All().ToList();
        _terminal.Write(parsed.GetValue(_json) ? Json(settings) : Table(settings));
        return 0;
    }

    private int ShowPath()
    {
        _terminal.LoadConfiguration();
        if (_terminal.Configuration.Name.Length > 0)
        {
            _terminal.Write(Path.GetFullPath(_terminal.Configuration.Name, _terminal.WorkingDirectory) + "\n");
            return 0;
        }
        _terminal.Note($"there is no configuration file: {LlmConfiguration.Variable} names none, and there is neither ./{LlmConfiguration.FileName} nor {LlmConfiguration.HomeFile(_terminal.Environment) ?? "a home folder"}");
        return Failures.Failed;
    }

    private int Check(ParseResult parsed)
    {
        var file = parsed.GetValue(_file) is { } path ? LlmConfiguration.Load(Path.Combine(_terminal.WorkingDirectory, path), _terminal.Environment) : LlmConfiguration.Find(_terminal.Environment, _terminal.WorkingDirectory);
        if (file is null) return ShowPath();
        // A client resolves every model that the file names.
        using var client = new LlmClient(new() { Configuration = file, Environment = _terminal.Environment, Credentials = _terminal.Credentials });
        _terminal.Write($"{parsed.GetValue(_file) ?? file.Name}: good ({file.File.Count})\n");
        return 0;
    }

    private static string Table(List<Setting> settings)
    {
        var name = settings.Max(setting => setting.Name.Length);
        var value = Math.Min(60, settings.Max(setting => setting.Value.Length));
        return string.Concat(settings.Select(setting => $"{setting.Name.PadRight(name)}  {setting.Value.PadRight(value)}  {setting.Source}".TrimEnd() + "\n"));
    }

    private static string Json(List<Setting> settings) => JsonText.Of(json =>
    {
        json.WriteStartArray();
        foreach (var setting in settings)
        {
            json.WriteStartObject();
            json.WriteString("name", setting.Name);
            json.WriteString("value", setting.Value);
            json.WriteString("source", setting.Source);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    });
}
