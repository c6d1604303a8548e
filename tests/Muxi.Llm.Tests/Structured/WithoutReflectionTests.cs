namespace Muxi.Llm.Tests;

/// <summary>Where the serialiser may not reflect, as in a program that is trimmed or compiled ahead of time, tools and values work by their contexts, and what cannot work says so at once.</summary>
public sealed class WithoutReflectionTests : IDisposable
{
    private const string Program = """
        using System.Text.Json;
        using System.Text.Json.Serialization;
        using Muxi.Llm;

        AppContext.SetSwitch("System.Text.Json.JsonSerializer.IsReflectionEnabledByDefault", false);
        var plain = FunctionTool.Create((string city, int days = 1) => $"sun in {city}", new() { Name = "plain" });
        var typed = FunctionTool.Create("typed", (given, _) => Task.FromResult(new Point(given.X, given.Y + 1)), Types.Default.Point, Types.Default.Point, new() { Strict = true });
        var method = FunctionTool.Create((Point at) => at, new() { Name = "method", SerializerOptions = Types.Default.Options });
        foreach (var tool in new[] { plain, typed, method }) Console.WriteLine((await ChatCompletion.RunToolsAsync("sandbox/chat", "Hi", [tool])).Transcript[1].Content);
        Console.WriteLine((await ChatCompletion.CreateAsync("sandbox/chat", "Hi", Types.Default.Point)).Rounds.Count);
        try
        {
            FunctionTool.Create((Point at) => 1, new() { Name = "unknown" });
        }
        catch (NotSupportedException)
        {
            Console.WriteLine("unknown types are refused");
        }

        internal sealed record Point(int X, int Y);

        [JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
        [JsonSerializable(typeof(Point))]
        internal sealed partial class Types : JsonSerializerContext;
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("muxi-plain");

    [Fact]
    public async Task Tools_and_values_work_by_their_contexts()
    {
        var (exitCode, output, errors) = await Snippets.RunAsync(Program, _folder.FullName, new Dictionary<string, string>());

        Assert.True(exitCode == 0, errors);
        var lines = output.Split('\n');
        Assert.StartsWith("sun in ", lines[0], StringComparison.Ordinal);
        Assert.All(lines[1..3], line => Assert.Matches("^{\"x\":-?[0-9]+,\"y\":-?[0-9]+}$", line));
        Assert.Equal(["1", "unknown types are refused"], lines[3..5]);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
