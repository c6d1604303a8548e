namespace Muxi.Llm;

/// <summary>Things that services keep, and whose are meant where nobody says it, in the command line and on the server.</summary>
/// <param name="Name">What they are.</param>
/// <param name="IsKeptBy">Whether a service keeps them.</param>
internal sealed record KeptThings(string Name, Func<Provider, bool> IsKeptBy)
{
    public static KeptThings Files { get; } = new("files", static provider => provider.Files is not null);

    public static KeptThings Batches { get; } = new("batches", static provider => provider.Batches is not null);

    public static KeptThings Responses { get; } = new("responses", static provider => provider.Responses is IVerb<ResponseRetrieveRequest, Response>);

    /// <summary>OpenAI where it is set up, else the only service that is set up and keeps them, else the simulator where none is.</summary>
    /// <exception cref="ConfigurationException">Several are set up, and OpenAI is none of them.</exception>
    public Provider Owner(LlmClient client)
    {
        var usual = client.Targets.Owner(null);
        var able = client.Providers.Where(IsKeptBy).ToList();
        var ready = able.Where(provider => !provider.IsSimulated && client.Targets.IsSetUp(provider)).ToList();
        if (ready.Exists(provider => provider.Name == usual.Name)) return usual;
        return ready switch
        {
            [var only] => only,
            [] => able.Find(static provider => provider.IsSimulated) ?? usual,
            _ => throw new ConfigurationException($"several services keep {Name} here: say which, one of {string.Join(", ", ready.Select(static provider => provider.Name))}"),
        };
    }
}
