using System.Net;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>The table of settings. In YAML, <c>URL</c> stands for the server's address.</summary>
internal static partial class WireRows
{
    private static readonly Fault _busy = CannedReply.Json("""{"error":{"message":"busy"}}""", 503);
    private static readonly Fault _ok = CannedReply.Json(Calls.Reply("ok"));
    private static readonly Fault _silent = Fault.SlowHeader(0, CannedReply.Json(Calls.Reply("late")));
    private static readonly Fault _stops = Fault.StallAfter(20, CannedReply.Json(Calls.Reply("late")));
    private static readonly TimeSpan _short = TimeSpan.FromMilliseconds(80);

    /// <summary>Limits that end what never ends, so that a call without the tested limit ends in another way.</summary>
    private static readonly Timeouts _patient = new() { Connect = TimeSpan.FromSeconds(1), FirstByte = TimeSpan.FromSeconds(1), Idle = TimeSpan.FromSeconds(1), Total = TimeSpan.FromSeconds(0.6) };

    public static IReadOnlyList<WireRow> All { get; } = [.. Client, .. Call, .. Limits, .. Repeats, .. FallbackRows, .. Variables, .. YamlRows, .. LocalServerRows];

    private static IEnumerable<WireRow> Client =>
    [
        Of("LlmOptions.ApiKeys", options => options with { ApiKeys = Map("openai", "sk-another-one") }, Header("Authorization"), "Bearer sk-another-one"),
        new("LlmOptions.BaseUrls", url => (new() { BaseUrls = new Dictionary<string, Uri> { ["openai"] = new(url, "deep") }, Environment = _ => null }, null), Target, "/deep/chat/completions"),
        new("LlmOptions.ApiVersions", url => (Calls.OptionsFor(url, "azure") with { ApiVersions = Map("azure", "2024-10-21") }, null), Target, "/deployments/m/chat/completions?api-version=2024-10-21")
        {
            Model = "azure/m", Plain = url => (Calls.OptionsFor(url, "azure"), null),
        },
        Of("LlmOptions.Headers", options => options with { Headers = Map("X-Team", "search") }, Header("X-Team"), "search"),
        new("LlmOptions.Providers", url => (Keyed() with { Providers = [new Provider("mine", url + "mine", Auth.None) { Chat = new OpenAIChat() }] }, null), Target, "/mine/chat/completions") { Model = "mine/m" , Plain = url => (Base(url) with { Aliases = Map("mine/m", "openai/m") }, null) },
        Of("LlmOptions.Aliases", options => options with { Aliases = Map("openai/gpt-test", "openai/other") }, Body("model"), "other"),
        Of("LlmOptions.DefaultModel", options => options with { DefaultModel = "openai/mine" }, Body("model"), "mine") with { Model = "" },
        Of("LlmOptions.Defaults", options => options with { Defaults = Extras("openai/gpt-*", """{"temperature": 0.25}""") }, Body("temperature"), "0.25"),
        Of("LlmOptions.Fallbacks", options => options with { Fallbacks = Lists("openai/gpt-test", new Fallback("openai/second")) }, BodyOfLast("model"), "second") with { Answers = [CannedReply.Json("{}", 401), _ok] },
        new("LlmOptions.Configuration", url => (Keyed() with { Configuration = Parse(url, "providers: {openai: {base_url: URLfile}}") }, null), Target, "/file/chat/completions"),
        Of("LlmOptions.Handler", options => options with { Handler = new Marking(new SocketsHttpHandler()) }, Header("X-Passed"), "handler"),
        Of("LlmOptions.HttpClientFactory", options => options with { HttpClientFactory = new Factory() }, Header("X-Passed"), "Muxi.Llm"),
        Of("LlmOptions.HttpClientName", options => options with { HttpClientFactory = new Factory(), HttpClientName = "mine" }, Header("X-Passed"), "mine"),
        Of("LlmOptions.Proxy", options => options with { Proxy = new Redirecting(options.BaseUrls["openai"]), BaseUrls = new Dictionary<string, Uri> { ["openai"] = new("http://nobody.invalid/v1") } }, Target, "http://nobody.invalid/v1/chat/completions"),
        Of("LlmOptions.LoggerFactory", options => options with { LoggerFactory = _log }, (_, _) => _log.Lines.Any(line => line.Contains("200 after", StringComparison.Ordinal)).ToString(), "True"),
        Of("LlmOptions.TimeProvider", options => options with { TimeProvider = new SteppedTime(), Timeouts = new() { FirstByte = TimeSpan.FromSeconds(59) } }, Outcome, "FirstByte") with { Answers = [_silent], Plain = PatientTotal },
        new("LlmOptions.ResponseStore", url => (Calls.OptionsFor(url, "deepseek") with { ResponseStore = _responses }, null), (_, _) => (_responses.Count > 0).ToString(), "True")
        {
            Plain = url => (Calls.OptionsFor(url, "deepseek"), null), Ask = static (client, call) => client.Responses.CreateAsync(new() { Model = "deepseek/m", Input = "Hi" }, call),
        },
        OfMedia("LlmOptions.FetchMedia", options => options with { FetchMedia = false }),
        new("LlmOptions.Credentials", url => (Base(url) with { ApiKeys = Map("groq", "x"), Providers = [_signed], BaseUrls = new Dictionary<string, Uri> { ["signed"] = url }, Credentials = [new Badge()] }, null), Header("X-Badge"), "worn")
        {
            Model = "signed/m", Plain = url => (Base(url) with { Providers = [_signed], BaseUrls = new Dictionary<string, Uri> { ["signed"] = url } }, null),
        },
        OfTokens("LlmOptions.Tokenizers", url => Base(url) with { Tokenizers = new Dictionary<string, TokenizerSource> { ["openai/*"] = "r50k_base" } }),
        new("LlmOptions.Environment", url => (new() { Environment = name => name == "OPENAI_BASE_URL" ? url + "env" : null }, null), Target, "/env/chat/completions"),
    ];

