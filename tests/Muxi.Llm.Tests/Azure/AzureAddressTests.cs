using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Which of its addresses a service with two forms of them is asked at: with the version of its API, or without.</summary>
public sealed class AzureAddressTests
{
    private const string Key = "AZURE_OPENAI_API_KEY=a-key";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    // The form without a version: the resource's name, its address as the portal shows it, with more of the path, of Foundry, of a project, of a proxy.
    [InlineData("AZURE_RESOURCE_NAME=res", "https://res.openai.azure.com/openai/v1/chat/completions")]
    [InlineData("AZURE_OPENAI_ENDPOINT=https://res.openai.azure.com", "https://res.openai.azure.com/openai/v1/chat/completions")]
    [InlineData("AZURE_OPENAI_ENDPOINT=https://res.openai.azure.com/", "https://res.openai.azure.com/openai/v1/chat/completions")]
    [InlineData("AZURE_OPENAI_ENDPOINT=https://res.openai.azure.com/openai", "https://res.openai.azure.com/openai/v1/chat/completions")]
    [InlineData("AZURE_OPENAI_ENDPOINT=https://res.openai.azure.com/openai/v1/", "https://res.openai.azure.com/openai/v1/chat/completions")]
    [InlineData("AZURE_OPENAI_ENDPOINT=https://res.services.ai.azure.com", "https://res.services.ai.azure.com/openai/v1/chat/completions")]
    [InlineData("AZURE_OPENAI_ENDPOINT=https://res.services.ai.azure.com/api/projects/p", "https://res.services.ai.azure.com/api/projects/p/openai/v1/chat/completions")]
    [InlineData("AZURE_API_BASE=https://res.openai.azure.com", "https://res.openai.azure.com/openai/v1/chat/completions")]
    [InlineData("AZURE_BASE_URL=https://res.openai.azure.com", "https://res.openai.azure.com/openai/v1/chat/completions")]
    [InlineData("AZURE_BASE_URL=http://localhost:4000/openai/v1", "http://localhost:4000/openai/v1/chat/completions")]
    [InlineData("AZURE_BASE_URL=http://localhost:4000", "http://localhost:4000/chat/completions")]
    // Words are no dates: they are asked for in the form without one.
    [InlineData("AZURE_RESOURCE_NAME=res AZURE_OPENAI_API_VERSION=preview", "https://res.openai.azure.com/openai/v1/chat/completions?api-version=preview")]
    [InlineData("AZURE_OPENAI_ENDPOINT=https://res.openai.azure.com/openai/v1?api-version=preview", "https://res.openai.azure.com/openai/v1/chat/completions?api-version=preview")]
    // The form with a version, by each of the variables.
    [InlineData("AZURE_RESOURCE_NAME=res AZURE_API_VERSION=2024-10-21", "https://res.openai.azure.com/openai/deployments/dep/chat/completions?api-version=2024-10-21")]
    [InlineData("AZURE_OPENAI_ENDPOINT=https://res.openai.azure.com/ AZURE_OPENAI_API_VERSION=2024-12-01-preview", "https://res.openai.azure.com/openai/deployments/dep/chat/completions?api-version=2024-12-01-preview")]
    [InlineData("AZURE_OPENAI_ENDPOINT=https://res.openai.azure.com OPENAI_API_VERSION=2024-10-21", "https://res.openai.azure.com/openai/deployments/dep/chat/completions?api-version=2024-10-21")]
    [InlineData("AZURE_OPENAI_ENDPOINT=https://res.openai.azure.com/openai OPENAI_API_VERSION=2024-10-21", "https://res.openai.azure.com/openai/deployments/dep/chat/completions?api-version=2024-10-21")]
    [InlineData("AZURE_OPENAI_ENDPOINT=https://res.cognitiveservices.azure.com OPENAI_API_VERSION=2024-10-21", "https://res.cognitiveservices.azure.com/openai/deployments/dep/chat/completions?api-version=2024-10-21")]
    [InlineData("AZURE_BASE_URL=http://localhost:4000/openai AZURE_API_VERSION=2024-10-21", "http://localhost:4000/openai/deployments/dep/chat/completions?api-version=2024-10-21")]
    // By the address itself, as the portal shows a deployment's; it counts before a variable.
    [InlineData("AZURE_OPENAI_ENDPOINT=https://res.openai.azure.com/?api-version=2024-10-21", "https://res.openai.azure.com/openai/deployments/dep/chat/completions?api-version=2024-10-21")]
    [InlineData("AZURE_OPENAI_ENDPOINT=https://res.openai.azure.com/openai/deployments/other/chat/completions?api-version=2025-01-01-preview OPENAI_API_VERSION=2024-10-21", "https://res.openai.azure.com/openai/deployments/dep/chat/completions?api-version=2025-01-01-preview")]
    [InlineData("AZURE_BASE_URL=http://proxy/openai/deployments/dep", "http://proxy/openai/deployments/dep/chat/completions")]
    [InlineData("AZURE_BASE_URL=https://res.openai.azure.com/openai/deployments/other AZURE_API_VERSION=2024-10-21", "https://res.openai.azure.com/openai/deployments/dep/chat/completions?api-version=2024-10-21")]
    // An address of the form without a version stays it, whatever is set for other programs.
    [InlineData("AZURE_OPENAI_ENDPOINT=https://res.openai.azure.com/openai/v1 OPENAI_API_VERSION=2024-10-21", "https://res.openai.azure.com/openai/v1/chat/completions")]
    [InlineData("AZURE_OPENAI_ENDPOINT=https://res.services.ai.azure.com/models?api-version=2024-05-01-preview", "https://res.services.ai.azure.com/models/chat/completions?api-version=2024-05-01-preview")]
    public async Task The_environment_says_where(string environment, string url)
    {
        using var handler = new Asked();
        using var client = Client(handler, environment);

        await client.AskAsync("azure/dep");

        Assert.Equal(url, handler.Urls[0]);
        Assert.Equal("a-key", handler.Headers[0]["api-key"]);
        Assert.Equal("dep", (string?)handler.Bodies[0]!["model"]);
    }

