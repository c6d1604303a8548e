using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Runs a script of tests/oracle, which prints a JSON object a line.</summary>
internal static class NodeOracle
{
    public static async Task<List<JsonObject>> ReadAsync(string script, params IEnumerable<string> arguments)
    {
        using var node = Process.Start(new ProcessStartInfo(NpmPackages.Node, [Repo.PathTo("tests", "oracle", script), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var complaints = node.StandardError.ReadToEndAsync();
        var readings = new List<JsonObject>();
        while (await node.StandardOutput.ReadLineAsync() is { } line) readings.Add(JsonNode.Parse(line)!.AsObject());
        await node.WaitForExitAsync();
        return node.ExitCode == 0 ? readings : throw new InvalidOperationException($"node ended with {node.ExitCode}: {await complaints}");
    }
}
