using System.Text.Json;

namespace Muxi.Llm;

/// <summary>A file with credentials in Google's form.</summary>
/// <param name="Json">All of it.</param>
/// <param name="Type">Its kind: <c>service_account</c>, <c>authorized_user</c>, <c>external_account</c>, ...</param>
/// <param name="Project">The project that it names; null for none.</param>
/// <param name="Secrets">What of it must not be shown.</param>
internal sealed record GoogleFile(string Json, string Type, string? Project, IReadOnlyList<string> Secrets)
{
    private const string Customary = "application_default_credentials.json";

    private static readonly string[] _secrets = ["private_key", "private_key_id", "refresh_token", "client_secret"];

    /// <summary>Where the credentials' file is: a variable's, else the one that gcloud has written; null for nowhere.</summary>
    public static string? Find(Func<string, string?> environment, GoogleMachine machine)
    {
        if (Set(environment, "GOOGLE_APPLICATION_CREDENTIALS") is { } named) return named;
        var folder = Set(environment, "CLOUDSDK_CONFIG") ?? machine.ConfigurationFolder(environment);
        return folder is not null && Path.Combine(folder, Customary) is var path && File.Exists(path) ? path : null;
    }

    /// <summary>When a file was written; the beginning of time where it is not there.</summary>
    public static DateTime Written(string path) => File.GetLastWriteTimeUtc(path);

    /// <summary>Reads a file.</summary>
    /// <exception cref="JsonException">It is not JSON, or not in Google's form.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static GoogleFile Read(string path)
    {
        var json = File.ReadAllText(path);
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object) throw new JsonException("It is no object.");
        var type = Text(root, "type") ?? throw new JsonException("It has no 'type'.");
        var secrets = _secrets.Select(name => Text(root, name)).Concat(root.TryGetProperty("source_credentials", out var source) && source.ValueKind == JsonValueKind.Object ? _secrets.Select(name => Text(source, name)) : []);
        return new(json, type, Text(root, "project_id") ?? Text(root, "quota_project_id"), [.. secrets.OfType<string>().SelectMany(Parts)]);
    }

    /// <summary>Text on one line.</summary>
    public static string OneLine(string text) => text.ReplaceLineEndings(" ").Trim();

    internal static string? Set(Func<string, string?> environment, string name) => environment(name)?.Trim() is { Length: > 0 } value ? value : null;

    private static string? Text(JsonElement of, string name) => of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

    /// <summary>A key in PEM's form is a secret as a whole and without its frame.</summary>
    private static IEnumerable<string> Parts(string secret)
    {
        yield return secret;
        foreach (var line in secret.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            if (line.Length >= 16 && !line.StartsWith("-----", StringComparison.Ordinal) && line.Length < secret.Length) yield return line;
    }
}

/// <summary>What a machine tells of itself.</summary>
/// <param name="Product">The name of the machine's maker or product; empty where it does not say.</param>
/// <param name="Home">The user's folder; empty for none.</param>
internal sealed record GoogleMachine(string Product, string Home)
{
    private const string ProductFile = "/sys/class/dmi/id/product_name";

    // Places of Google's that are no whole machines, or have no product's name: Cloud Run, functions, App Engine, and a metadata server that somebody names.
    private static readonly string[] _variables = ["GCE_METADATA_HOST", "GCE_METADATA_IP", "K_SERVICE", "CLOUD_RUN_JOB", "FUNCTION_TARGET", "GAE_SERVICE"];

    /// <summary>The machine that this runs on.</summary>
    public static GoogleMachine This { get; } = new(ProductName(), Environment.GetFolderPath(Environment.SpecialFolder.UserProfile));

    /// <summary>Whether it is one of Google's, so that there is a metadata server to ask; nothing is sent to find out.</summary>
    public bool IsGoogles(Func<string, string?> environment) => Product.Contains("Google", StringComparison.Ordinal) || _variables.Any(name => GoogleFile.Set(environment, name) is not null);

    /// <summary>The folder where gcloud keeps its own; null where there is none.</summary>
    public string? ConfigurationFolder(Func<string, string?> environment)
    {
        if (OperatingSystem.IsWindows()) return GoogleFile.Set(environment, "APPDATA") is { } data ? Path.Combine(data, "gcloud") : null;
        return (GoogleFile.Set(environment, "HOME") ?? Home) is { Length: > 0 } home ? Path.Combine(home, ".config", "gcloud") : null;
    }

    private static string ProductName()
    {
        try
        {
            return File.Exists(ProductFile) ? File.ReadAllText(ProductFile).Trim() : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
