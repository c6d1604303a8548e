using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Muxi.Llm.Tests;

/// <summary>
/// What a caller of an assembly sees, read from its metadata by the compiler's own reader, which knows nullability, init and required.
/// What the compiler adds to records and enums is left out.
/// </summary>
internal sealed class PublicApi
{
    private static readonly SymbolDisplayFormat _typeNames = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypes,
        genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters | SymbolDisplayGenericsOptions.IncludeVariance,
        miscellaneousOptions: SymbolDisplayMiscellaneousOptions.UseSpecialTypes | SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    private static readonly SymbolDisplayFormat _signatures = _typeNames
        .WithGenericsOptions(SymbolDisplayGenericsOptions.IncludeTypeParameters | SymbolDisplayGenericsOptions.IncludeVariance | SymbolDisplayGenericsOptions.IncludeTypeConstraints)
        .WithMemberOptions(SymbolDisplayMemberOptions.IncludeParameters | SymbolDisplayMemberOptions.IncludeType | SymbolDisplayMemberOptions.IncludeModifiers
            | SymbolDisplayMemberOptions.IncludeRef | SymbolDisplayMemberOptions.IncludeConstantValue | SymbolDisplayMemberOptions.IncludeExplicitInterface)
        .WithParameterOptions(SymbolDisplayParameterOptions.IncludeType | SymbolDisplayParameterOptions.IncludeName | SymbolDisplayParameterOptions.IncludeDefaultValue
            | SymbolDisplayParameterOptions.IncludeModifiers | SymbolDisplayParameterOptions.IncludeExtensionThis)
        .WithKindOptions(SymbolDisplayKindOptions.IncludeMemberKeyword)
        .WithMiscellaneousOptions(_typeNames.MiscellaneousOptions | SymbolDisplayMiscellaneousOptions.EscapeKeywordIdentifiers | SymbolDisplayMiscellaneousOptions.AllowDefaultLiteral);

    private static readonly Lazy<PublicApi> _library = new(() => OfAssembly(typeof(LlmClient)));

    private PublicApi(IAssemblySymbol assembly) =>
        Types = [.. All(assembly.GlobalNamespace).Where(IsSeen).OrderBy(type => NameOf(type), StringComparer.Ordinal)];

    /// <summary>The public types, nested ones too, in order of name.</summary>
    public IReadOnlyList<INamedTypeSymbol> Types { get; }

    /// <summary>The library's, as it was built.</summary>
    public static PublicApi OfLibrary => _library.Value;

    /// <summary>Those of the packages beside the library, by the packages' names.</summary>
    public static IReadOnlyDictionary<string, Type> Packages { get; } = new Dictionary<string, Type> { ["Muxi.Llm.Aws"] = typeof(AwsCredentials), ["Muxi.Llm.Azure"] = typeof(AzureCredentials), ["Muxi.Llm.Google"] = typeof(GoogleCredentials) };

    /// <summary>That of the assembly which holds a type, as it was built.</summary>
    public static PublicApi OfAssembly(Type type) => Of(MetadataReference.CreateFromFile(type.Assembly.Location));

