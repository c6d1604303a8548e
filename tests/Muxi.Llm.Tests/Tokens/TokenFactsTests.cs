using System.Text.Json;

namespace Muxi.Llm.Tests;

/// <summary>The table of how models count, against what reads it and against what else knows the same.</summary>
public sealed class TokenFactsTests
{
    private static readonly JsonElement _table = JsonDocument.Parse(File.ReadAllText(Repo.PathTo("src", "Muxi.Llm", "Tokens", "token-facts.json"))).RootElement;

    [Fact]
    public void Models_that_chat_over_responses_count_so()
    {
        var chat = Providers.OpenAI.Chat!;
        var overResponses = chat.Variants.Where(static variant => variant.Dialect is OpenAIResponsesChat).Select(static variant => variant.Glob).ToList();

        Assert.NotEmpty(overResponses);
        Assert.Equal(overResponses, _table.GetProperty("over_responses").EnumerateArray().Select(static glob => glob.GetString()));
    }

    [Fact]
    public void Nothing_stands_in_the_table_that_nobody_reads()
    {
        var readers = string.Concat(((string[])["TokenFacts.cs", "TokenFamily.cs", "Chat/PictureRule.cs"]).Select(static file => File.ReadAllText(Repo.PathTo("src", "Muxi.Llm", "Tokens", file))));
        var families = _table.GetProperty("families").EnumerateArray().ToList();
        var named = _table.EnumerateObject().Select(static member => member.Name).Where(static name => name != "about")
            .Concat(families.SelectMany(static family => family.EnumerateObject()).SelectMany(Members))
            .Concat(_table.GetProperty("pictures").EnumerateObject().SelectMany(static rule => rule.Value.EnumerateObject()).Select(static member => member.Name));

        Assert.DoesNotContain(named.Distinct(), name => !readers.Contains($"\"{name}\"", StringComparison.Ordinal));
    }

    // A member and those of its value; the members of `pictures_of` are models' names.
    private static IEnumerable<string> Members(JsonProperty member) =>
        member.Value.ValueKind == JsonValueKind.Object && member.Name != "pictures_of" ? [member.Name, .. member.Value.EnumerateObject().Select(static inner => inner.Name)] : [member.Name];
}
