using System.Collections.Immutable;

namespace Muxi.Llm.Tests;

/// <summary>Addresses that are not the same for everybody: a region, a project in them.</summary>
public sealed class UrlPartTests
{
    private static readonly Provider _cloud = new("cloud", "https://{place}-api.cloud.example/v1/projects/{project}/places/{place}/models", Auth.Bearer("CLOUD_TOKEN") with { Source = new("clouds", "Muxi.Llm.Cloud") })
    {
        Chat = new OpenAIChat(),
        BaseUrlSuffix = "/v1/projects/{project}/places/{place}/models",
        UrlParts =
        [
            new("project", "CLOUD_PROJECT", "CLOUD_ACCOUNT"),
            new("place", "CLOUD_PLACE") { Default = "global", BaseUrls = new Dictionary<string, string> { ["global"] = "https://api.cloud.example/v1/projects/{project}/places/global/models" }.ToImmutableDictionary() },
        ],
    };

    [Theory]
    [InlineData("CLOUD_PROJECT=p1 CLOUD_PLACE=north-1", "https://north-1-api.cloud.example/v1/projects/p1/places/north-1/models/")]
    [InlineData("CLOUD_ACCOUNT=p2 CLOUD_PLACE=north-1", "https://north-1-api.cloud.example/v1/projects/p2/places/north-1/models/")]
    [InlineData("CLOUD_PROJECT=p1 CLOUD_ACCOUNT=p2", "https://api.cloud.example/v1/projects/p1/places/global/models/")]
    [InlineData("CLOUD_PLACE=north-1", "https://north-1-api.cloud.example/v1/projects/of-the-credentials/places/north-1/models/")]
    // An address of the environment is completed, as far as it is not complete.
    [InlineData("CLOUD_PROJECT=p1 CLOUD_BASE_URL=http://box:1", "http://box:1/v1/projects/p1/places/global/models/")]
    [InlineData("CLOUD_PROJECT=p1 CLOUD_BASE_URL=http://box:1/proxy/v1", "http://box:1/proxy/v1/projects/p1/places/global/models/")]
    [InlineData("CLOUD_BASE_URL=http://box:1/v1/projects/mine/places/here/models/", "http://box:1/v1/projects/mine/places/here/models/")]
    [InlineData("CLOUD_BASE_URL=http://box:1/v1/projects/mine/places/here", "http://box:1/v1/projects/mine/places/here/models/")]
    public void They_are_filled_in(string environment, string url) => Assert.Equal(url, Resolve(environment).BaseUrl.Folder.ToString());

    [Fact]
    public void A_part_that_nobody_tells_is_asked_for_by_its_variables()
    {
        var error = Assert.Throws<ConfigurationException>(() => Resolve("CLOUD_TOKEN=t", withCredentials: false));

        Assert.Equal("cloud needs a project: set CLOUD_PROJECT or CLOUD_ACCOUNT", error.Message);
    }

    [Fact]
    public void A_part_cannot_lead_elsewhere()
    {
        var error = Assert.Throws<ConfigurationException>(() => Resolve("CLOUD_PROJECT=p CLOUD_PLACE=evil.example/"));

        Assert.Equal("CLOUD_PLACE holds no place for cloud: there are characters in it that no place has", error.Message);
    }

    private static Target Resolve(string environment, bool withCredentials = true)
    {
        var variables = environment.Split(' ').Select(one => one.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        var options = new LlmOptions { Providers = [_cloud], Environment = variables.GetValueOrDefault, Credentials = withCredentials ? [new Known()] : [] };
        return new Targets(options).Resolve(Catalog.Resolve("cloud/m", options.Providers), null);
    }

    private sealed class Known : ICredentialSource
    {
        public string Name => "clouds";

        public string? UrlPart(string part, Func<string, string?> environment) => part == "project" ? "of-the-credentials" : null;

        public ValueTask ApplyAsync(HttpRequestMessage request, CredentialContext context, CancellationToken cancellationToken) => default;
    }
}
