using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>What the official OpenAI SDK makes of the recorded completions, embeddings, moderations and models: tests/oracle/openai-texts.mjs, once for each.</summary>
public sealed class TextsOracle
{
    private readonly Dictionary<string, Task<List<JsonObject>>> _read = [];

    /// <summary>The readings of an endpoint; skips the running test where records or the SDK are missing, unless they were promised.</summary>
    public async Task<IReadOnlyDictionary<string, JsonObject>> ReadAsync(string endpoint)
    {
        _ = Cassettes.All;
        NpmPackages.Require("openai");
        if (!_read.TryGetValue(endpoint, out var reading)) _read[endpoint] = reading = NodeOracle.ReadAsync("openai-texts.mjs", NpmPackages.Modules, Cassettes.File!, endpoint);
        return (await reading).ToDictionary(one => (string)one["id"]!);
    }
}
