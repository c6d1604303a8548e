namespace Muxi.Llm.Tests;

/// <summary>
/// The recorded traffic named by MUXI_LLM_CASSETTES. Where the variable is unset every test that asks for a record is skipped
/// by name; where it is set a missing file is a failure, so that a build cannot lose these tests in silence.
/// </summary>
internal static class Cassettes
{
    public const string Variable = "MUXI_LLM_CASSETTES";
    private const string NoRecords = "(no recorded traffic)";

    private static readonly Lazy<Dictionary<string, Cassette>> _all = new(Load);

    /// <summary>The file of records (the variable may also name its folder), or null.</summary>
    public static string? File { get; } = Resolve(Environment.GetEnvironmentVariable(Variable));

    /// <summary>Every record, in file order.</summary>
    public static IReadOnlyCollection<Cassette> All
    {
        get
        {
            SkipWhenAbsent();
            return _all.Value.Values;
        }
    }

    /// <summary>The records of one endpoint, of the named providers or of all.</summary>
    public static IReadOnlyList<Cassette> Where(string endpoint, params ReadOnlySpan<string> providers)
    {
        HashSet<string> wanted = [.. providers];
        return [.. All.Where(c => c.Endpoint == endpoint && (wanted.Count == 0 || wanted.Contains(c.Provider)))];
    }

    /// <summary>One record by id; skips the running test where there are none.</summary>
    public static Cassette Get(string id)
    {
        SkipWhenAbsent();
        return _all.Value.TryGetValue(id, out var found) ? found : throw new KeyNotFoundException($"no record {id} in {File}");
    }

    /// <summary>Ids for a theory; without records one row, so that the theory is listed as skipped and not as empty.</summary>
    public static TheoryData<string> Ids(string endpoint, params ReadOnlySpan<string> providers) =>
        File is null ? [NoRecords] : [.. Where(endpoint, providers).Select(c => c.Id)];

    private static void SkipWhenAbsent()
    {
        if (File is null)
            Assert.Skip($"{Variable} is not set");
    }

    private static string? Resolve(string? path) =>
        string.IsNullOrEmpty(path) ? null : Directory.Exists(path) ? Path.Combine(path, "recorded.jsonl") : path;

    private static Dictionary<string, Cassette> Load()
    {
        ReadOnlyMemory<byte> rest = System.IO.File.ReadAllBytes(File!);
        var all = new Dictionary<string, Cassette>(2048);
        while (!rest.IsEmpty)
        {
            var end = rest.Span.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            if (line.Span.Trim(" \r\t"u8).IsEmpty)
                continue;
            var cassette = Cassette.Index(line);
            all.Add(cassette.Id, cassette);
        }
        return all;
    }
}
