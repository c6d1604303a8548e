using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Muxi.Llm.Tests;

/// <summary>One await that comes back to a UI thread locks a program that waits for us there.</summary>
public class Law12_Library_awaits_stay_off_the_callers_context
{
    [Fact]
    public void Every_await_says_ConfigureAwait_false() => Law.Holds(Sources.Library.SelectMany(Check), "Write .ConfigureAwait(false) behind what is awaited.");

    [Fact]
    public void The_law_catches_a_planted_breach()
    {
        var planted = new Source("src/Muxi.Llm/Planted.cs", """
            class Planted
            {
                async Task A()
                {
                    await B();
                    await C().ConfigureAwait(true);
                    await foreach (var d in E()) { }
                    await using var f = G();
                    await using (H()) { }
                    await using var i = J().ConfigureAwait(false);
                    await foreach (var k in L().WithCancellation(m).ConfigureAwait(false)) { }
                    await using (n.ConfigureAwait(false)) { }
                    await O().ConfigureAwait(continueOnCapturedContext: false);
                    await P().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            }
            """);

        Law.Catches(Check(planted), 5, 6, 7, 8, 9);
    }

    private static IEnumerable<Breach> Check(Source source) =>
        from node in source.All<SyntaxNode>()
        from awaited in Awaited(node)
        where !IsConfigured(awaited)
        select source.Breach(node, $"await of {awaited} comes back to the caller's context");

    private static IEnumerable<ExpressionSyntax> Awaited(SyntaxNode node) => node switch
    {
        AwaitExpressionSyntax it => [it.Expression],
        CommonForEachStatementSyntax it when it.AwaitKeyword != default => [it.Expression],
        UsingStatementSyntax { Expression: { } expression } it when it.AwaitKeyword != default => [expression],
        UsingStatementSyntax { Declaration: { } declaration } it when it.AwaitKeyword != default => Values(declaration),
        LocalDeclarationStatementSyntax it when it.AwaitKeyword != default => Values(it.Declaration),
        _ => [],
    };

    private static IEnumerable<ExpressionSyntax> Values(VariableDeclarationSyntax declaration) => declaration.Variables.Select(variable => variable.Initializer!.Value);

    // Options without ContinueOnCapturedContext do not come back either.
    private static bool IsConfigured(ExpressionSyntax awaited) =>
        awaited is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait" }, ArgumentList.Arguments: [var argument] }
        && argument.Expression.ToString() is var how && (how == "false" || (how.Contains("ConfigureAwaitOptions", StringComparison.Ordinal) && !how.Contains("ContinueOnCapturedContext", StringComparison.Ordinal)));
}
