namespace Muxi.Llm.Cli;

/// <summary>Which model answers when the command names none.</summary>
/// <param name="Name">As <c>provider/model</c>.</param>
/// <param name="Why">How it came to be this one.</param>
internal sealed record DefaultModel(string Name, string Why)
{
    public const string Variable = "MUXI_LLM_MODEL";

    /// <summary>The option; else the variable, the first provider whose key is set, or the sandbox, and then standard error tells.</summary>
    public static string Choose(string? option, Terminal terminal)
    {
        if (option is not null) return option;
        var chosen = Find(terminal);
        terminal.Note($"{chosen.Name} answers ({chosen.Why})");
        return chosen.Name;
    }

    /// <summary>What a command without a model gets.</summary>
    public static DefaultModel Find(Terminal terminal)
    {
        if (terminal.Variable(Variable) is { } named) return new(Named(named), $"{Variable} is set");
        var candidates = Catalog.All.Where(provider => provider is { DefaultModel: not null, KeyVariables.IsEmpty: false });
        foreach (var provider in candidates)
            if (provider.CredentialVariables.FirstOrDefault(name => terminal.Variable(name) is not null) is { } variable)
                return new($"{provider.Name}/{provider.DefaultModel}", $"{variable} is set; -m picks another");
        var first = candidates.First();
        return new($"{Providers.Sandbox.Name}/{Providers.Sandbox.DefaultModel}", $"no key is set; set {first.KeyVariables[0]} for {first.Name}/{first.DefaultModel}");
    }

    private static string Named(string model)
    {
        try
        {
            return Catalog.Resolve(model).ToString();
        }
        catch (ConfigurationException e)
        {
            throw new FailureException($"{Variable}: {e.Message}", e);
        }
    }
}
