using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Muxi.Llm.Tests;

/// <summary>What is started must end with us: one place knows how, and a second one would forget.</summary>
public class Law04_Only_one_place_starts_processes
{
    private const string Place = "src/Muxi.Llm/Local/ServerProcess.cs";

    private static readonly HashSet<string> _processes = ["Process", "ProcessStartInfo"];

    [Fact]
    public void Processes_are_named_there_alone() =>
        Law.Holds(Sources.Shipped.Where(source => source.Path != Place).SelectMany(Check), "Describe the program as a LocalServer in the provider's facts and let Local/ start it.");

    [Fact]
    public void The_law_catches_a_planted_breach()
    {
        var planted = new Source("src/Muxi.Llm/Routing/Planted.cs", """
            /// <summary>Not a <see cref="Process"/>.</summary>
            class Planted
            {
                object A() => System.Diagnostics.Process.Start("sh");
                object B() => new ProcessStartInfo();
                int C() => Environment.ProcessId;
                object Good() => client.Ocr.Process("a");
            }
            """);

        Law.Catches(Check(planted), 4, 5);
    }

    /// <summary>Whether it is what is called: a document may be processed.</summary>
    private static bool IsMethod(SyntaxToken name) => name.Parent?.Parent is MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax } access && access.Name == name.Parent;

    private static IEnumerable<Breach> Check(Source source) =>
        source.Names().Where(name => _processes.Contains(name.ValueText) && !IsMethod(name)).Select(name => source.Breach(name, $"{name} outside {Place}"));
}
