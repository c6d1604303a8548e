using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Muxi.Llm.Tests;

/// <summary>A family of wire formats can be read, changed or removed alone. OpenAI's is the exception, since other formats are made of it.</summary>
public class Law01_No_dialect_family_knows_another
{
    private const string Folder = "src/Muxi.Llm/Dialects/";
    private const string Common = "OpenAI";

    [Fact]
    public void Only_types_of_OpenAIs_family_are_used_by_others() =>
        Law.Holds(Check(Sources.Library), "Move what both need to the Dialects folder itself, or write it again: families do not share.");

    [Fact]
    public void The_law_catches_a_planted_breach()
    {
        Source[] planted =
        [
            new(Folder + "Seam.cs", "public record Shared;"),
            new(Folder + "OpenAI/OpenAIChat.cs", "public record OpenAIChat { class Piece; }"),
            new(Folder + "Anthropic/Block.cs", "class Block { class Piece; } enum Mood { Good }"),
            new(Folder + "Gemini/Reply.cs", """
                class Reply(Shared shared)
                {
                    OpenAIChat? _allowed;
                    List<Block> _blocks = [];
                    Piece _own;
                    int A() => (int)Mood.Good;
                }
                """),
        ];

        var breaches = Check(planted).ToArray();

        Law.Catches(breaches, 4, 6);
        Assert.All(breaches, breach => Assert.Equal(Folder + "Gemini/Reply.cs", breach.Place));
    }

    private static IEnumerable<Breach> Check(IEnumerable<Source> sources)
    {
        var inFamilies = sources.Where(source => Family(source) is not null).ToArray();
        var owners = inFamilies
            .SelectMany(source => source.All<BaseTypeDeclarationSyntax>().Where(type => type.Parent is not TypeDeclarationSyntax), (source, type) => (type.Identifier.ValueText, Family: Family(source)))
            .ToLookup(it => it.ValueText, it => it.Family);
        return
            from source in inFamilies
            from name in source.Names()
            let families = owners[name.ValueText]
            where families.Any() && !families.Contains(Family(source)) && !families.Contains(Common)
            select source.Breach(name, $"{name} belongs to {families.First()}, not to {Family(source)}");
    }

    private static string? Family(Source source) =>
        source.Path.StartsWith(Folder, StringComparison.Ordinal) && source.Path[Folder.Length..].Split('/') is [var family, _, ..] ? family : null;
}