    [Fact]
    public async Task The_code_says_a_version_before_the_environment()
    {
        using var handler = new Asked();
        using var client = new LlmClient(Options(handler, $"{Key} AZURE_RESOURCE_NAME=res AZURE_API_VERSION=2023-05-15") with { ApiVersions = new Dictionary<string, string> { ["azure_openai"] = "2024-10-21" } });

        await client.AskAsync("azure_openai/dep");

        Assert.Equal("https://res.openai.azure.com/openai/deployments/dep/chat/completions?api-version=2024-10-21", handler.Urls[0]);
    }

    [Fact]
    public async Task A_file_says_one_behind_the_environment()
    {
        using var handler = new Asked();
        const string Yaml = "providers: {azure: {base_url: 'https://res.openai.azure.com/openai', api_version: 2024-10-21, api_key: k}}";
        using var client = new LlmClient(Options(handler, "") with { Configuration = LlmConfiguration.Parse(Yaml) });
        using var other = new LlmClient(Options(handler, "AZURE_API_VERSION=2025-01-01-preview") with { Configuration = LlmConfiguration.Parse(Yaml) });

        await client.AskAsync("azure/dep");
        await other.AskAsync("azure/dep");

        Assert.Equal(["https://res.openai.azure.com/openai/deployments/dep/chat/completions?api-version=2024-10-21", "https://res.openai.azure.com/openai/deployments/dep/chat/completions?api-version=2025-01-01-preview"], handler.Urls);
    }

    [Fact]
    public async Task A_call_may_name_another_resource_and_its_version()
    {
        using var handler = new Asked();
        using var client = Client(handler, "AZURE_RESOURCE_NAME=res");

        await client.Chat.Completions.CreateAsync(Calls.Ask("azure/dep"), new() { BaseUrl = new("https://eu.openai.azure.com/openai?api-version=2024-10-21"), ApiKey = "eu-key" }, Token);

        Assert.Equal("https://eu.openai.azure.com/openai/deployments/dep/chat/completions?api-version=2024-10-21", handler.Urls[0]);
        Assert.Equal("eu-key", handler.Headers[0]["api-key"]);
    }

    [Theory]
    [InlineData("openai", "2024-10-21", "the addresses of openai say no version")]
    [InlineData("azure", " ", "it is empty: leave it out, or write a version as 2024-10-21")]
    public void A_version_that_cannot_be_is_told_when_a_client_is_made(string provider, string version, string what)
    {
        var error = Assert.Throws<ConfigurationException>(() => new LlmClient(new() { ApiVersions = new Dictionary<string, string> { [provider] = version } }));

        Assert.Equal($"LlmOptions.ApiVersions[\"{provider}\"]: {what}", error.Message);
    }

