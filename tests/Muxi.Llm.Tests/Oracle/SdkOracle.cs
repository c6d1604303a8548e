using System.Text.Json;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>What the official OpenAI SDK makes of the recorded bytes: runs tests/oracle/openai-sdk.mjs once for a test class.</summary>
public sealed class SdkOracle : IAsyncLifetime
{
    /// <summary>The providers whose chat completions the two oracles are compared on.</summary>
    internal static readonly string[] Providers = ["openai", "openrouter", "deepseek", "groq", "xai", "llamacpp", "local-openai-compat"];

    private readonly Dictionary<string, JsonObject> _readings = [];

    /// <summary>By record id; skips the running test where records or the SDK are missing, unless they were promised.</summary>
    public IReadOnlyDictionary<string, JsonObject> Readings
    {
        get
        {
            _ = Cassettes.All;
            NpmPackages.Require("openai");
            return _readings;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (Cassettes.File is null || !NpmPackages.Has("openai"))
            return;
        foreach (var reading in await NodeOracle.ReadAsync("openai-sdk.mjs", NpmPackages.Modules, Cassettes.File, string.Join(',', Providers)))
            _readings.Add(reading["id"]!.GetValue<string>(), reading);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>The judged differences: record id to the fields that may differ.</summary>
    internal static Dictionary<string, string[]> Judged()
    {
        var json = JsonNode.Parse(File.ReadAllText(Repo.PathTo("tests", "oracle", "judged.json")), documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false })!;
        return json.AsObject().ToDictionary(entry => entry.Key, entry =>
        {
            Assert.False(string.IsNullOrWhiteSpace(entry.Value!["reason"].Str()), $"{entry.Key} is judged without a reason");
            return entry.Value["fields"].Items().Select(field => field.Item.Str()!).ToArray();
        });
    }
}
