using System.CommandLine;

namespace Muxi.Llm.Cli;

/// <summary><c>muxi-llm models</c>: what can be asked, from the services themselves.</summary>
internal sealed class ModelsCommand : CliCommand
{
    /// <summary>A list is short; a server that does not give it at once is not there.</summary>
    private static readonly RequestOptions _options = new() { Timeouts = new() { FirstByte = TimeSpan.FromSeconds(20), Total = TimeSpan.FromSeconds(30) } };

    private readonly Terminal _terminal;
    private readonly Argument<string> _provider = new("PROVIDER") { Description = "Whose models; without it, of everybody who can be asked now.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<bool> _json = new("--json") { Description = "Prints the list as JSON, in OpenAI's form." };

    public ModelsCommand(Terminal terminal) : base("models", "Lists the models that can be asked, as provider/model.")
    {
        _terminal = terminal;
        Add(_provider);
        Add(_json);
        SetAction(RunAsync);
    }

    public override string Ending => """
        Without PROVIDER: the sandbox, every provider whose key is set, and the servers of your own that answer.
        stderr says who was left out, and why.

        Examples:
          muxi-llm models
          muxi-llm models sandbox
          muxi-llm models --json openai

        """;

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var client = _terminal.Connect();
        var listed = parsed.GetValue(_provider) is { } name
            ? await ListAsync(client, client.Targets.Provider(name), cancellationToken)
            : await ListAllAsync(client, cancellationToken);
        _terminal.Write(parsed.GetValue(_json) ? Json(listed) : string.Concat(listed.Select(model => $"{model.Name}\n")));
        return 0;
    }

    private async Task<List<Model>> ListAllAsync(LlmClient client, CancellationToken cancellationToken)
    {
        var providers = client.Providers.Where(static provider => provider.Models is not null).ToLookup(provider => CanBeAsked(client, provider));
        if (providers[false].Any())
            _terminal.Note($"left out, as their keys are not set: {string.Join(", ", providers[false].Select(provider => $"{provider.Name} ({provider.KeyVariables[0]})"))}");
        var lists = await Task.WhenAll(providers[true].Select(TryListAsync));
        return [.. lists.SelectMany(list => list)];

        async Task<List<Model>> TryListAsync(Provider provider)
        {
            try
            {
                return await ListAsync(client, provider, cancellationToken);
            }
            catch (LlmException e)
            {
                Failures.Tell(e, _terminal);
                return [];
            }
        }
    }

    /// <summary>Whether a service answers without a key, or has one.</summary>
    private static bool CanBeAsked(LlmClient client, Provider provider) => !provider.Auth.IsRequired || client.Targets.IsSetUp(provider);

    private static async Task<List<Model>> ListAsync(LlmClient client, Provider provider, CancellationToken cancellationToken)
    {
        if (provider.Models is null) throw new FailureException($"{provider.Name} does not list its models");
        return await client.Models.AllAsync(provider, _options, cancellationToken).OrderBy(model => model.Name, StringComparer.InvariantCulture).ToListAsync(cancellationToken);
    }

    private static string Json(List<Model> models) => JsonText.Of(json =>
    {
        json.WriteStartObject();
        json.WriteString("object", "list");
        json.WriteStartArray("data");
        foreach (var model in models) ModelJson.Write(json, model, model.Name);
        json.WriteEndArray();
        json.WriteEndObject();
    });
}
