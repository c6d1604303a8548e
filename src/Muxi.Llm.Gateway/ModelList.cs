namespace Muxi.Llm.Gateway;

/// <summary>
/// What can be asked: the aliases, and what the services that are set up list themselves. Services are asked at once, given up soon, and asked again after some
/// minutes; one that fails is left out.
/// </summary>
internal sealed class ModelList(LlmClient client, Callees callees, GatewayOptions options)
{
    private static readonly TimeSpan _fresh = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan _failed = TimeSpan.FromSeconds(30);

    private readonly TimeProvider _clock = options.Client.TimeProvider;
    private readonly RequestOptions _short = new() { MaxRetries = 0, Timeouts = new() { FirstByte = options.ListPatience, Idle = options.ListPatience, Total = options.ListPatience * 2 } };
    private readonly Dictionary<string, Shelf> _shelves = [];

    /// <summary>Everything; the simulator's models where no service is set up.</summary>
    public async Task<IReadOnlyList<Listed>> AllAsync(CancellationToken cancellationToken)
    {
        var providers = callees.Providers.Where(provider => provider.Models is not null && callees.IsSetUp(provider)).ToList();
        if (providers.Count == 0) providers = [.. callees.Providers.Where(provider => provider.IsSimulated)];
        var lists = await Task.WhenAll(providers.Select(OrNoneAsync)).WaitAsync(cancellationToken);
        return [.. callees.Aliases.Select(alias => Alias(alias.Key)).OrderBy(alias => alias.Name, StringComparer.Ordinal), .. lists.SelectMany(list => list)];
    }

    /// <summary>One model; null where there is none of that name.</summary>
    /// <exception cref="LlmException">Its service does not list its models now.</exception>
    public async Task<Listed?> FindAsync(string id, CancellationToken cancellationToken)
    {
        if (callees.Aliases.ContainsKey(id)) return Alias(id);
        var name = callees.Check(id, "model");
        if (name.Provider.Models is null || name.Host is not null || !callees.MayList(name.Provider)) return null;
        var listed = await OfAsync(name.Provider).WaitAsync(cancellationToken);
        return listed.FirstOrDefault(model => model.Name == name.ToString());
    }

    private static Listed Alias(string name) => new(name, new() { Id = name, Created = 0, OwnedBy = "muxi-llm" });

    private async Task<IReadOnlyList<Listed>> OrNoneAsync(Provider provider)
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
    private Task<IReadOnlyList<Listed>> OfAsync(Provider provider)
    {
        lock (_shelves)
        {
            if (!_shelves.TryGetValue(provider.Name, out var shelf) || shelf.IsStale(_clock)) _shelves[provider.Name] = shelf = new(FetchAsync(provider), _clock.GetTimestamp());
            return shelf.List;
        }
    }

    // No caller's token: whoever asked first may leave while others wait.
    private async Task<IReadOnlyList<Listed>> FetchAsync(Provider provider)
    {
        var models = new List<Listed>();
        await foreach (var model in client.Models.AllAsync(provider, _short, CancellationToken.None))
            models.Add(new(model.Name, new() { Id = model.Id, Created = model.Created ?? 0, OwnedBy = model.OwnedBy ?? provider.Name }));
        return models;
    }

    /// <summary>One service's list and since when it is there.</summary>
    private sealed record Shelf(Task<IReadOnlyList<Listed>> List, long Since)
    {
        public bool IsStale(TimeProvider clock) => List.IsCompleted && clock.GetElapsedTime(Since) > (List.IsCompletedSuccessfully ? _fresh : _failed);
    }
}

/// <summary>A model that this server can be asked for.</summary>
/// <param name="Name">As it is asked for here.</param>
/// <param name="Model">What is known of it.</param>
internal sealed record Listed(string Name, Model Model);
