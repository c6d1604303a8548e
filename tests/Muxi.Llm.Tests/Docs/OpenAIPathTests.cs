using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Muxi.Llm.Tests;

/// <summary>docs/openai.md says of every path of OpenAI's published API how it is used here: all of them, none besides, and what is called typed is there.</summary>
public sealed partial class OpenAIPathTests
{
    private static readonly string[] _methods = ["delete", "get", "patch", "post", "put"];

    [Fact]
    public void The_table_holds_every_path_and_method_once_in_order()
    {
        var published = OpenAIDocument.Root.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Where(method => _methods.Contains(method.Name)).Select(method => (Path: path.Name, Method: method.Name.ToUpperInvariant()))).ToHashSet();
        var told = Rows().Select(row => (row.Path, row.Method)).ToList();

        Assert.Equal([], published.Except(told));
        Assert.Equal([], told.Except(published));
        Assert.Equal(told.OrderBy(row => row.Path, StringComparer.Ordinal).ThenBy(row => row.Method, StringComparer.Ordinal), told);
    }

    [Fact]
    public void What_is_typed_is_a_member_of_the_client()
    {
        var typed = Rows().Where(row => row.How == "typed").ToList();

        Assert.NotEmpty(typed);
        Assert.Equal([], typed.Select(row => row.What.Trim('`')).Where(member => !Exists(member)));
        Assert.False(Exists("client.Completions.DestroyAsync"));
        Assert.False(Exists("client.Wishes.CreateAsync"));
    }

    [Fact]
    public void Every_row_is_typed_raw_or_out_of_scope_with_a_reason_and_the_text_counts_right()
    {
        var rows = Rows();
        var page = File.ReadAllText(Page);

        Assert.All(rows, row => Assert.True(row.How switch { "raw" => row.What == "`client.Raw.SendAsync`", "typed" => row.What.StartsWith("`client.", StringComparison.Ordinal), "out of scope" => row.What.Length > 20, _ => false }, row.ToString()));
        foreach (var how in rows.GroupBy(row => row.How)) Assert.Contains($"**{how.Key}** ({how.Count()})", page, StringComparison.Ordinal);
        Assert.Contains($"{rows.Select(row => row.Path).Distinct().Count()} paths, {rows.Count} operations", page, StringComparison.Ordinal);
    }

    private static string Page => Repo.PathTo("docs", "openai.md");

    private static List<(string Path, string Method, string How, string What)> Rows() =>
        [.. Row().Matches(File.ReadAllText(Page)).Select(row => (row.Groups[1].Value, row.Groups[2].Value, row.Groups[3].Value, row.Groups[4].Value))];

    private static bool Exists(string member)
    {
        var type = typeof(LlmClient);
        var parts = member.Split('.')[1..];
        foreach (var part in parts[..^1])
            if (type.GetProperty(part)?.PropertyType is { } next) type = next;
            else return false;
        return type.GetMember(parts[^1], BindingFlags.Instance | BindingFlags.Public).Length > 0;
    }

    [GeneratedRegex(@"^\| `(/[^`]+)` \| ([A-Z]+) \| ([^|]+) \| (.+) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
