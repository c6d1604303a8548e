namespace Muxi.Llm.Cli;

/// <summary>Which model answers when the command names none.</summary>
/// <param name="Name">As <c>provider/model</c>, or an alias.</param>
/// <param name="Why">How it came to be this one.</param>
/// <param name="Source">The variable, the file and its line, or that it is built in.</param>
internal sealed record DefaultModel(string Name, string Why, string Source)
{
    public const string Variable = Targets.ModelVariable;

    /// <summary>The option; else the variable, the configuration's, the first provider whose key is set, or the sandbox, and then standard error tells.</summary>
    /// <param name="option">What the command names; null for nothing.</param>
    /// <param name="operation">What the model is for, as <see cref="Operations"/> calls it.</param>
    /// <param name="client">Knows the settings.</param>
    /// <param name="terminal">Knows the environment, and is told.</param>
    public static string Choose(string? option, string operation, LlmClient client, Terminal terminal)
    {
        if (option is not null) return option;
        var chosen = Find(operation, client, terminal);
        var name = client.Targets.Name(chosen.Name).ToString();
        terminal.Note($"{(name == chosen.Name ? name : $"{chosen.Name}, which is {name},")} answers ({chosen.Why})");
        return chosen.Name;
    }

    /// <summary>What a command without a model gets.</summary>
    public static DefaultModel Find(string operation, LlmClient client, Terminal terminal)
    {
        if (terminal.Variable(Variable) is { } named) return new(Named(named, client), $"{Variable} is set", Variable);
        if (client.Configuration is { Model: { } model } file) return new(model, $"{file.PlaceOf("model")} says so; -m picks another", file.PlaceOf("model")!);
        var candidates = client.Providers.Where(provider => !provider.KeyVariables.IsEmpty && Operations.DefaultModelOf(provider, operation) is not null);
        foreach (var provider in candidates)
            if (client.Targets.KeySource(provider) is { } source)
                return new(NameFor(provider, operation), $"{source} is set; -m picks another", source);
        var sandbox = NameFor(Providers.Sandbox, operation);
        if (client.Providers.FirstOrDefault(provider => Operations.Of(provider).Contains(operation) && provider.Auth.IsRequired && client.Targets.KeySource(provider) is not null) is { } other)
            return new(sandbox, $"{client.Targets.KeySource(other)} is set, but {other.Name} has no usual model; -m {other.Name}/MODEL picks one", "built in");
        var first = candidates.First();
        return new(sandbox, $"no key is set; set {first.CustomaryVariable} for {NameFor(first, operation)}", "built in");
    }

    private static string NameFor(Provider provider, string operation) => $"{provider.Name}/{Operations.DefaultModelOf(provider, operation)}";

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
