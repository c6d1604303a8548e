using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Muxi.Llm.Tests;

/// <summary>examples/own-dialect, as somebody elsewhere would use it: copied out of the repository, built against the packed library, its own tests run.</summary>
[Collection(nameof(Alone))]
public sealed partial class OwnDialectTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("muxi-own-dialect");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task The_sample_builds_against_the_packed_library_and_passes_its_tests()
    {
        var configuration = typeof(OwnDialectTests).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;
        var (packed, packages, sample) = (Path.Combine(_folder.FullName, "packed"), Path.Combine(_folder.FullName, "packages"), Path.Combine(_folder.FullName, "sample"));
        var known = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        Copy(Repo.PathTo("examples", "own-dialect"), sample);

        await RunAsync(Repo.Root, "dotnet", "pack", "src/Muxi.Llm", "--no-build", "-c", configuration, "-o", packed, "-nologo", "-v", "quiet");
        // The library comes from the package alone; what else is needed was restored for these tests already, so no network is asked. Of some packages that is a newer version than the lowest
        // that would do, of which NU1603 tells.
        await RunAsync(sample, "dotnet", "build", "Parlance.Tests", "-nologo", "-v", "quiet", "--disable-build-servers", $"-p:RestoreSources={packed}", $"-p:RestorePackagesPath={packages}", $"-p:RestoreFallbackFolders={known}", "-p:WarningsNotAsErrors=NU1603");
        var output = await RunAsync(sample, "dotnet", "Parlance.Tests/bin/Debug/net10.0/Parlance.Tests.dll", "--no-progress", "--no-ansi");

        Assert.Matches(Passed(), output);
        Assert.True(Directory.Exists(Path.Combine(packages, "muxi.llm")), "the library did not come from the package");
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var path = Path.GetRelativePath(from, file);
            if (path.Split(Path.DirectorySeparatorChar).Any(static folder => folder is "bin" or "obj")) continue;
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(to, path))!);
            File.Copy(file, Path.Combine(to, path));
        }
    }

    private static async Task<string> RunAsync(string folder, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        // Versions are locked for this repository, not for a copy of a sample.
        start.Environment.Remove("CI");
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}\n{output}\n{await errors}");
        return output;
    }

    [GeneratedRegex(@"failed: 0\s+succeeded: [1-9][0-9]*\s+skipped: 0")]
    private static partial Regex Passed();
}