    private static readonly Provider _signed = new("signed", "http://nobody.invalid", Auth.Bearer() with { Source = new("badges", "Muxi.Llm.Badges") }) { Chat = new OpenAIChat() };

    private sealed class Badge : ICredentialSource
    {
        public string Name => "badges";

        public string? UrlPart(string part, Func<string, string?> environment) => null;

        public ValueTask ApplyAsync(HttpRequestMessage request, CredentialContext context, CancellationToken cancellationToken)
        {
            request.Headers.Add("X-Badge", "worn");
            return default;
        }
    }

    /// <summary>Whether a picture's address, which is none that may be read, is looked at for a service that reads none itself.</summary>
    private static WireRow OfMedia(string name, Func<LlmOptions, LlmOptions> set) => new(name, url => (set(Blind(url)), null), (run, _) => run.Error!.Message.Contains("fetch_media is false", StringComparison.Ordinal) ? "off" : "looked at", "off")
    {
        Plain = url => (Blind(url), null),
        Ask = static (client, call) => client.AskAsync(new ChatCompletionRequest { Model = "blind/m", Messages = [Message.User(new ContentPart { Type = "image_url", ImageUrl = new("http://nobody.invalid/a.png") })] }, call),
    };

    private static LlmOptions Blind(Uri url) => Base(url) with { Providers = [new("blind", "http://nobody.invalid", Auth.None) { Chat = new OpenAIChat { Addresses = [] } }], BaseUrls = new Dictionary<string, Uri> { ["blind"] = url }, ApiKeys = new Dictionary<string, string>() };

    /// <summary>A setting that counts on this machine: which encoding was counted with.</summary>
    private static WireRow OfTokens(string name, Func<Uri, LlmOptions> set)
    {
        string? encoding = null;
        return new(name, url => (set(url), null), (_, _) => encoding ?? "none", "r50k_base")
        {
            Ask = (client, _) =>
            {
                encoding = client.CountHere(Calls.Ask()).Encoding;
                return Task.CompletedTask;
            },
        };
    }

