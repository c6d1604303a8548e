using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>What the official OpenAI SDK makes of the recorded responses: tests/oracle/openai-responses.mjs.</summary>
public sealed class ResponsesOracle
{
    private Task<List<JsonObject>>? _reading;

    /// <summary>All readings; skips the running test where records or the SDK are missing, unless they were promised.</summary>
    public async Task<IReadOnlyDictionary<string, JsonObject>> ReadAsync()
    {
        _ = Cassettes.All;
        NpmPackages.Require("openai");
        return (await (_reading ??= NodeOracle.ReadAsync("openai-responses.mjs", NpmPackages.Modules, Cassettes.File!))).ToDictionary(one => (string)one["id"]!);
    }
}