    [Fact]
    public void A_file_says_where_a_version_cannot_be()
    {
        var error = Assert.Throws<ConfigurationException>(() => LlmConfiguration.Parse("providers: {groq: {api_version: 2024-10-21}}", "x.yaml"));

        Assert.Contains("providers.groq.api_version: the addresses of groq say no version", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_of_a_deployment_without_a_version_is_told()
    {
        using var handler = new Asked();
        using var client = Client(handler, "AZURE_BASE_URL=https://res.openai.azure.com/openai/deployments/dep");

        var error = await Assert.ThrowsAsync<ConfigurationException>(() => client.AskAsync("azure/dep"));

        Assert.Equal("azure: the base URL names a model's own folder, which needs a version of the API: set AZURE_API_VERSION or AZURE_OPENAI_API_VERSION or OPENAI_API_VERSION, or end the address before '/deployments/'", error.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("AZURE_OPENAI_ENDPOINT=https://res.openai.azure.com")]
    public async Task Without_a_key_nothing_is_sent_to_a_resource(string environment)
    {
        using var handler = new Asked();
        using var client = new LlmClient(Options(handler, $"AZURE_RESOURCE_NAME=res {environment}".Trim()));

        var error = await Assert.ThrowsAsync<ConfigurationException>(() => client.AskAsync("azure/dep"));

        Assert.Equal("azure needs a key: set AZURE_API_KEY or AZURE_OPENAI_API_KEY or AZURE_OPENAI_AD_TOKEN or AZURE_AD_TOKEN, or give LlmOptions.Credentials those of the package Muxi.Llm.Azure", error.Message);
        Assert.Empty(handler.Urls);
    }

    [Fact]
    public async Task Without_a_resource_the_error_says_how_to_name_one()
    {
        using var handler = new Asked();
        using var client = Client(handler, "");

        var error = await Assert.ThrowsAsync<ConfigurationException>(() => client.AskAsync("azure/dep"));

        Assert.Equal("azure needs a resource: set AZURE_RESOURCE_NAME or AZURE_OPENAI_RESOURCE_NAME, or AZURE_OPENAI_ENDPOINT to its address", error.Message);
    }

    [Fact]
    public async Task A_deployments_name_leads_to_no_other_path()
    {
        using var handler = new Asked();
        using var client = Client(handler, "AZURE_RESOURCE_NAME=res AZURE_API_VERSION=2024-10-21");

        await client.AskAsync("azure/a/../b?c#d");
        var error = await Assert.ThrowsAsync<BadRequestException>(() => client.AskAsync("azure/.."));

        Assert.Equal("https://res.openai.azure.com/openai/deployments/a%2F..%2Fb%3Fc%23d/chat/completions?api-version=2024-10-21", handler.Urls[0]);
        Assert.Contains("cannot be a model's name", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Sources: "Azure OpenAI reasoning models" (max_tokens is refused), "API version lifecycle" (since when there is another word), and users' reports of models of other makers (422).</summary>
    [Theory]
    [InlineData("", "anything", "max_completion_tokens")]
    [InlineData("", "gpt-5-nano", "max_completion_tokens")]
    [InlineData("", "Mistral-Large-3", "max_tokens")]
    [InlineData("", "DeepSeek-V3.2", "max_tokens")]
    [InlineData("2024-10-21", "anything", "max_tokens")]
    [InlineData("2024-10-21", "gpt-5-nano", "max_completion_tokens")]
    [InlineData("2024-10-21", "o3-mini", "max_completion_tokens")]
    [InlineData("2024-02-01", "gpt-5-nano", "max_tokens")]
    public async Task The_limit_of_tokens_goes_by_what_version_and_name_tell(string version, string deployment, string member)
    {
        using var handler = new Asked();
        using var client = Client(handler, $"AZURE_RESOURCE_NAME=res {(version.Length > 0 ? $"AZURE_API_VERSION={version}" : "")}".Trim());

        await client.Chat.Completions.CreateAsync(Calls.Ask($"azure/{deployment}") with { MaxTokens = 7 }, null, Token);

        Assert.Equal(7, (int?)handler.Bodies[0]![member]);
        Assert.Equal(member == "max_tokens", handler.Bodies[0]!["max_completion_tokens"] is null);
    }

    [Fact]
    public async Task In_a_dated_version_the_callers_own_word_for_the_limit_stays()
    {
        using var handler = new Asked();
        using var client = Client(handler, "AZURE_RESOURCE_NAME=res AZURE_API_VERSION=2024-10-21");

        await client.Chat.Completions.CreateAsync(Calls.Ask("azure/anything") with { MaxCompletionTokens = 7 }, null, Token);

        Assert.Equal(7, (int?)handler.Bodies[0]!["max_completion_tokens"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("2024-10-21")]
    [InlineData("2023-05-15")]
    public async Task A_file_says_which_word_a_deployment_takes(string version)
    {
        using var handler = new Asked();
        var file = LlmConfiguration.Parse("providers: {azure: {chat: {variants: {'prod-*': {max_tokens_field: max_completion_tokens}, 'old-*': {max_tokens_field: max_tokens}}}}}");
        using var client = new LlmClient(Options(handler, $"{Key} AZURE_RESOURCE_NAME=res {(version.Length > 0 ? $"AZURE_API_VERSION={version}" : "")}".Trim()) with { Configuration = file });

        await client.Chat.Completions.CreateAsync(Calls.Ask("azure/prod-thinker") with { MaxTokens = 7 }, null, Token);
        await client.Chat.Completions.CreateAsync(Calls.Ask("azure/old-one") with { MaxTokens = 7 }, null, Token);

        Assert.Equal(7, (int?)handler.Bodies[0]!["max_completion_tokens"]);
        Assert.Equal(7, (int?)handler.Bodies[1]!["max_tokens"]);
    }

    [Theory]
    [InlineData("2024-02-01", false)]
    [InlineData("2024-08-01-preview", false)]
    [InlineData("2024-09-01-preview", true)]
    [InlineData("2024-10-21", true)]
    [InlineData("", true)]
    public async Task A_streams_usage_is_asked_for_where_the_version_knows_how(string version, bool isAsked)
    {
        using var handler = new Asked { Reply = Calls.Events("Hi"), Type = "text/event-stream" };
        using var client = Client(handler, $"AZURE_RESOURCE_NAME=res {(version.Length > 0 ? $"AZURE_API_VERSION={version}" : "")}".Trim());

        await client.AskStream("azure/dep").WholeAsync();

        Assert.Equal(isAsked, handler.Bodies[0]!["stream_options"] is not null);
    }

    [Fact]
    public async Task An_account_of_Entra_IDs_may_come_as_a_plain_token()
    {
        using var handler = new Asked();
        using var client = new LlmClient(Options(handler, "AZURE_RESOURCE_NAME=res AZURE_OPENAI_AD_TOKEN=a-token"));

        await client.AskAsync("azure/dep");

        Assert.Equal("Bearer a-token", handler.Headers[0]["Authorization"]);
        Assert.False(handler.Headers[0].ContainsKey("api-key"));
    }

    [Fact]
    public async Task A_raw_call_goes_below_the_address_as_it_is()
    {
        using var handler = new Asked();
        using var client = Client(handler, "AZURE_RESOURCE_NAME=res AZURE_API_VERSION=2024-10-21");

        using var reply = await client.Raw.SendAsync("azure", HttpMethod.Get, "deployments/d/extensions?x=1", null, Token);

        Assert.Equal("https://res.openai.azure.com/openai/deployments/d/extensions?x=1&api-version=2024-10-21", handler.Urls[0]);
    }

    private static LlmClient Client(HttpMessageHandler handler, string environment) => new(Options(handler, $"{Key} {environment}".Trim()));

    private static LlmOptions Options(HttpMessageHandler handler, string environment)
    {
        var variables = environment.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(one => one.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        return new() { Handler = handler, Environment = variables.GetValueOrDefault, Retries = Calls.Once };
    }
}

/// <summary>Answers every call in this process, and keeps what was asked.</summary>
internal sealed class Asked : HttpMessageHandler
{
    public string Reply { get; init; } = Calls.Reply("Hello");

    public string Type { get; init; } = "application/json";

    public HttpStatusCode Status { get; init; } = HttpStatusCode.OK;

    public List<string> Urls { get; } = [];

    public List<Dictionary<string, string>> Headers { get; } = [];

    public List<JsonNode?> Bodies { get; } = [];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Urls.Add(request.RequestUri!.AbsoluteUri);
        Headers.Add(request.Headers.ToDictionary(header => header.Key, header => string.Join(',', header.Value), StringComparer.OrdinalIgnoreCase));
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        Bodies.Add(body.StartsWith('{') ? JsonNode.Parse(body) : null);
        return new(Status) { Content = new StringContent(Reply, Encoding.UTF8, Type) };
    }
}
