using System.Diagnostics;
using System.Text;

namespace Muxi.Llm.Tests;

/// <summary>How a script ended and what it wrote.</summary>
internal sealed record NodeResult(int ExitCode, string Output, string Errors);

/// <summary>Runs a Node script to its end, with the npm packages of tests/npm in its reach.</summary>
internal static class NodeScript
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <summary>Runs the script at <paramref name="path"/>; it is killed after a minute.</summary>
    /// <remarks>The caller says which packages it needs: <see cref="NpmPackages.Require"/>. The working folder is the one
    /// with node_modules. The script must stand alone: a module finds packages from where its file lies, so a copy is run from there.</remarks>
    public static async Task<NodeResult> RunAsync(
        string path, IEnumerable<string> arguments, string input = "", CancellationToken cancellationToken = default)
    {
        var folder = Directory.CreateDirectory(Path.Combine(NpmPackages.Folder, "scripts", Guid.NewGuid().ToString("N")));
        try
        {
            var copy = Path.Combine(folder.FullName, Path.GetFileName(path));
            File.Copy(path, copy);
            return await RunToEndAsync(StartInfo([copy, .. arguments]), input, cancellationToken);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>How every Node process is started: streams redirected, in the folder with node_modules.</summary>
    public static ProcessStartInfo StartInfo(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(NpmPackages.Node, arguments)
        {
            WorkingDirectory = NpmPackages.Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        start.Environment.Remove("NODE_OPTIONS");
        // Some programs say and do other things where it is set.
        start.Environment.Remove("CI");
        start.Environment["NO_COLOR"] = "1";
        return start;
    }

    private static async Task<NodeResult> RunToEndAsync(ProcessStartInfo start, string input, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        using var process = Process.Start(start)!;
        await using var kill = limit.Token.Register(() => process.Kill(entireProcessTree: true));
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The script ended without reading its input; how it ended says the rest.
        }

        await process.WaitForExitAsync(CancellationToken.None);
        limit.Token.ThrowIfCancellationRequested();
        return new NodeResult(process.ExitCode, await output, await errors);
    }
}
