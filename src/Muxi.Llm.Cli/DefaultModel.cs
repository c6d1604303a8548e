namespace Muxi.Llm.Cli;

/// <summary>Which model answers when the command names none.</summary>
/// <param name="Name">As <c>provider/model</c>, or an alias.</param>
/// <param name="Why">How it came to be this one.</param>
internal sealed record DefaultModel(string Name, string Why)
{
    public const string Variable = Targets.ModelVariable;

    /// <summary>The option; else the variable, the configuration's, the first provider whose key is set, or the sandbox, and then standard error tells.</summary>
    public static string Choose(string? option, LlmClient client, Terminal terminal)
    {
        if (option is not null) return option;
        var chosen = Find(client, terminal);
        var name = client.Targets.Name(chosen.Name).ToString();
        terminal.Note($"{(name == chosen.Name ? name : $"{chosen.Name}, which is {name},")} answers ({chosen.Why})");
        return chosen.Name;
    }

    /// <summary>What a command without a model gets.</summary>
    public static DefaultModel Find(LlmClient client, Terminal terminal)
    {
        if (terminal.Variable(Variable) is { } named) return new(Named(named, client), $"{Variable} is set");
        if (client.Configuration is { Model: { } model } file) return new(model, $"{file.PlaceOf("model")} says so; -m picks another");
        var candidates = client.Providers.Where(provider => provider is { DefaultModel: not null, KeyVariables.IsEmpty: false });
        foreach (var provider in candidates)
            if (client.Targets.KeySource(provider) is { } source)
                return new($"{provider.Name}/{provider.DefaultModel}", $"{source} is set; -m picks another");
        var first = candidates.First();
        return new($"{Providers.Sandbox.Name}/{Providers.Sandbox.DefaultModel}", $"no key is set; set {first.KeyVariables[0]} for {first.Name}/{first.DefaultModel}");
    }

    private static string Named(string model, LlmClient client)
    {
        try
        {
            var name = client.Targets.Name(model);
            // A bare name of a model is told in full; an alias is asked for by its own name, which brings its settings.
            return client.Settings.Aliases.ContainsKey(model) ? model : name.ToString();
        }
        catch (ConfigurationException e)
        {
            throw new FailureException($"{Variable}: {e.Message}", e);
        }
    }
}