    private static IEnumerable<WireRow> Call =>
    [
        OfCall("RequestOptions.ApiKey", _ => new() { ApiKey = "sk-of-the-call" }, Header("Authorization"), "Bearer sk-of-the-call"),
        OfCall("RequestOptions.BaseUrl", url => new() { BaseUrl = new(url, "elsewhere") }, Target, "/elsewhere/chat/completions"),
        OfCall("RequestOptions.Headers", _ => new() { Headers = Map("X-Call", "1") }, Header("X-Call"), "1"),
        OfCall("RequestOptions.ExtraBody", _ => new() { ExtraBody = """{"top_k": 40}""" }, Body("top_k"), "40"),
        OfCall("RequestOptions.Fallbacks", _ => new() { Fallbacks = ["openai/second"] }, BodyOfLast("model"), "second") with { Answers = [CannedReply.Json("{}", 401), _ok] },
        OfCall("RequestOptions.MaxRetries", _ => new() { MaxRetries = 1 }, Count, "2", url => Fast(url).Options) with { Answers = [_busy] },
        OfCall("RequestOptions.Timeouts", _ => new() { Timeouts = _patient with { FirstByte = _short } }, Outcome, "FirstByte", url => PatientTotal(url).Options) with { Answers = [_silent] },
        OfCall("RequestOptions.Strict", _ => new() { Strict = true }, Count, "0", static url => Base(url, "groq")) with
        {
            Ask = static (client, call) => client.AskAsync(Calls.Ask("groq/m") with { LogitBias = new Dictionary<string, double> { ["1"] = 2 } }, call),
        },
    ];

    private static IEnumerable<WireRow> Limits =>
    [
        // A connection that does not come about is tested with the timeouts themselves; here it is enough that the limit arrives.
        Of("LlmOptions.Timeouts", options => options with { Timeouts = _patient with { Total = _short } }, Outcome, "Total") with { Answers = [_silent], Plain = Patient },
        new("Timeouts.Connect", _ => (Full() with { Timeouts = _patient with { Connect = _short, FirstByte = TimeSpan.FromSeconds(30), Total = TimeSpan.FromSeconds(30) }, Retries = new() { Max = 0 } }, null), Outcome, "Connect") { Plain = _ => (Full() with { Timeouts = _patient with { Connect = TimeSpan.FromSeconds(30) }, Retries = new() { Max = 0 } }, null) },
        Of("Timeouts.FirstByte", options => options with { Timeouts = _patient with { FirstByte = _short } }, Outcome, "FirstByte") with { Answers = [_silent], Plain = PatientTotal },
        Of("Timeouts.Idle", options => options with { Timeouts = _patient with { Idle = _short } }, Outcome, "Idle") with { Answers = [_stops], Plain = PatientTotal },
        Of("Timeouts.Total", options => options with { Timeouts = _patient with { Total = _short } }, Outcome, "Total") with { Answers = [_silent], Plain = Patient },
    ];

    private static IEnumerable<WireRow> Repeats =>
    [
        Of("LlmOptions.Retries", options => options with { Retries = new() { Max = 0 } }, Count, "1") with { Answers = [_busy], Plain = Fast },
        OfRetries("Retries.Max", new() { Max = 1 }, Count, "2"),
        OfRetries("Retries.InitialDelay", new() { InitialDelay = TimeSpan.FromSeconds(3) }, LongestWait, "6"),
        OfRetries("Retries.MaxDelay", new() { MaxDelay = TimeSpan.FromSeconds(0.25) }, LongestWait, "0.25"),
        OfRetries("Retries.MaxRetryAfter", new() { MaxRetryAfter = TimeSpan.FromSeconds(10) }, Count, "1") with { Answers = [CannedReply.Json("{}", 503).With("retry-after", "20")] },
        OfRetries("Retries.BudgetRatio", new() { BudgetRatio = 0, BudgetPerSecond = 0 }, Count, "1") with { Plain = url => (Fast(url).Options with { Retries = new() { BudgetPerSecond = 0 }, TimeProvider = new SteppedTime() }, null) },
        OfRetries("Retries.BudgetPerSecond", new() { BudgetRatio = 0, BudgetPerSecond = 0.1 }, Count, "2") with { Plain = url => (Fast(url).Options with { Retries = new() { BudgetRatio = 0, BudgetPerSecond = 0 }, TimeProvider = new SteppedTime() }, null) },
    ];

