using System.Text;

namespace Muxi.Llm.Cli;

/// <summary>The page docs/providers.md, from the catalogue alone.</summary>
internal static class ProvidersPage
{
    private const string Introduction = """
        # Providers

        Who can be asked, as `provider/model`: COUNT. This page is made from the facts in `src/Muxi.Llm/Providers`: after a change there run
        `./muxi-llm providers --markdown > docs/providers.md` (a test compares). `muxi-llm providers` shows the same with your keys and addresses,
        `muxi-llm models PROVIDER` a service's models. A service that is not here is met by [a provider of your own](configuration.md), in code or in YAML.

        How well a service is known stands beside it:

        - **recorded**: its pages were read, and traffic of it that others have published is replayed in the tests.
        - **vendor's page**: its own pages say what stands here. Nobody has tried it with this library.
        - **unverified**: its address and its variable are as other programs have them; that it takes all that OpenAI's format allows is likely, and no more. If it does not, a quirk
          in the [configuration](configuration.md) helps at once, and we should like to hear of it.

        Every operation of every row is called in a test, at its address and with its key, but by a recording in its place.

        The first variable that is set counts. A base URL replaces the whole one, its path included. No shell sets a variable whose name begins with a digit: there an
        underscore stands before it (`_302AI_API_KEY`), and the name without it counts where something else sets it, a container say.

        Left out on purpose: Lambda's inference, which is winding down, and GitHub Copilot, whose terms let no other program in.

        ## Services


        """;

    private const string Table = """
        | name | service | known by | speaks | key | base URL | default model |
        |---|---|---|---|---|---|---|

        """;

    private const string OwnServers = """

        ## Servers of your own

        They need no key unless you have set one, and can be named in the model, too: `vllm/qwen3@gpu-box:8000`.


        """;

    private const string Order = """

        ## Which one answers by default

        A command that names no model asks the default model of the first of these whose key is set:

        """;

    public static string Text()
    {
        var known = Catalog.All.Where(provider => provider.InProcess is null).ToList();
        var count = $"{known.Count} services, of which {Count(known, Muxi.Llm.Evidence.Recorded)} are known by recordings, {Count(known, Muxi.Llm.Evidence.VendorsPage)} by their own pages, and {Count(known, Muxi.Llm.Evidence.Unverified)} are unverified";
        var page = new StringBuilder(Introduction.Replace("COUNT", count, StringComparison.Ordinal)).Append(Table);
        foreach (var provider in Named(known.Where(provider => !provider.IsSelfHosted))) Row(page, provider);
        page.Append(OwnServers).Append(Table);
        foreach (var provider in Named(known.Where(provider => provider.IsSelfHosted)).Concat(Catalog.All.Where(provider => provider.InProcess is not null))) Row(page, provider);
        page.Append(Order).AppendJoin(", ", known.Where(provider => provider.DefaultModel is not null && !provider.KeyVariables.IsEmpty).Select(provider => Code(provider.Name))).Append(".\n");
        return page.ToString().ReplaceLineEndings("\n");
    }

    /// <summary>What is known of a service, in a word.</summary>
    public static string Evidence(Provider provider) => provider switch
    {
        { InProcess: not null } => "built in",
        { Evidence: Muxi.Llm.Evidence.Recorded } => "recorded",
        { Evidence: Muxi.Llm.Evidence.VendorsPage } => "vendor's page",
        _ => "unverified",
    };

    private static int Count(List<Provider> known, Evidence evidence) => known.Count(provider => provider.Evidence == evidence);

    private static IEnumerable<Provider> Named(IEnumerable<Provider> providers) => providers.OrderBy(provider => provider.Name, StringComparer.Ordinal);

    private static void Row(StringBuilder page, Provider provider) => page.Append("| ")
        .AppendJoin(" | ", Names(provider), Service(provider), Evidence(provider), string.Join(", ", Operations.Of(provider)), Key(provider), Address(provider), Code(provider.DefaultModel)).Append(" |\n");

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
