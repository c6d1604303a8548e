namespace Muxi.Llm.Tests;

/// <summary>Where this repository is, whatever folder the tests were started from.</summary>
internal static class Repo
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    /// <summary>A path below the root.</summary>
    public static string PathTo(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    private static string Find(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "MuxiLlm.slnx")))
                return folder.FullName;
        }
        throw new DirectoryNotFoundException($"no MuxiLlm.slnx above {start}");
    }
}