    private static IEnumerable<WireRow> FallbackRows =>
    [
        OfFallback("Fallback.Model", new Fallback("openai/second"), BodyOfLast("model"), "second"),
        OfFallback("Fallback.Options", new Fallback("openai/second") { Options = new() { ExtraBody = """{"top_k": 1}""" } }, BodyOfLast("top_k"), "1"),
        OfFallback("Fallback.On", new Fallback("openai/second") { On = [ErrorKind.BadRequest] }, BodyOfLast("model"), "second") with { Answers = [CannedReply.Json("{}", 400), _ok], Plain = url => (Base(url), new() { Fallbacks = ["openai/second"] }) },
    ];

    private static IEnumerable<WireRow> Variables =>
    [
        OfVariable("OPENAI_API_KEY", _ => "sk-of-the-environment", Header("Authorization"), "Bearer sk-of-the-environment"),
        OfVariable("OPENAI_BASE_URL", url => url + "env", Target, "/env/chat/completions") with { Plain = url => (new() { BaseUrls = new Dictionary<string, Uri> { ["openai"] = url }, Environment = _ => null }, null), Set = url => (new() { Environment = name => name == "OPENAI_BASE_URL" ? url + "env" : null }, null) },
        OfVariable("OPENAI_ORG_ID", _ => "org-1", Header("OpenAI-Organization"), "org-1"),
        OfVariable("MUXI_LLM_MODEL", _ => "openai/of-the-environment", Body("model"), "of-the-environment") with { Model = "" },
        OfVariable("MUXI_LLM_CONFIG", _ => Temporary("defaults: {seed: 7}"), Body("seed"), "7"),
    ];

    private static readonly KeptLog _log = new();
    private static readonly MemoryResponseStore _responses = new();

    private static WireRow Of(string name, Func<LlmOptions, LlmOptions> set, Func<WireRun, IReadOnlyList<SeenRequest>, string> see, string effect) =>
        new(name, url => (set(Base(url)), null), see, effect);

    private static WireRow OfCall(string name, Func<Uri, RequestOptions> call, Func<WireRun, IReadOnlyList<SeenRequest>, string> see, string effect, Func<Uri, LlmOptions>? options = null)
    {
        options ??= static url => Base(url);
        return new(name, url => (options(url), call(url)), see, effect) { Plain = url => (options(url), null) };
    }

    private static WireRow OfRetries(string name, Retries retries, Func<WireRun, IReadOnlyList<SeenRequest>, string> see, string effect) =>
        new(name, url => (Fast(url).Options with { Retries = retries, TimeProvider = new SteppedTime() }, null), see, effect) { Answers = [_busy], Plain = url => (Fast(url).Options with { TimeProvider = new SteppedTime() }, null) };

    private static WireRow OfFallback(string name, Fallback fallback, Func<WireRun, IReadOnlyList<SeenRequest>, string> see, string effect) =>
        new(name, url => (Base(url), new() { Fallbacks = [fallback] }), see, effect) { Answers = [CannedReply.Json("{}", 401), _ok] };

