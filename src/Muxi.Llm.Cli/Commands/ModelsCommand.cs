using System.CommandLine;
using System.Text.Json;

namespace Muxi.Llm.Cli;

/// <summary><c>muxi-llm models</c>: what can be asked, from the services themselves.</summary>
internal sealed class ModelsCommand : CliCommand
{
    /// <summary>A list is short; a server that does not give it at once is not there.</summary>
    private static readonly Timeouts _timeouts = new() { FirstByte = TimeSpan.FromSeconds(20), Total = TimeSpan.FromSeconds(30) };

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
            ? await ListAsync(client, name, cancellationToken)
            : await ListAllAsync(client, cancellationToken);
        _terminal.Write(parsed.GetValue(_json) ? Json(listed) : string.Concat(listed.Select(model => $"{model.Name}\n")));
        return 0;
    }

    private async Task<List<ListedModel>> ListAllAsync(LlmClient client, CancellationToken cancellationToken)
    {
        var providers = client.Providers.ToLookup(provider => CanBeAsked(client, provider));
        if (providers[false].Any())
            _terminal.Note($"left out, as their keys are not set: {string.Join(", ", providers[false].Select(provider => $"{provider.Name} ({provider.KeyVariables[0]})"))}");
        var lists = await Task.WhenAll(providers[true].Select(TryListAsync));
        return [.. lists.SelectMany(list => list)];

        async Task<List<ListedModel>> TryListAsync(Provider provider)
        {
            try
            {
                return await ListAsync(client, provider.Name, cancellationToken);
            }
            catch (Exception e) when (e is LlmException or FailureException)
            {
                Failures.Tell(e, _terminal);
                return [];
            }
        }
    }

    /// <summary>Whether a service answers without a key, or has one.</summary>
    private static bool CanBeAsked(LlmClient client, Provider provider) =>
        !provider.Auth.IsRequired || client.Targets.KeySource(provider) is not null || client.Targets.Source(provider) is not (UrlSource.Provider or UrlSource.DefinedByStranger);

    private static async Task<List<ListedModel>> ListAsync(LlmClient client, string name, CancellationToken cancellationToken)
    {
        var provider = client.Providers.FirstOrDefault(known => known.IsCalled(name));
        if (provider is { ModelsPath: null }) throw new FailureException($"{provider.Name} does not list its models");
        var models = new List<ListedModel>();
        for (string? after = ""; after is not null;)
        {
            // An unknown name is refused here, with the nearest ones.
            var path = after.Length == 0 ? provider?.ModelsPath ?? "" : $"{provider!.ModelsPath}?limit=1000&after_id={Uri.EscapeDataString(after)}";
            using var page = await PageAsync(client, name, path, cancellationToken);
            models.AddRange(Read(provider!, page.RootElement));
            // Anthropic's list comes in pages; a page that names no further model ends it, too.
            after = page.RootElement.TryGetProperty("has_more", out var more) && more.ValueKind == JsonValueKind.True && Text(page.RootElement, "last_id") is { } last && last != after ? last : null;
        }
        return [.. models.OrderBy(model => model.Name, StringComparer.InvariantCulture)];
    }

    private static async Task<JsonDocument> PageAsync(LlmClient client, string name, string path, CancellationToken cancellationToken)
    {
        var request = new RawRequest { Provider = name, Method = HttpMethod.Get, Path = path, Options = new() { Timeouts = _timeouts } };
        using var response = await client.Raw.SendAsync(request, cancellationToken);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_timeouts.Total);
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(limit.Token);
            return await JsonDocument.ParseAsync(body, cancellationToken: limit.Token);
        }
        catch (JsonException e)
        {
            throw new FailureException($"{name}: the list of models is not JSON", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            throw new FailureException($"{name}: the list of models broke off", e);
        }
    }

    private static List<ListedModel> Read(Provider provider, JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("data", out var data) || data.ValueKind != JsonValueKind.Array)
            throw new FailureException($"{provider.Name}: the list of models is not in OpenAI's form");
        var models =
            from model in data.EnumerateArray()
            where model.ValueKind == JsonValueKind.Object
            let id = Text(model, "id")
            where id is not null
            orderby id
            select new ListedModel($"{provider.Name}/{id}", model.TryGetProperty("created", out var time) && time.TryGetInt64(out var created) ? created : null, Text(model, "owned_by"));
        return [.. models];
    }

    private static string? Text(JsonElement model, string member) =>
        model.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string Json(List<ListedModel> models) => JsonText.Of(json =>
    {
        json.WriteStartObject();
        json.WriteString("object", "list");
        json.WriteStartArray("data");
        foreach (var model in models)
        {
            json.WriteStartObject();
            json.WriteString("id", model.Name);
            json.WriteString("object", "model");
            if (model.Created is { } created) json.WriteNumber("created", created);
            if (model.OwnedBy is { } owner) json.WriteString("owned_by", owner);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    });

    private sealed record ListedModel(string Name, long? Created, string? OwnedBy);
}
