namespace Muxi.Llm;

/// <summary>What a machine tells of itself.</summary>
/// <param name="AssetTag">The tag of its chassis, by which Azure marks its own machines; empty where it does not say.</param>
internal sealed record AzureMachine(string AssetTag)
{
    // Azure's documentation of its metadata service and cloud-init name this tag.
    private const string Azures = "7783-7084-3265-9085-8269-3286-77", TagFile = "/sys/class/dmi/id/chassis_asset_tag";

    private static readonly string[] _programs = ["az", "azd", "pwsh"];

    /// <summary>The machine that this runs on.</summary>
    public static AzureMachine This { get; } = new(Tag());

    /// <summary>Whether it is one of Azure's, so that there is a metadata server to ask; elsewhere than on Linux it does not tell, and may be.</summary>
    public bool IsAzures => AssetTag == Azures || (AssetTag.Length == 0 && OperatingSystem.IsWindows());

    /// <summary>Those of Azure's programs that somebody may be signed in with and that are there.</summary>
    public static IEnumerable<string> Programs(Func<string, string?> environment)
    {
        var folders = (environment("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        string[] endings = OperatingSystem.IsWindows() ? [".cmd", ".exe", ".bat"] : [""];
        return _programs.Where(program => folders.Any(folder => endings.Any(ending => File.Exists(Path.Combine(folder, program + ending)))));
    }

    private static string Tag()
    {
        try
        {
            return File.Exists(TagFile) ? File.ReadAllText(TagFile).Trim() : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
