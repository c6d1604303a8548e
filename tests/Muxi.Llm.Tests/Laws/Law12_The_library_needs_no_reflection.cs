using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Muxi.Llm.Tests;

/// <summary>The library and the server work trimmed and compiled ahead of time: the compiler's analysis of that is on, is an error, and nothing goes round it.</summary>
public class Law12_The_library_needs_no_reflection
{
    private static readonly string[] _projects = ["src/Muxi.Llm/Muxi.Llm.csproj", "src/Muxi.Llm.Gateway/Muxi.Llm.Gateway.csproj"];

    private static readonly HashSet<string> _reflection =
    [
        "Activator", "MakeGenericType", "MakeGenericMethod", "InvokeMember", "DynamicInvoke", "DynamicMethod", "GetUninitializedObject", "LoadFrom", "LoadFile",
        "RequiresUnreferencedCode", "RequiresDynamicCode", "UnconditionalSuppressMessage", "DynamicDependency", "DefaultJsonTypeInfoResolver", "dynamic",
    ];

    private static readonly HashSet<string> _ofTypes =
    [
        "GetType", "GetProperties", "GetProperty", "GetMethods", "GetMethod", "GetFields", "GetField", "GetMembers", "GetMember", "GetConstructors", "GetConstructor",
        "GetInterfaces", "GetEvents", "GetCustomAttributes", "GetNestedTypes", "Load", "GetTypes", "CreateInstance",
    ];

    /// <summary>The one file whose members reflect over types of the caller's, and say so to the compiler, which warns whoever uses them trimmed.</summary>
    private const string Reflected = "src/Muxi.Llm/Structured/Reflected.cs";

    /// <summary>Whether all that reflects says so: only members of the file that are marked may use what is marked.</summary>
    [Fact]
    public void What_reflects_is_marked()
    {
        var methods = Sources.Library.Single(source => source.Path == Reflected).Root.DescendantNodes().OfType<MethodDeclarationSyntax>().ToList();

        Assert.NotEmpty(methods);
        Assert.All(methods, method => Assert.Equal(["RequiresDynamicCode", "RequiresUnreferencedCode"], method.AttributeLists.SelectMany(list => list.Attributes).Select(attribute => attribute.Name.ToString()).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void Its_sources_use_none() =>
        Law.Holds(Sources.Library.Concat(Sources.Server).Where(source => source.Path != Reflected).SelectMany(Check), "Write the code out, use a source generator (JsonSerializerContext, LoggerMessage), or take what is needed as a parameter.");

    [Fact]
    public void Its_project_is_AOT_compatible_and_its_warnings_are_errors() =>
        Law.Holds(_projects.SelectMany(project => Check(project, Sources.Read(project), Sources.Read("Directory.Build.props"))), "Keep the analysis on and mend what it finds.");

    [Fact]
    public void The_law_catches_a_planted_breach()
    {
        Law.Catches(Check(new Source("src/Muxi.Llm/Planted.cs", """
            class Planted
            {
                object A() => Activator.CreateInstance<Planted>();
                object B(object it) => it.GetType().GetProperties();
                object C() => typeof(Planted).GetMethod("C");
                object D() => Type.GetType("Planted");
                object E() => Assembly.Load("Planted");
                [RequiresUnreferencedCode("no")] void F() { }
                void G(dynamic it) => it.H();
            #pragma warning disable IL2026
                string Good(object it) => it.GetType().Name;
                object AlsoGood(JsonElement it) => it.GetProperty("name");
            }
            """)), 3, 4, 5, 6, 7, 8, 9, 10);

        const string Good = "<Project><PropertyGroup><IsAotCompatible>true</IsAotCompatible></PropertyGroup></Project>";
        const string Strict = "<Project><PropertyGroup><TreatWarningsAsErrors>true</TreatWarningsAsErrors></PropertyGroup></Project>";
        Assert.Empty(Check("p", Good, Strict));
        Law.Catches(Check("p", "<Project />", Strict), "p");
        Law.Catches(Check("p", Good, "<Project />"), "p");
        Law.Catches(Check("p", Good, Strict.Replace("</PropertyGroup>", "<NoWarn>CA1000;IL2026</NoWarn></PropertyGroup>", StringComparison.Ordinal)), "p");
        Law.Catches(Check("p", Good, Strict.Replace("</PropertyGroup>", "<WarningsNotAsErrors>IL3050</WarningsNotAsErrors></PropertyGroup>", StringComparison.Ordinal)), "p");
    }

    private static IEnumerable<Breach> Check(Source source) =>
        source.Names().Where(name => _reflection.Contains(name.ValueText) || IsOfType(name)).Select(name => source.Breach(name, $"{name.Parent?.Parent} is reflection"))
            .Concat(source.Root.DescendantNodes(descendIntoTrivia: true).OfType<PragmaWarningDirectiveTriviaSyntax>()
                .Where(pragma => pragma.ErrorCodes.Any(code => code.ToString().StartsWith("IL", StringComparison.Ordinal))).Select(pragma => source.Breach(pragma, "the analysis is silenced")));

    private static bool IsOfType(SyntaxToken name) =>
        _ofTypes.Contains(name.ValueText) && name.Parent?.Parent is MemberAccessExpressionSyntax access && access.Name == name.Parent
        && (access.Expression is TypeOfExpressionSyntax || access.Expression.ToString() is "Type" or "System.Type" or "Assembly" || access.Expression.ToString().EndsWith("GetType()", StringComparison.Ordinal) || access.Expression.ToString().EndsWith(".Assembly", StringComparison.Ordinal));

    private static IEnumerable<Breach> Check(string place, string project, string props)
    {
        var settings = XDocument.Parse(project).Descendants().Concat(XDocument.Parse(props).Descendants()).Where(element => !element.HasElements).ToLookup(element => element.Name.LocalName, element => element.Value);
        foreach (var name in new[] { "IsAotCompatible", "TreatWarningsAsErrors" })
            if (!settings[name].Any() || settings[name].Any(value => value != "true")) yield return new(place, 0, $"{name} is not true");
        foreach (var name in new[] { "NoWarn", "WarningsNotAsErrors", "MSBuildWarningsNotAsErrors" })
            if (settings[name].Any(value => value.Contains("IL", StringComparison.Ordinal))) yield return new(place, 0, $"{name} silences the analysis");
        foreach (var name in new[] { "EnableTrimAnalyzer", "EnableAotAnalyzer", "EnableSingleFileAnalyzer" })
            if (settings[name].Any(value => value != "true")) yield return new(place, 0, $"{name} is off");
    }
}
