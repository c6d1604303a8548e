namespace Muxi.Llm;

/// <summary>Whose files are meant where nobody says it, in the command line and on the server.</summary>
internal static class FileOwners
{
    /// <summary>
    /// OpenAI where it is set up, else the only service that is set up and keeps files, else the simulator where none is.
    /// </summary>
    /// <exception cref="ConfigurationException">Several are set up, and OpenAI is none of them.</exception>
    public static Provider Default(LlmClient client) => Default(client, static provider => provider.Files is not null, "files");

    /// <summary>As the other, of other things that services keep.</summary>
    /// <param name="client">Knows the services.</param>
    /// <param name="keeps">Whether a service keeps them.</param>
    /// <param name="what">What they are.</param>
    /// <exception cref="ConfigurationException">Several are set up, and OpenAI is none of them.</exception>
    public static Provider Default(LlmClient client, Func<Provider, bool> keeps, string what)
    {
        var usual = client.Targets.Owner(null);
        var able = client.Providers.Where(keeps).ToList();
        var ready = able.Where(provider => provider.InProcess is null && client.Targets.IsSetUp(provider)).ToList();
        if (ready.Exists(provider => provider.Name == usual.Name)) return usual;
        return ready switch
        {
            [var only] => only,
            [] => able.Find(static provider => provider.InProcess is not null) ?? usual,
            _ => throw new ConfigurationException($"several services keep {what} here: say which, one of {string.Join(", ", ready.Select(static provider => provider.Name))}"),
        };
    }
}