    private static WireRow OfVariable(string variable, Func<Uri, string> value, Func<WireRun, IReadOnlyList<SeenRequest>, string> see, string effect) =>
        new(variable, url => (new() { BaseUrls = new Dictionary<string, Uri> { ["openai"] = url }, Environment = name => name == variable ? value(url) : null }, null), see, effect)
        {
            Plain = url => (new() { BaseUrls = new Dictionary<string, Uri> { ["openai"] = url }, Environment = _ => null }, null),
        };

    private static LlmOptions Base(Uri url, string provider = "openai") => Calls.OptionsFor(url, provider);

    private static LlmOptions Keyed() => new() { ApiKeys = Map("openai", Calls.Key), Environment = _ => null };

    private static LlmOptions Full() => Base(_full.Url);

    private static (LlmOptions Options, RequestOptions? Call) Fast(Uri url) => (Base(url) with { Retries = null, TimeProvider = new SteppedTime(), Chance = () => 1 }, null);

    private static (LlmOptions Options, RequestOptions? Call) Patient(Uri url) => (Base(url) with { Timeouts = _patient with { Total = TimeSpan.FromSeconds(30) }, Retries = new() { Max = 0 } }, null);

    private static (LlmOptions Options, RequestOptions? Call) PatientTotal(Uri url) => (Base(url) with { Timeouts = _patient with { FirstByte = TimeSpan.FromSeconds(30), Idle = TimeSpan.FromSeconds(30) }, Retries = new() { Max = 0 } }, null);

    private static readonly FullListener _full = new();

    private static Dictionary<string, string> Map(string name, string value) => new() { [name] = value };

    private static Dictionary<string, Extra> Extras(string name, string value) => new() { [name] = value };

    private static Dictionary<string, IReadOnlyList<Fallback>> Lists(string name, Fallback fallback) => new() { [name] = [fallback] };

    private static LlmConfiguration Parse(Uri url, string yaml) => LlmConfiguration.Parse(yaml.Replace("URL", url.ToString(), StringComparison.Ordinal));

    private static string Temporary(string yaml)
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("muxi-config").FullName, "c.yaml");
        File.WriteAllText(file, yaml);
        return file;
    }

    private static string Target(WireRun run, IReadOnlyList<SeenRequest> requests) => requests.Count == 0 ? "nothing" : requests[0].Target;

    private static string Count(WireRun run, IReadOnlyList<SeenRequest> requests) => requests.Count.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static string Outcome(WireRun run, IReadOnlyList<SeenRequest> requests) => run.Error is ApiTimeoutException timeout ? timeout.Timeout.ToString() : run.Error?.Kind.ToString() ?? "good";

    private static string LongestWait(WireRun run, IReadOnlyList<SeenRequest> requests) => run.Waits.Where(wait => wait < TimeSpan.FromSeconds(60)).DefaultIfEmpty().Max().TotalSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static Func<WireRun, IReadOnlyList<SeenRequest>, string> Header(string name) => (_, requests) => requests.Count == 0 ? "nothing" : requests[0].Headers.GetValueOrDefault(name, "none");

    private static Func<WireRun, IReadOnlyList<SeenRequest>, string> Body(string member) => (_, requests) => Member(requests is [var first, ..] ? first : null, member);

    private static Func<WireRun, IReadOnlyList<SeenRequest>, string> BodyOfLast(string member) => (_, requests) => Member(requests is [.., var last] ? last : null, member);

    private static string Member(SeenRequest? request, string member) => request is null ? "nothing" : JsonNode.Parse(request.Text)![member]?.ToString() ?? "none";

    private sealed class Marking(HttpMessageHandler inner, string mark = "handler") : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.Add("X-Passed", mark);
            return base.SendAsync(request, cancellationToken);
        }
    }

    private sealed class Factory : IHttpClientFactory
    {
        public HttpClient CreateClient(string name) => new(new Marking(new SocketsHttpHandler(), name));
    }

    private sealed class Redirecting(Uri to) : IWebProxy
    {
        public ICredentials? Credentials { get; set; }

        public Uri GetProxy(Uri destination) => to;

        public bool IsBypassed(Uri host) => false;
    }
}
