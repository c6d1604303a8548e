using System.CommandLine;

namespace Muxi.Llm.Cli;

/// <summary><c>muxi-llm doctor</c>: what is there, what is missing, and how to get it. No key is shown, nor a part of one.</summary>
internal sealed class DoctorCommand : CliCommand
{
    private readonly Terminal _terminal;
    private readonly Option<bool> _online = new("--online") { Description = "Also asks each provider whose key is found for its models, to see whether the key is taken." };
    private readonly Option<bool> _json = new("--json") { Description = "Prints the findings as JSON." };

    public DoctorCommand(Terminal terminal) : base("doctor", "Looks at configuration, keys, local servers and the network, and says how to mend what is missing.")
    {
        _terminal = terminal;
        Add(_online);
        Add(_json);
        SetAction(RunAsync);
    }

    public override string Ending => """
        Exits with 0 when a service can answer, else with 1; the sandbox does not count.

        Examples:
          muxi-llm doctor
          muxi-llm doctor --online
          muxi-llm doctor --json

        """;

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var (client, fault) = Open();
        using var opened = client;
        var examination = new Examination(client, _terminal);
        var findings = new List<Finding>(examination.Machine());
        findings.AddRange(fault is null ? examination.Files() : [fault]);
        findings.AddRange(examination.Keys());
        findings.AddRange(await examination.LocalServersAsync(cancellationToken));
        findings.AddRange(examination.Programs());
        if (parsed.GetValue(_online)) findings.AddRange(await examination.OnlineAsync(cancellationToken));
        findings.AddRange(examination.Verdict(findings).Where(finding => fault is null || finding.Level == Level.Wrong));
        if (fault is not null) findings.Add(new("answers", Level.Wrong, "nobody answers before the configuration is mended"));
        var canAnswer = fault is null && findings.Exists(finding => finding.CanAnswer);
        _terminal.Write(parsed.GetValue(_json) ? Json(findings, canAnswer) : Text(findings));
        return canAnswer ? 0 : Failures.Failed;
    }

    /// <summary>A client; where the configuration cannot be used, that is a finding, and the rest is looked at without it.</summary>
    private (LlmClient Client, Finding? Fault) Open()
    {
        try
        {
            return (_terminal.Connect(), null);
        }
        catch (ConfigurationException e)
        {
            var mend = e.InnerException is IOException or UnauthorizedAccessException
                ? $"let {LlmConfiguration.Variable} name a file that can be read, or unset it"
                : "mend the line, or take the file away; muxi-llm config check reads it again";
            return (new(new() { Configuration = LlmConfiguration.Empty, Environment = _terminal.Environment }), new("configuration", Level.Wrong, e.Message) { Mend = mend });
        }
    }

    private static string Text(List<Finding> findings) => string.Concat(findings.GroupBy(finding => finding.Area).Select(area =>
        $"{area.Key}\n" + string.Concat(area.Select(finding => $"  {Mark(finding.Level)} {finding.What}\n{(finding.Mend is { } mend ? $"       {mend}\n" : "")}"))));

    private static string Mark(Level level) => level switch { Level.Good => "ok  ", Level.Wrong => "FAIL", Level.Warning => "warn", _ => "-   " };

    private static string Json(List<Finding> findings, bool canAnswer) => JsonText.Of(json =>
    {
        json.WriteStartObject();
        json.WriteBoolean("can_answer", canAnswer);
        json.WriteStartArray("findings");
        foreach (var finding in findings)
        {
            json.WriteStartObject();
            json.WriteString("area", finding.Area);
            json.WriteString("level", finding.Level switch { Level.Good => "ok", Level.Wrong => "fail", Level.Warning => "warn", _ => "info" });
            json.WriteString("what", finding.What);
            if (finding.Mend is { } mend) json.WriteString("mend", mend);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    });
}

/// <summary>How things stand.</summary>
internal enum Level
{
    Good,
    Absent,
    Warning,
    Wrong,
}

/// <summary>One thing that was looked at.</summary>
internal sealed record Finding(string Area, Level Level, string What)
{
    /// <summary>What to do about it.</summary>
    public string? Mend { get; init; }

    /// <summary>Whether somebody stands behind it who can answer.</summary>
    public bool CanAnswer { get; init; }
}
