using System.Collections.Immutable;

namespace Muxi.Llm.Tests;

/// <summary>What a changed line of facts does for the users of a service shows in a diff: api/providers.txt.</summary>
public class Law06_The_resolved_facts_are_listed
{
    [Fact]
    public void The_listing_is_what_the_catalogue_does()
    {
        var (listing, now) = (Repo.PathTo("api", "providers.txt"), ResolvedFacts.Of(Catalog.BuiltIn));
        if (Environment.GetEnvironmentVariable("MUXI_LLM_ACCEPT_API") == "1") File.WriteAllText(listing, now);

        Law.Holds(Check(File.Exists(listing) ? File.ReadAllText(listing) : "", now), "If services are to be asked like this, run ./test --accept-api and commit api/providers.txt with the change.");
    }

    [Fact]
    public void The_law_catches_a_planted_breach()
    {
        var facts = new Provider("acme", "https://api.acme.test/v1", Auth.Bearer("ACME_KEY")) { Chat = new OpenAIChat { MaxStops = 4 }.For("big-*", chat => chat with { Tools = false }) };
        var other = facts with { Chat = new OpenAIChat { MaxStops = 5 }.For("big-*", chat => chat with { Tools = false }) };

        Law.Catches(Check(ResolvedFacts.Of([facts]), ResolvedFacts.Of([other])), "acme chat MaxStops = 4", "acme chat MaxStops = 5");
        Law.Catches(Check(ResolvedFacts.Of([facts]), ResolvedFacts.Of([facts with { Chat = new OpenAIChat { MaxStops = 4 } }])), "acme chat for big- OpenAIChat", "acme chat for big- Tools = false");
    }

    [Fact]
    public void A_line_tells_what_holds_and_leaves_defaults_out()
    {
        var facts = new Provider("acme", "https://api.acme.test/v1", Auth.Bearer("ACME_TOKEN").Optional())
        {
            DisplayName = "Acme & Sons", Aliases = ["ac"], Headers = new Dictionary<string, string> { ["x-v"] = "2", ["a"] = "1" }.ToImmutableDictionary(), Models = null,
            Chat = new OpenAIChat { MaxTokensField = null, Drops = ["seed", "n"], Most = new Dictionary<string, double> { ["temperature"] = 1.5 }.ToImmutableDictionary() }.For("*-mini", chat => chat with { Drops = [], Most = new Dictionary<string, double> { ["top_p"] = 0.9 }.ToImmutableDictionary() }),
        };

        Assert.Equal("""
            acme: Acme & Sons, https://api.acme.test/v1
            acme auth Authorization: Bearer KEY (optional)
            acme auth variables ACME_API_KEY ACME_TOKEN
            acme address variables ACME_BASE_URL
            acme Aliases = "ac"
            acme chat OpenAIChat
            acme chat Drops = "seed", "n"
            acme chat MaxTokensField = nothing
            acme chat Most temperature = 1.5
            acme chat for x-mini OpenAIChat
            acme chat for x-mini Drops = nothing
            acme chat for x-mini Most temperature = nothing
            acme chat for x-mini Most top_p = 0.9
            acme Headers a = "1"
            acme Headers x-v = "2"
            acme models none

            """, ResolvedFacts.Of([facts]).TrimEnd('\n') + "\n", ignoreLineEndingDifferences: true);
    }

    /// <summary>A variant that another one before it takes all models of would never be met.</summary>
    [Fact]
    public void Every_variant_is_met_by_a_model_of_its_own()
    {
        foreach (var provider in Catalog.BuiltIn)
        {
            if (provider.Chat is not { } chat) continue;
            foreach (var variant in chat.Variants) Assert.True(Equals(variant.Dialect, chat.ForModel(ResolvedFacts.Sample(variant.Glob))), $"{provider.Name}: {variant.Glob} comes after one that takes its models, too");
        }
    }

    private static IEnumerable<Breach> Check(string listed, string now)
    {
        var (before, after) = (listed.Split('\n', StringSplitOptions.RemoveEmptyEntries), now.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        return before.Except(after).Select(line => new Breach(line, 0, "held and holds no longer")).Concat(after.Except(before).Select(line => new Breach(line, 0, "holds and is not listed")));
    }
}
