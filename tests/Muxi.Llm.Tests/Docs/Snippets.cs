using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Muxi.Llm.Tests;

/// <summary>Compiles C# that is shown to people and runs it as a program of its own.</summary>
internal static partial class Snippets
{
    private const string Usings =
        "global using System; global using System.IO; global using System.Linq; global using System.Collections.Generic; "
        + "global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;";

    private static readonly Lazy<MetadataReference[]> _references = new(static () =>
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(file => MetadataReference.CreateFromFile(file))]);

    /// <summary>What writes serialisers' contexts, as in any program: it comes with the SDK.</summary>
    private static readonly Lazy<IIncrementalGenerator[]> _generators = new(static () =>
    {
        var packs = Path.Combine(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "packs", "Microsoft.NETCore.App.Ref");
        var file = Directory.EnumerateFiles(packs, "System.Text.Json.SourceGeneration.dll", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Last();
        return [.. Assembly.LoadFrom(Path.GetFullPath(file)).GetTypes().Where(type => type.IsDefined(typeof(GeneratorAttribute), false)).Select(type => (IIncrementalGenerator)Activator.CreateInstance(type)!)];
    });

    /// <summary>The C# blocks of a page.</summary>
    public static IReadOnlyList<string> Of(string page) =>
        [.. Fence().Matches(File.ReadAllText(Repo.PathTo(page.Split('/')))).Select(block => block.Groups["code"].Value)];

    /// <summary>Compiles the code (warnings count) and runs it in a folder with the given environment and no key of the machine's.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string code, string folder, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var program = Compile(code, folder);
        var start = new ProcessStartInfo("dotnet", ["exec", "--runtimeconfig", Path.Combine(AppContext.BaseDirectory, "Muxi.Llm.Tests.runtimeconfig.json"), program, .. arguments])
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.EndsWith("_API_KEY", StringComparison.Ordinal) || name.EndsWith("_BASE_URL", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await errors);
    }

    private static string Compile(string code, string folder)
    {
        var options = CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.Preview);
        // A file-based program begins with directives for the build, which the compiler itself does not know.
        var plain = string.Join('\n', code.Split('\n').Select(line => line.StartsWith("#:", StringComparison.Ordinal) ? "" : line));
        var compilation = CSharpCompilation.Create("Snippet",
            [CSharpSyntaxTree.ParseText(plain, options, cancellationToken: TestContext.Current.CancellationToken), CSharpSyntaxTree.ParseText(Usings, options, cancellationToken: TestContext.Current.CancellationToken)],
            _references.Value, new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));
        CSharpGeneratorDriver.Create([.. _generators.Value.Select(generator => generator.AsSourceGenerator())], parseOptions: options)
            .RunGeneratorsAndUpdateCompilation(compilation, out var generated, out _, TestContext.Current.CancellationToken);
        compilation = (CSharpCompilation)generated;
        var complaints = compilation.GetDiagnostics(TestContext.Current.CancellationToken).Where(one => one.Severity >= DiagnosticSeverity.Warning && one.Id is not "CS1701" and not "CS1702").ToList();
        Assert.True(complaints.Count == 0, string.Join('\n', complaints) + "\n" + code);
        var file = Path.Combine(folder, "Snippet.dll");
        Assert.True(compilation.Emit(file, cancellationToken: TestContext.Current.CancellationToken).Success);
        foreach (var used in (string[])["Muxi.Llm.dll", "YamlDotNet.dll", "System.Numerics.Tensors.dll", "OpenAI.dll", "Microsoft.Extensions.AI.Abstractions.dll", "System.ClientModel.dll", "System.Memory.Data.dll",
            "Muxi.Llm.Aws.dll", "AWSSDK.Core.dll", "AWSSDK.SecurityToken.dll", "Muxi.Llm.Azure.dll", "Azure.Core.dll", "Azure.Identity.dll", "Microsoft.Identity.Client.dll", "Microsoft.Identity.Client.Extensions.Msal.dll", "Microsoft.IdentityModel.Abstractions.dll", "Muxi.Llm.Google.dll", "Google.Apis.dll", "Google.Apis.Core.dll", "Google.Apis.Auth.dll", "Newtonsoft.Json.dll"])
            File.Copy(Path.Combine(AppContext.BaseDirectory, used), Path.Combine(folder, used), overwrite: true);
        return file;
    }

    [GeneratedRegex("```csharp\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Fence();
}
