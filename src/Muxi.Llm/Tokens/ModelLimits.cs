using System.Collections.Frozen;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>How many tokens a model's answer may have at most, for wire formats that demand the number. The table is embedded; its file tells where it is from.</summary>
internal static class ModelLimits
{
    private static readonly string[] _parts = ["max_output_tokens", "added"];

    private static readonly Lazy<FrozenDictionary<string, int>> _maxOutput = new(Read);

    /// <summary>The limit of a model, named as its vendor or a cloud names it; of an unknown version that of the nearest name before it. Null where there is none.</summary>
    public static int? MaxOutput(string model)
    {
        var table = _maxOutput.Value;
        var name = Bare(model);
        for (var length = name.Length; length > 0; length = name.LastIndexOfAny(['-', '@', ':', '['], length - 1))
            if (table.TryGetValue(name[..length], out var limit)) return limit;
        return null;
    }

    /// <summary>The name without what clouds and routers put before it: <c>us.anthropic.claude-...</c>, <c>anthropic/claude-...</c>.</summary>
    private static string Bare(string model)
    {
        var name = model[(model.LastIndexOf('/') + 1)..];
        var vendor = name.IndexOf(".claude", StringComparison.OrdinalIgnoreCase);
        return vendor < 0 ? name : name[(vendor + 1)..];
    }

    private static FrozenDictionary<string, int> Read()
    {
        using var file = typeof(ModelLimits).Assembly.GetManifestResourceStream("Muxi.Llm.model-limits.json")!;
        using var document = JsonDocument.Parse(file);
        return _parts
            .SelectMany(part => document.RootElement.GetProperty(part).EnumerateObject())
            .ToFrozenDictionary(model => model.Name, model => model.Value.GetInt32(), StringComparer.OrdinalIgnoreCase);
    }
}
