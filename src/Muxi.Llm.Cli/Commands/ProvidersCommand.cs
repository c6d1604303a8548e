using System.CommandLine;
using System.Text;

namespace Muxi.Llm.Cli;

/// <summary><c>muxi-llm providers</c>: who can be asked. Keys are never shown, only whether they are set.</summary>
internal sealed class ProvidersCommand : CliCommand
{
    private readonly Terminal _terminal;
    private readonly Option<bool> _json = new("--json") { Description = "Prints every fact as JSON." };
    private readonly Option<bool> _markdown = new("--markdown") { Description = "Prints the page docs/providers.md: facts only, nothing of this machine." };

    public ProvidersCommand(Terminal terminal) : base("providers", "Lists the providers, those whose key is set first: what they speak, which variable holds the key.")
    {
        _terminal = terminal;
        Add(_json);
        Add(_markdown);
        Validators.Add(result =>
        {
            if (result.GetValue(_json) && result.GetValue(_markdown)) result.AddError("--json and --markdown exclude each other.");
        });
        SetAction(Run);
    }

    public override string Ending => """
        Examples:
          muxi-llm providers
          muxi-llm providers --json
          muxi-llm providers --markdown > docs/providers.md

        """;

    private int Run(ParseResult parsed)
    {
        if (parsed.GetValue(_markdown))
        {
            _terminal.Write(ProvidersPage.Text());
            return 0;
        }
        using var client = _terminal.Connect();
        _terminal.Write(parsed.GetValue(_json) ? Json(client) : Table(client));
        return 0;
    }

    private static string Table(LlmClient client)
    {
        // A hundred rows: those that can be used now come first.
        var rows = client.Providers.OrderByDescending(provider => client.Targets.KeySource(provider) is not null).Select(provider => (string[])[provider.Name, provider.DisplayName, Shortly([.. Operations.Of(provider)]), KeyState(client, provider), BaseUrl(client, provider)]).ToList();
        rows.Insert(0, ["NAME", "SERVICE", "SPEAKS", "KEY", "BASE URL"]);
        var table = new StringBuilder();
        foreach (var row in rows)
            table.AppendJoin("  ", row.Select((cell, column) => column == row.Length - 1 ? cell : cell.PadRight(rows.Max(other => other[column].Length)))).Append('\n');
        return table.ToString();
    }

    /// <summary>Ten operations would push the key off the screen: --json and --markdown have them all.</summary>
    private static string Shortly(string[] operations) => operations.Length <= 2 ? string.Join(", ", operations) : $"{operations[0]} and {operations.Length - 1} more";

    private static string KeyState(LlmClient client, Provider provider)
    {
        if (provider.KeyVariables.IsEmpty) return "none";
        return client.Targets.KeySource(provider) is { } source ? $"{source} is set" : provider.Auth.IsRequired ? $"{provider.CustomaryVariable} is not set" : $"{provider.KeyVariables[0]} (optional)";
    }

    /// <summary>Where calls go: without what could be a credential in it.</summary>
    public static string BaseUrl(LlmClient client, Provider provider)
    {
        if (provider.InProcess is not null) return "in this process";
        try
        {
            return client.Targets.AddressOf(provider).Folder.GetLeftPart(UriPartial.Path).TrimEnd('/');
        }
        catch (ConfigurationException)
        {
            return client.Targets.Source(provider) is UrlSource.Provider ? provider.BaseUrl : "(not an address)";
        }
    }

    private static string Json(LlmClient client) => JsonText.Of(json =>
    {
        json.WriteStartArray();
        foreach (var provider in client.Providers)
        {
            json.WriteStartObject();
            json.WriteString("name", provider.Name);
            json.WriteString("display_name", provider.DisplayName);
            json.WriteStrings("aliases", provider.Aliases);
            json.WriteStrings("operations", Operations.Of(provider));
            json.WriteStrings("key_variables", provider.CredentialVariables);
            json.WriteBoolean("key_required", provider.Auth.IsRequired);
            json.WriteBoolean("key_set", client.Targets.KeySource(provider) is not null);
            json.WriteStrings("base_url_variables", provider.UrlVariables);
            json.WriteString("base_url", BaseUrl(client, provider));
            json.WriteBoolean("self_hosted", provider.IsSelfHosted);
            json.WriteString("default_model", provider.DefaultModel is null ? null : $"{provider.Name}/{provider.DefaultModel}");
            json.WriteString("documentation", provider.Documentation);
            json.WriteString("evidence", ProvidersPage.Evidence(provider));
            json.WriteEndObject();
        }
        json.WriteEndArray();
    });
}
