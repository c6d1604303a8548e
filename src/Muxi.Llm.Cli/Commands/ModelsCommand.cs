using System.CommandLine;
using System.Globalization;

namespace Muxi.Llm.Cli;

/// <summary><c>muxi-llm models</c>: what can be asked, from the services themselves.</summary>
internal sealed class ModelsCommand : CliCommand
{
    /// <summary>A list is short; a server that does not give it at once is not there.</summary>
    private static readonly RequestOptions _options = new() { Timeouts = new() { FirstByte = TimeSpan.FromSeconds(20), Total = TimeSpan.FromSeconds(30) } };

    /// <summary>How many of those who were left out are named.</summary>
    private const int Named = 8;

    private readonly Terminal _terminal;
    private readonly Argument<string> _provider = new("PROVIDER") { Description = "Whose models; without it, of everybody who can be asked now.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Argument<string[]> _models = new("MODEL...") { Description = "The models, as provider/model.", Arity = ArgumentArity.OneOrMore };
    private readonly Argument<string> _server = new("PROVIDER") { Description = "Whose; without it, of every server of your own that answers.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<bool> _json = new("--json") { Description = "Prints the list as JSON, in OpenAI's form." };

    public ModelsCommand(Terminal terminal) : base("models", "Lists the models that can be asked, as provider/model; brings and deletes those of a server of your own.")
    {
        _terminal = terminal;
        Add(_provider);
        Add(_json);
        Add("pull", "Has a server bring models, and prints their names when they are there.", "muxi-llm models pull ollama/llama3.2\n  muxi-llm models pull ollama/qwen3:8b@gpu-box", PullAsync, _models);
        Add("delete", "Deletes models and prints their names.", "muxi-llm models delete ollama/llama3.2", DeleteAsync, _models);
        Add("running", "Lists the models that servers hold in memory: name, size, window, until when.", "muxi-llm models running\n  muxi-llm models running ollama", RunningAsync, _server);
        SetAction(RunAsync);
    }

    public override string Ending => """
        Without PROVIDER: the sandbox, every provider whose key is set, and the servers of your own that answer.
        stderr says who was left out, and why. Of llama_cpp also the files that a server can be started for:
        those in local_servers.models_folder, and those that 'muxi-llm pull' has brought.

        Examples:
          muxi-llm models
          muxi-llm models sandbox
          muxi-llm models --json openai
          muxi-llm models pull ollama/llama3.2

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
            _terminal.Note($"left out, as their keys are not set: {string.Join(", ", providers[false].Take(Named).Select(provider => $"{provider.Name} ({provider.CustomaryVariable})"))}{(providers[false].Count() > Named ? $" and {providers[false].Count() - Named} more: muxi-llm providers lists them" : "")}");
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

    private async Task<int> PullAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var client = _terminal.Connect();
        foreach (var name in parsed.GetValue(_models)!)
        {
            await PullCommand.BringAsync(client, name, _terminal, cancellationToken);
            _terminal.Write($"{name}\n");
        }
        return 0;
    }

    private async Task<int> DeleteAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var client = _terminal.Connect();
        var code = 0;
        foreach (var name in parsed.GetValue(_models)!)
        {
            try
            {
                await client.Models.DeleteAsync(name, null, cancellationToken);
                _terminal.Write($"{name}\n");
            }
            catch (LlmException e)
            {
                // The others are deleted all the same.
                code = Failures.Report(e, _terminal);
            }
        }
        return code;
    }

    private async Task<int> RunningAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var client = _terminal.Connect();
        if (parsed.GetValue(_server) is { } name)
        {
            Print((await client.Models.ListRunningAsync(name, _options, cancellationToken)).Data);
            return 0;
        }
        foreach (var provider in client.Providers.Where(static provider => provider is { IsSelfHosted: true, Models: IVerb<RunningModelsRequest, Page<RunningModel>> }))
        {
            try
            {
                Print((await client.Models.ListRunningAsync(provider.Name, _options, cancellationToken)).Data);
            }
            catch (LlmException e)
            {
                Failures.Tell(e, _terminal);
            }
        }
        return 0;
    }

    private void Print(IReadOnlyList<RunningModel> models)
    {
        foreach (var model in models)
        {
            string?[] facts = [model.Name, model.Size is { } size ? ByteCount.Of(size) : null, model.ContextLength is { } window ? string.Create(CultureInfo.InvariantCulture, $"{window} tokens") : null, model.ExpiresAt is { } end ? $"until {UnixTime.Of(end)}" : null];
            _terminal.Write(string.Join("  ", facts.OfType<string>()) + "\n");
        }
    }

    /// <summary>Whether a service answers without a key, or has one.</summary>
    private static bool CanBeAsked(LlmClient client, Provider provider) => !provider.Auth.IsRequired || client.Targets.IsSetUp(provider);

    private static async Task<List<Model>> ListAsync(LlmClient client, Provider provider, CancellationToken cancellationToken)
    {
        if (provider.Models is null) throw new FailureException($"{provider.Name} does not list its models");
        var files = client.Models.ListFiles(provider.Name).Select(static name => new Model { Id = name });
        try
        {
            var listed = await client.Models.AllAsync(provider, _options, cancellationToken).OrderBy(model => model.Name, StringComparer.InvariantCulture).ToListAsync(cancellationToken);
            return [.. listed, .. files];
        }
        catch (ApiConnectionException) when (files.Any())
        {
            // Nobody has to run for models that a server is started for.
            return [.. files];
        }
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
