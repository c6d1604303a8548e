using System.Text.Json;

namespace Muxi.Llm.Gateway;

/// <summary>A model that can be asked.</summary>
/// <param name="Id">Its name here: an alias, or <c>provider/model</c>.</param>
/// <param name="Created">When it was made, in Unix seconds; 0 where nobody says.</param>
/// <param name="OwnedBy">Whose it is: what the service says, else the service.</param>
internal sealed record ListedModel(string Id, long Created, string OwnedBy);

/// <summary>
/// What can be asked: the aliases, and what the services that are set up list themselves. Services are asked at once, given up soon, and asked again after some
/// minutes; one that fails is left out.
/// </summary>
internal sealed class ModelList(LlmClient client, Callees callees, LlmOptions options)
{
    private const int MostBytes = 16 << 20;

    private static readonly TimeSpan _fresh = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan _failed = TimeSpan.FromSeconds(30);
    private static readonly RequestOptions _short = new() { MaxRetries = 0, Timeouts = new() { FirstByte = TimeSpan.FromSeconds(5), Idle = TimeSpan.FromSeconds(5), Total = TimeSpan.FromSeconds(10) } };

    private readonly TimeProvider _clock = options.TimeProvider;
    private readonly Dictionary<string, Shelf> _shelves = [];

    /// <summary>Everything; the simulator's models where no service is set up.</summary>
    public async Task<IReadOnlyList<ListedModel>> AllAsync(CancellationToken cancellationToken)
    {
        var providers = callees.Providers.Where(provider => provider.ModelsPath is not null && callees.IsSetUp(provider)).ToList();
        if (providers.Count == 0) providers = [.. callees.Providers.Where(provider => provider.InProcess is not null)];
        var lists = await Task.WhenAll(providers.Select(OrNoneAsync)).WaitAsync(cancellationToken);
        return [.. callees.Aliases.Select(alias => Alias(alias.Key)).OrderBy(alias => alias.Id, StringComparer.Ordinal), .. lists.SelectMany(list => list)];
    }

    /// <summary>One model; null where there is none of that name.</summary>
    /// <exception cref="LlmException">Its service does not list its models now.</exception>
    public async Task<ListedModel?> FindAsync(string id, CancellationToken cancellationToken)
    {
        if (callees.Aliases.ContainsKey(id)) return Alias(id);
        var name = callees.Check(id, "model");
        if (name.Provider.ModelsPath is null || name.Host is not null || !callees.MayList(name.Provider)) return null;
        var listed = await OfAsync(name.Provider).WaitAsync(cancellationToken);
        return listed.FirstOrDefault(model => model.Id == name.ToString());
    }

    private static ListedModel Alias(string name) => new(name, 0, "muxi-llm");

    private async Task<IReadOnlyList<ListedModel>> OrNoneAsync(Provider provider)
    {
        try
        {
            return await OfAsync(provider);
        }
        catch (LlmException)
        {
            return [];
        }
    }

    /// <summary>A service's list, asked for once by all who want it at the same time.</summary>
    private Task<IReadOnlyList<ListedModel>> OfAsync(Provider provider)
    {
        lock (_shelves)
        {
            if (!_shelves.TryGetValue(provider.Name, out var shelf) || shelf.IsStale(_clock)) _shelves[provider.Name] = shelf = new(FetchAsync(provider), _clock.GetTimestamp());
            return shelf.List;
        }
    }

    // No caller's token: whoever asked first may leave while others wait.
    private async Task<IReadOnlyList<ListedModel>> FetchAsync(Provider provider)
    {
        using var response = await client.Raw.SendAsync(new() { Provider = provider.Name, Method = HttpMethod.Get, Path = provider.ModelsPath!, Options = _short });
        using var patience = new CancellationTokenSource(_short.Timeouts!.Total, _clock);
        using var body = new PooledBuffer();
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(patience.Token);
            while (await stream.ReadAsync(body.GetMemory(), patience.Token) is > 0 and var count)
            {
                body.Advance(count);
                if (body.Length > MostBytes) throw Unusable(provider, "is too long");
            }
            using var document = JsonDocument.Parse(body.WrittenMemory);
            return Read(provider, document.RootElement);
        }
        catch (JsonException)
        {
            throw Unusable(provider, "is not JSON");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            throw Unusable(provider, "broke off");
        }
    }

    private static ServerException Unusable(Provider provider, string what) =>
        new($"{provider.Name}: the list of models {what}") { Provider = provider.Name, Status = System.Net.HttpStatusCode.BadGateway };

    /// <summary>Most wrap the list as OpenAI does; Together gives the bare list.</summary>
    private static List<ListedModel> Read(Provider provider, JsonElement root)
    {
        var data = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("data", out var wrapped) ? wrapped : root;
        if (data.ValueKind != JsonValueKind.Array) throw Unusable(provider, "is not in OpenAI's form");
        var models =
            from model in data.EnumerateArray()
            where model.ValueKind == JsonValueKind.Object
            let id = Text(model, "id")
            where id is not null
            let created = model.TryGetProperty("created", out var time) && time.ValueKind == JsonValueKind.Number && time.TryGetInt64(out var seconds) ? seconds : 0
            select new ListedModel($"{provider.Name}/{id}", created, Text(model, "owned_by") ?? provider.Name);
        return [.. models];
    }

    private static string? Text(JsonElement model, string member) =>
        model.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

    /// <summary>One service's list and since when it is there.</summary>
    private sealed record Shelf(Task<IReadOnlyList<ListedModel>> List, long Since)
    {
        public bool IsStale(TimeProvider clock) => List.IsCompleted && clock.GetElapsedTime(Since) > (List.IsCompletedSuccessfully ? _fresh : _failed);
    }
}
