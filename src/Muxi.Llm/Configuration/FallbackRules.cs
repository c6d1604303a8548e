namespace Muxi.Llm;

/// <summary>Which fallbacks hold for which models: the code's before the file's, and in each a name before patterns, of which the most specific counts.</summary>
internal sealed class FallbackRules
{
    private readonly List<Layer> _layers = [];

    public FallbackRules(LlmOptions options)
    {
        foreach (var layer in (ReadOnlySpan<IReadOnlyDictionary<string, IReadOnlyList<Fallback>>>)[options.Fallbacks, (options.Configuration ?? LlmConfiguration.Empty).Fallbacks])
            if (layer.Count > 0) _layers.Add(new(layer, [.. layer.OrderByDescending(static rule => Globs.Weight(rule.Key))]));
    }

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => _layers.Count == 0;

    /// <summary>Who is asked when a model has failed; nobody where nothing says.</summary>
    /// <param name="names">The model's names: as it was called, what that is an alias of, and <c>provider/model</c>.</param>
    public IReadOnlyList<Fallback> For(List<string> names)
    {
        foreach (var layer in _layers)
            if (layer.For(names) is { } found) return found;
        return [];
    }

    private sealed record Layer(IReadOnlyDictionary<string, IReadOnlyList<Fallback>> ByName, KeyValuePair<string, IReadOnlyList<Fallback>>[] ByWeight)
    {
        public IReadOnlyList<Fallback>? For(List<string> names)
        {
            foreach (var name in names)
                if (ByName.TryGetValue(name, out var exact)) return exact;
            foreach (var (glob, fallbacks) in ByWeight)
                foreach (var name in names)
                    if (Globs.Matches(glob, name)) return fallbacks;
            return null;
        }
    }
}
