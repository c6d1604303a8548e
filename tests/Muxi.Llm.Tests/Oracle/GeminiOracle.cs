using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>What Google's official SDK makes of the recorded bytes: runs tests/oracle/google-genai.mjs once for a test class.</summary>
public sealed class GeminiOracle : IAsyncLifetime
{
    private const string Package = "@google/genai";

    private readonly Dictionary<string, JsonObject> _readings = [];

    /// <summary>By record id; skips the running test where records or the SDK are missing, unless they were promised.</summary>
    public IReadOnlyDictionary<string, JsonObject> Readings
    {
        get
        {
            _ = Cassettes.All;
            NpmPackages.Require(Package);
            return _readings;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (Cassettes.File is null || !NpmPackages.Has(Package)) return;
        foreach (var reading in await NodeOracle.ReadAsync("google-genai.mjs", NpmPackages.Modules, Cassettes.File)) _readings.Add(reading["id"]!.GetValue<string>(), reading);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
