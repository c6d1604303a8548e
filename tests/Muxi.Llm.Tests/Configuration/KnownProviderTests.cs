namespace Muxi.Llm.Tests;

public sealed class KnownProviderTests
{
    private static readonly Provider _provider = new("here", "https://one.test/v1", Auth.Bearer("HERE_KEY"));

    [Fact]
    public void An_address_below_a_base_URL_is_made_once_while_it_repeats()
    {
        var known = new KnownProvider(_provider);
        Assert.Same(known.BaseUrl("https://one.test/v1").At("chat"), known.BaseUrl("https://one.test/v1").At("chat"));
    }

    [Fact]
    public void Another_base_URL_or_path_never_gets_the_address_of_the_one_before()
    {
        var known = new KnownProvider(_provider);
        string[] asked = ["https://one.test/v1 chat", "https://one.test/v1 models", "https://two.test/v1/ chat", "https://one.test/v1 chat"];
        var got = asked.Select(one => one.Split(' ')).Select(one => known.BaseUrl(one[0]).At(one[1]).AbsoluteUri);
        Assert.Equal(["https://one.test/v1/chat", "https://one.test/v1/models", "https://two.test/v1/chat", "https://one.test/v1/chat"], got);
    }

    [Fact]
    public void What_the_environment_says_is_read_at_each_call()
    {
        var environment = new Dictionary<string, string> { ["HERE_API_KEY"] = "first" };
        var targets = new Targets(new() { Providers = [_provider], Environment = environment.GetValueOrDefault });
        var before = targets.Resolve(targets.Name("here/model"), null);
        (environment["HERE_API_KEY"], environment["HERE_BASE_URL"]) = ("second", "https://elsewhere.test/api");
        var after = targets.Resolve(targets.Name("here/model"), null);
        Assert.Equal(("first", "https://one.test/v1/chat"), (before.Key, before.At("chat").AbsoluteUri));
        Assert.Equal(("second", "https://elsewhere.test/api/chat"), (after.Key, after.At("chat").AbsoluteUri));
    }

    [Fact]
    public void A_provider_made_from_another_keeps_none_of_its_names()
    {
        var targets = new Targets(new() { Providers = [_provider, _provider with { Name = "there" }], Environment = name => name == "THERE_API_KEY" ? "right" : name == "HERE_API_KEY" ? "wrong" : null });
        _ = targets.Resolve(targets.Name("here/model"), null);
        Assert.Equal("right", targets.Resolve(targets.Name("there/model"), null).Key);
    }

    [Fact]
    public void A_password_in_a_base_URL_is_a_secret_of_each_call()
    {
        var targets = new Targets(new() { Providers = [_provider with { BaseUrl = "https://me:hidden@one.test/v1" }], ApiKeys = new Dictionary<string, string> { ["here"] = "key" } });
        _ = targets.Resolve(targets.Name("here/model"), null);
        Assert.Equal(["key", "hidden"], targets.Resolve(targets.Name("here/model"), null).Secrets);
    }
}
