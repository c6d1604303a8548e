using System.Text;

namespace Muxi.Llm.Cli;

/// <summary>The page docs/providers.md, from the catalogue alone.</summary>
internal static class ProvidersPage
{
    private const string Introduction = """
        # Providers

        Who can be asked, as `provider/model`. This page is made from the facts in `src/Muxi.Llm/Providers`: after a change there run
        `./muxi-llm providers --markdown > docs/providers.md` (a test compares). `muxi-llm providers` shows the same with your keys and addresses,
        `muxi-llm models PROVIDER` a service's models.

        The first variable that is set counts. A base URL replaces the whole one, its path included. Servers of your own can be named in
        the model, too: `vllm/qwen3@gpu-box:8000`. A command that names no model asks the default model of the first provider here whose key is set.

        | name | service | speaks | key | base URL | default model |
        |---|---|---|---|---|---|

        """;

    public static string Text()
    {
        var page = new StringBuilder(Introduction.ReplaceLineEndings("\n"));
        foreach (var provider in Catalog.All)
            page.Append("| ").AppendJoin(" | ", Names(provider), Service(provider), string.Join(", ", Operations.Of(provider)), Key(provider), Address(provider), Code(provider.DefaultModel)).Append(" |\n");
        return page.ToString();
    }

    private static string Names(Provider provider) => string.Join(", ", provider.Aliases.Prepend(provider.Name).Select(Code));

    private static string Service(Provider provider) => provider.Documentation is { } url ? $"[{provider.DisplayName}]({url})" : provider.DisplayName;

    private static string Key(Provider provider)
    {
        if (provider.KeyVariables.IsEmpty) return "none";
        return string.Join(", ", provider.CredentialVariables.Select(Code)) + (provider.Auth.IsRequired ? "" : " (optional)");
    }

    private static string Address(Provider provider) => provider.InProcess is not null ? "in this process" : $"{Code(provider.BaseUrl)}; {string.Join(", ", provider.UrlVariables.Concat(provider.UrlParts.SelectMany(static part => part.Variables)).Concat(provider.VersionVariables).Distinct().Select(Code))}";

    private static string Code(string? text) => text is null ? "" : $"`{text}`";
}
