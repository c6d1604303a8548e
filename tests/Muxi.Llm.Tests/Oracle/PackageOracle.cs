using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>What a vendor's own SDK makes of the recorded bytes: runs a script of tests/oracle once for a test class.</summary>
/// <param name="package">The SDK's npm package.</param>
/// <param name="script">The script, which prints a reading a line.</param>
/// <param name="arguments">What it is told besides where packages and records are.</param>
public abstract class PackageOracle(string package, string script, params string[] arguments) : IAsyncLifetime
{
    private readonly Dictionary<string, JsonObject> _readings = [];

    /// <summary>By record id; skips the running test where records or the SDK are missing, unless they were promised.</summary>
    public IReadOnlyDictionary<string, JsonObject> Readings
    {
        get
        {
            _ = Cassettes.All;
            NpmPackages.Require(package);
            return _readings;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (Cassettes.File is null || !NpmPackages.Has(package)) return;
        foreach (var reading in await NodeOracle.ReadAsync(script, [NpmPackages.Modules, Cassettes.File, .. arguments])) _readings.Add(reading["id"]!.GetValue<string>(), reading);
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
