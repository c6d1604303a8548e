using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Muxi.Llm.Tests;

/// <summary>Clients out of a real container and in a real host.</summary>
public sealed class DependencyInjectionTests
{
    private static readonly Func<string, string?> _nothing = static _ => null;

    [Fact]
    public async Task A_client_is_one_for_all_and_ends_with_its_container()
    {
        LlmClient client;
        await using (var container = new ServiceCollection().AddMuxiLlm().BuildServiceProvider())
        {
            client = container.GetRequiredService<LlmClient>();
            using var scope = container.CreateScope();
            Assert.Same(client, scope.ServiceProvider.GetRequiredService<LlmClient>());
            Assert.Equal("sandbox", (await client.AskAsync("sandbox/chat")).Provider);
        }
        await Assert.ThrowsAnyAsync<Exception>(() => client.AskAsync("sandbox/chat"));
    }

    [Fact]
    public async Task Settings_add_up_in_order_and_may_need_other_services()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Calls.Reply("ok")));
        await using var container = new ServiceCollection().AddSingleton(new Vault("sk-of-the-vault"))
            .AddMuxiLlm(options => options with { Environment = _nothing, DefaultModel = "groq/first", BaseUrls = new Dictionary<string, Uri> { ["groq"] = server.Url } })
            .AddMuxiLlm((services, options) => options with { DefaultModel = "groq/second", ApiKeys = new Dictionary<string, string> { ["groq"] = services.GetRequiredService<Vault>().Key } })
            .BuildServiceProvider();

        await container.GetRequiredService<LlmClient>().AskAsync("");

        Assert.Equal("second", (string?)JsonNode.Parse(server.Requests[0].Text)!["model"]);
        Assert.Equal("Bearer sk-of-the-vault", server.Requests[0].Headers["Authorization"]);
    }

    [Fact]
    public async Task Keyed_clients_share_nothing()
    {
        await using var container = new ServiceCollection()
            .AddMuxiLlm(options => options with { DefaultModel = "sandbox/echo" })
            .AddKeyedMuxiLlm("careful", options => options with { DefaultModel = "sandbox/chat" })
            .AddKeyedMuxiLlm("plain")
            .AddSingleton<Asker>().BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });

        var asker = container.GetRequiredService<Asker>();

        Assert.Equal(("sandbox/echo", "sandbox/chat"), (asker.Usual.Settings.DefaultModel, asker.Careful.Settings.DefaultModel));
        Assert.Null(container.GetRequiredKeyedService<LlmClient>("plain").Settings.DefaultModel);
        Assert.Same(asker.Careful, container.GetRequiredKeyedService<LlmClient>("careful"));
        Assert.Null(container.GetKeyedService<LlmClient>("nobody"));
    }

    [Fact]
    public async Task Handlers_that_the_application_adds_see_every_call()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Sse(Calls.Events("ok")));
        var services = new ServiceCollection().AddMuxiLlm(options => At(server.Url)(options)).AddKeyedMuxiLlm("other", options => At(server.Url)(options));
        services.AddHttpClient("Muxi.Llm").AddHttpMessageHandler(() => new Marking("usual"));
        services.AddHttpClient("Muxi.Llm.other").AddHttpMessageHandler(() => new Marking("other"));
        await using var container = services.BuildServiceProvider();

        await container.GetRequiredService<LlmClient>().AskStream().WholeAsync();
        await container.GetRequiredKeyedService<LlmClient>("other").AskStream().WholeAsync();

        Assert.Equal(["usual", "other"], server.Requests.Select(request => request.Headers["X-Passed"]));
    }

    [Fact]
    public async Task The_containers_clock_and_log_are_used_and_no_key_is_logged()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("{}", 503), CannedReply.Json(Calls.Reply("ok")));
        using var log = new KeptLog();
        var clock = new SteppedTime();
        await using var container = new ServiceCollection().AddSingleton<ILoggerFactory>(log).AddSingleton<TimeProvider>(clock).AddMuxiLlm(options => At(server.Url)(options) with { Retries = null }).BuildServiceProvider();

        await container.GetRequiredService<LlmClient>().AskAsync();

        Assert.NotEmpty(clock.Waits);
        Assert.Contains(log.Lines, line => line.Contains("openai/gpt-test", StringComparison.Ordinal));
        Assert.DoesNotContain(log.Lines, line => line.Contains(Calls.Key, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Its_connections_follow_no_redirect_and_keep_the_files_proxy()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("{}", 307).With("location", "http://elsewhere.invalid/"));
        await using var proxy = ProxyServer.Start();
        await using var container = new ServiceCollection().AddMuxiLlm(options => At(server.Url)(options) with { Configuration = LlmConfiguration.Parse($"proxy: \"{proxy.Url}\"") }).BuildServiceProvider();

        await Assert.ThrowsAnyAsync<ApiException>(() => container.GetRequiredService<LlmClient>().AskAsync());

        Assert.Single(proxy.Requests);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_handler_of_the_settings_own_takes_the_factorys_place()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Calls.Reply("ok")));
        await using var container = new ServiceCollection().AddMuxiLlm(options => At(server.Url)(options) with { Handler = new Marking("handler") { InnerHandler = new SocketsHttpHandler() } }).BuildServiceProvider();

        await container.GetRequiredService<LlmClient>().AskAsync();

        Assert.Equal("handler", server.Requests[0].Headers["X-Passed"]);
    }

    [Fact]
    public async Task A_section_of_the_applications_configuration_is_a_file()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Calls.Reply("ok")));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddJsonStream(new MemoryStream(System.Text.Encoding.UTF8.GetBytes("""
            {"Llm": {"model": "fast", "aliases": {"fast": "house/large"}, "retries": {"max": 5}, "defaults": {"stop": ["a", "b"], "temperature": 0.5, "store": true, "house/*": {"top_k": 3}},
             "providers": {"house": {"base_url": "URLv1", "api_key_env": ["HOUSE_KEY"], "chat": {"drops": ["user"], "max_stops": 1}}}}}
            """.Replace("URL", server.Url.ToString(), StringComparison.Ordinal))));
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Llm:retries:max"] = "1", ["Llm:headers:X-Team"] = "search" });
        builder.Services.AddMuxiLlm(builder.Configuration.GetSection("Llm")).AddMuxiLlm(options => options with { Environment = name => name == "HOUSE_KEY" ? "sk-house" : null });
        await using var app = builder.Build();

        var reply = await app.Services.GetRequiredService<LlmClient>().AskAsync("");

        Assert.Equal("""{"model":"large","messages":[{"role":"user","content":"Hello?"}],"temperature":0.5,"stop":"a","store":true,"top_k":3}""", Ordered(server.Requests[0].Text));
        Assert.Equal(("Bearer sk-house", "search"), (server.Requests[0].Headers["Authorization"], server.Requests[0].Headers["X-Team"]));
        Assert.Single(reply.Warnings);
        Assert.Equal(1, app.Services.GetRequiredService<LlmClient>().Settings.Retries!.Max);
    }

    [Fact]
    public async Task A_setting_that_cannot_work_stops_the_host_at_its_start()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Llm:timeouts:idle"] = "5x" });
        builder.Services.AddMuxiLlm(builder.Configuration.GetSection("Llm"));
        using var host = builder.Build();

        var error = await Assert.ThrowsAsync<ConfigurationException>(() => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.Equal("section Llm: timeouts.idle: '5x' is no duration (write 15s, 2m, 500ms or none)", error.Message);
    }

    [Theory]
    [InlineData("LlmOptions.ApiKeys: unknown provider 'opnai'; did you mean openai?")]
    [InlineData("LlmOptions.BaseUrls[\"groq\"] is no http(s) address: 'v1'")]
    [InlineData("LlmOptions.Defaults[\"*\"]: 'temperature' must be a number")]
    [InlineData("LlmOptions.DefaultModel: unknown provider 'opnai' in 'opnai/x'; did you mean openai?")]
    [InlineData("LlmOptions.Aliases[\"a\"]: the alias 'a' comes back to itself")]
    [InlineData("LlmOptions.Fallbacks[\"*\"]: 'groq/' names no model: write groq/MODEL")]
    [InlineData("LlmOptions.Headers: the header 'X Y' cannot be a header's name")]
    [InlineData("Retries.Max is -1: it must be 0 (for none) or more")]
    [InlineData("the timeout Idle is 00:00:00: it must be above zero, or Timeout.InfiniteTimeSpan for none")]
    [InlineData("the function given to AddMuxiLlm gave no options: return the ones it is given, or others")]
    public async Task A_keyed_client_that_cannot_work_stops_the_host_too_and_names_the_option(string message)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Services.AddKeyedMuxiLlm("mine", options => Wrong(options with { Environment = _nothing }, message));
        using var host = builder.Build();

        Assert.Equal(message, (await Assert.ThrowsAsync<ConfigurationException>(() => host.StartAsync(TestContext.Current.CancellationToken))).Message);
    }

    [Fact]
    public async Task A_web_application_streams_with_it()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        builder.Services.AddKeyedMuxiLlm("chat", options => options with { DefaultModel = "sandbox/echo" });
        await using var app = builder.Build();
        app.MapGet("/", async ([FromKeyedServices("chat")] LlmClient client, HttpContext context) =>
        {
            await foreach (var chunk in client.AskStream(Calls.Ask("", "hello world"), null, context.RequestAborted)) await context.Response.WriteAsync(chunk.Text ?? "");
        });
        await app.StartAsync(TestContext.Current.CancellationToken);

        using var http = new HttpClient();
        Assert.Contains("hello world", await http.GetStringAsync(app.Urls.First(), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static Func<LlmOptions, LlmOptions> At(Uri server) => options => options with
    {
        Environment = _nothing, ApiKeys = new Dictionary<string, string> { ["openai"] = Calls.Key }, BaseUrls = new Dictionary<string, Uri> { ["openai"] = server }, Retries = Calls.Once,
    };

    private static LlmOptions Wrong(LlmOptions options, string message) => message switch
    {
        ['L', .. var rest] when rest.Contains("ApiKeys", StringComparison.Ordinal) => options with { ApiKeys = new Dictionary<string, string> { ["opnai"] = "k" } },
        ['L', .. var rest] when rest.Contains("BaseUrls", StringComparison.Ordinal) => options with { BaseUrls = new Dictionary<string, Uri> { ["groq"] = new("v1", UriKind.Relative) } },
        ['L', .. var rest] when rest.Contains("Defaults", StringComparison.Ordinal) => options with { Defaults = new Dictionary<string, Extra> { ["*"] = """{"temperature": "hot"}""" } },
        ['L', .. var rest] when rest.Contains("DefaultModel", StringComparison.Ordinal) => options with { DefaultModel = "opnai/x" },
        ['L', .. var rest] when rest.Contains("Aliases", StringComparison.Ordinal) => options with { Aliases = new Dictionary<string, string> { ["a"] = "a" } },
        ['L', .. var rest] when rest.Contains("Fallbacks", StringComparison.Ordinal) => options with { Fallbacks = new Dictionary<string, IReadOnlyList<Fallback>> { ["*"] = ["groq/"] } },
        ['L', ..] => options with { Headers = new Dictionary<string, string> { ["X Y"] = "1" } },
        ['R', ..] => options with { Retries = new() { Max = -1 } },
        _ when message.Contains("Idle", StringComparison.Ordinal) => options with { Timeouts = new() { Idle = TimeSpan.Zero } },
        _ => null!,
    };

    private static string Ordered(string body) => JsonNode.Parse(body)!.AsObject() is var sent ? new JsonObject(sent.OrderBy(member => Array.IndexOf(["model", "messages", "temperature", "stop", "store", "top_k"], member.Key)).Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone()))).ToJsonString() : "";

    private sealed record Vault(string Key);

    private sealed record Asker(LlmClient Usual, [FromKeyedServices("careful")] LlmClient Careful);

    private sealed class Marking(string mark) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.Add("X-Passed", mark);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
