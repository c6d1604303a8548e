using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Muxi.Llm.Tests;

/// <summary>
/// How many ways a method can go: if, loops, case labels, catch, &amp;&amp;, ||, ??, ?: and when count one each. A switch whose arms are single
/// expressions or statements is a table and counts once. Local functions and lambdas count to themselves.
/// </summary>
internal static class Branches
{
    /// <summary>Everything in a file that has a body of its own, by name.</summary>
    public static IEnumerable<(SyntaxNode Method, string Name, int Count)> In(Source source) =>
        source.All<SyntaxNode>().Where(IsMethod).Select(method => (method, NameOf(method), Of(method)));

    private static int Of(SyntaxNode method) => method.DescendantNodes(node => node == method || !IsMethod(node)).Where(node => node != method && !IsMethod(node)).Sum(Count);

    private static bool IsMethod(SyntaxNode node) =>
        node is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or LocalFunctionStatementSyntax or AnonymousFunctionExpressionSyntax
        || node is ArrowExpressionClauseSyntax { Parent: BasePropertyDeclarationSyntax };

    private static int Count(SyntaxNode node) => node switch
    {
        IfStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax or WhileStatementSyntax or DoStatementSyntax => 1,
        CatchClauseSyntax or CatchFilterClauseSyntax or WhenClauseSyntax or ConditionalExpressionSyntax or SwitchExpressionSyntax => 1,
        SwitchStatementSyntax flat when IsFlat(flat) => 1,
        CaseSwitchLabelSyntax or CasePatternSwitchLabelSyntax when !IsFlat((SwitchStatementSyntax)node.Parent!.Parent!) => 1,
        BinaryExpressionSyntax binary when binary.Kind() is SyntaxKind.LogicalAndExpression or SyntaxKind.LogicalOrExpression or SyntaxKind.CoalesceExpression => 1,
        AssignmentExpressionSyntax assignment when assignment.IsKind(SyntaxKind.CoalesceAssignmentExpression) => 1,
        _ => 0,
    };

    private static bool IsFlat(SwitchStatementSyntax statement) => statement.Sections.All(section => section.Statements switch
    {
        [ExpressionStatementSyntax, BreakStatementSyntax] or [ReturnStatementSyntax] or [ThrowStatementSyntax] or [BreakStatementSyntax] or [ContinueStatementSyntax] => true,
        [ExpressionStatementSyntax, ReturnStatementSyntax { Expression: null or LiteralExpressionSyntax }] => true,
        _ => false,
    });

    private static string NameOf(SyntaxNode method) => method switch
    {
        MethodDeclarationSyntax it => it.Identifier.ValueText,
        ConstructorDeclarationSyntax it => it.Identifier.ValueText,
        LocalFunctionStatementSyntax it => it.Identifier.ValueText,
        AnonymousFunctionExpressionSyntax => "a lambda",
        AccessorDeclarationSyntax { Parent.Parent: PropertyDeclarationSyntax it } => it.Identifier.ValueText,
        ArrowExpressionClauseSyntax { Parent: PropertyDeclarationSyntax it } => it.Identifier.ValueText,
        _ => method.Kind().ToString(),
    };
}