    /// <summary>The API of a piece of code, to try the listing on.</summary>
    public static PublicApi OfCode(string code)
    {
        using var built = new MemoryStream();
        string[] basics = ["System.Private.CoreLib", "System.Runtime"];
        var tree = CSharpSyntaxTree.ParseText(code, new(LanguageVersion.Preview), cancellationToken: TestContext.Current.CancellationToken);
        var options = new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable);
        var result = CSharpCompilation.Create("Planted", [tree], Platform().Where(file => basics.Contains(Path.GetFileNameWithoutExtension(file.Display))), options).Emit(built, cancellationToken: TestContext.Current.CancellationToken);
        if (!result.Success) throw new InvalidDataException(string.Join('\n', result.Diagnostics));
        return Of(MetadataReference.CreateFromImage(built.ToArray()));
    }

    /// <summary>The listing: a line per type and, indented, per member, in an order that does not depend on the sources.</summary>
    public string List()
    {
        var text = new StringBuilder();
        foreach (var type in Types)
        {
            text.Append(Declaration(type)).Append('\n');
            var lines = OwnMembers(type).Select(member => (member.Name, Line: LineOf(type, member))).Concat(Extensions(type));
            foreach (var (_, line) in lines.OrderBy(it => it.Name, StringComparer.Ordinal).ThenBy(it => it.Line, StringComparer.Ordinal)) text.Append("  ").Append(line).Append('\n');
        }
        return text.ToString();
    }

    /// <summary>The members of a type that its author wrote and a caller can reach, those that it adds to other types included.</summary>
    public static IEnumerable<ISymbol> Members(INamedTypeSymbol type) => OwnMembers(type).Concat(Groups(type).SelectMany(added => added.Members));

    private static IEnumerable<ISymbol> OwnMembers(INamedTypeSymbol type)
    {
        if (type.TypeKind == TypeKind.Delegate) return [];
        var extensions = Groups(type).SelectMany(group => group.Members.Select(member => Shape(member, group.Receiver))).ToHashSet();
        return type.GetMembers().Where(member => IsReachable(member) && member is not INamedTypeSymbol && !IsMadeByCompiler(member) && !extensions.Contains(Shape(member, null)));
    }

    /// <summary>The members that a static class adds to other types in extension blocks.</summary>
    private static IEnumerable<(IParameterSymbol Receiver, ImmutableArray<ISymbol> Members)> Groups(INamedTypeSymbol type) =>
        from block in type.GetTypeMembers()
        where block.IsExtension
        select (block.ExtensionParameter!, block.GetMembers().Where(member => member is IPropertySymbol or IMethodSymbol { MethodKind: MethodKind.Ordinary }).ToImmutableArray());

    /// <summary>A type's or member's name as people write it.</summary>
    public static string NameOf(ISymbol symbol) =>
        symbol is INamedTypeSymbol type ? type.ToDisplayString(_typeNames) : $"{symbol.ContainingType.ToDisplayString(_typeNames)}.{(symbol is IMethodSymbol { MethodKind: MethodKind.Constructor } ? "new" : symbol.Name)}";

    private static PublicApi Of(MetadataReference assembly)
    {
        var compilation = CSharpCompilation.Create("Reader", references: [.. Platform(), assembly]);
        return new((IAssemblySymbol)compilation.GetAssemblyOrModuleSymbol(assembly)!);
    }

    private static IEnumerable<MetadataReference> Platform() =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(file => !Path.GetFileName(file).StartsWith("Muxi.Llm", StringComparison.Ordinal)).Select(file => MetadataReference.CreateFromFile(file));

    private static IEnumerable<INamedTypeSymbol> All(INamespaceOrTypeSymbol place) =>
        place.GetMembers().OfType<INamespaceOrTypeSymbol>().SelectMany(member => member is INamedTypeSymbol type ? All(type).Prepend(type) : All(member));

    private static bool IsSeen(INamedTypeSymbol type) =>
        IsReachable(type) && !type.IsExtension && (type.ContainingType is null || IsSeen(type.ContainingType));

    private static bool IsReachable(ISymbol symbol) => symbol.DeclaredAccessibility is Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal;

    private static bool IsMadeByCompiler(ISymbol member) =>
        member.IsImplicitlyDeclared || member.GetAttributes().Any(attribute => attribute.AttributeClass!.Name == "CompilerGeneratedAttribute") || member switch
        {
            IMethodSymbol { MethodKind: MethodKind.PropertyGet or MethodKind.PropertySet or MethodKind.EventAdd or MethodKind.EventRemove } => true,
            IMethodSymbol { MethodKind: MethodKind.Constructor, Parameters.IsEmpty: true, ContainingType.IsValueType: true } => true,
            IFieldSymbol { Name: "value__" } => true,
            _ => false,
        };

    private static string Shape(ISymbol member, IParameterSymbol? receiver) =>
        $"{member.Name}({string.Join(", ", (member as IMethodSymbol)?.Parameters.Select(parameter => parameter.Type).Prepend(member.IsStatic ? null : receiver?.Type).Where(type => type is not null).Select(type => type!.ToDisplayString()) ?? [])})";

    private static string Declaration(INamedTypeSymbol type)
    {
        if (type.TypeKind == TypeKind.Delegate) return $"delegate {type.DelegateInvokeMethod!.ReturnType.ToDisplayString(_signatures)} {type.ToDisplayString(_signatures)}({string.Join(", ", type.DelegateInvokeMethod.Parameters.Select(it => it.ToDisplayString(_signatures)))})";
        var modifier = type switch
        {
            { TypeKind: not TypeKind.Class } => (type.IsReadOnly ? "readonly " : "") + (type.IsRefLikeType ? "ref " : ""),
            { IsStatic: true } => "static ",
            { IsAbstract: true } => "abstract ",
            { IsSealed: true } => "sealed ",
            _ => "",
        };
        var above = new[] { type.BaseType }.Where(one => one is { SpecialType: SpecialType.None }).Concat(type.Interfaces.Where(one => one!.Name != "IEquatable"))
            .Select(one => one!.ToDisplayString(_typeNames)).ToArray();
        var underlying = type.EnumUnderlyingType is { SpecialType: not SpecialType.System_Int32 } number ? $" : {number.ToDisplayString(_typeNames)}" : "";
        var (name, constraints) = type.ToDisplayString(_signatures).Split(" where ", 2) is [var one, var rest] ? (one, " where " + rest) : (type.ToDisplayString(_signatures), "");
        return $"{modifier}{KindOf(type)} {name}{(above.Length > 0 ? " : " + string.Join(", ", above) : "")}{underlying}{constraints}";
    }

    private static string KindOf(INamedTypeSymbol type) => type.TypeKind switch
    {
        TypeKind.Struct => type.GetMembers("op_Equality").Any(IsMadeByCompiler) ? "record struct" : "struct",
        TypeKind.Class => type.GetMembers("<Clone>$").IsEmpty ? "class" : "record",
        _ => type.TypeKind.ToString().ToLowerInvariant(),
    };

    private static string LineOf(INamedTypeSymbol type, ISymbol member)
    {
        var line = type.TypeKind == TypeKind.Enum ? $"{member.Name} = {((IFieldSymbol)member).ConstantValue}" : Signature(member);
        return member.DeclaredAccessibility == Accessibility.Public ? line : $"protected {line}";
    }

    private static string Signature(ISymbol member) => member.ToDisplayString(member is IPropertySymbol ? WithAccessors : _signatures);

    private static SymbolDisplayFormat WithAccessors { get; } = new(
        SymbolDisplayGlobalNamespaceStyle.Omitted, _signatures.TypeQualificationStyle, _signatures.GenericsOptions, _signatures.MemberOptions,
        parameterOptions: _signatures.ParameterOptions, propertyStyle: SymbolDisplayPropertyStyle.ShowReadWriteDescriptor, miscellaneousOptions: _signatures.MiscellaneousOptions);

    private static IEnumerable<(string Name, string Line)> Extensions(INamedTypeSymbol type) =>
        Groups(type).SelectMany(group => group.Members.Select(member => (member.Name, $"extension({group.Receiver.Type.ToDisplayString(_typeNames)}) {Signature(member)}")));
}
