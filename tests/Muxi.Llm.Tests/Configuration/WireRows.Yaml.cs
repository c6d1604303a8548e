namespace Muxi.Llm.Tests;

internal static partial class WireRows
{
    private static IEnumerable<WireRow> YamlRows => [.. Top, .. YamlLimits, .. YamlRepeats, .. Aliases, .. YamlFallbacks, .. KnownProviders, .. OwnProviders, .. YamlQuirks];

    private static IEnumerable<WireRow> Top =>
    [
        OfYaml("model", "model: openai/of-the-file", Body("model"), "of-the-file") with { Model = "" },
        OfYaml("aliases", "aliases: {openai/gpt-test: openai/other}", Body("model"), "other"),
        OfYaml("defaults", "defaults: {temperature: 0.5}", Body("temperature"), "0.5"),
        OfYaml("fallbacks", "fallbacks: {\"openai/*\": openai/second}", BodyOfLast("model"), "second") with { Answers = [CannedReply.Json("{}", 401), _ok] },
        OfYaml("headers", "headers: {X-Team: search}", Header("X-Team"), "search"),
        OfYaml("proxy", "proxy: URL", Target, "http://nobody.invalid/v1/chat/completions") with
        {
            Set = url => (Keyed() with { BaseUrls = new Dictionary<string, Uri> { ["openai"] = new("http://nobody.invalid/v1") }, Configuration = Parse(url, "proxy: URL") }, null),
        },
        OfTokens("yaml tokenizers", url => Base(url) with { Configuration = Parse(url, "tokenizers: {\"openai/gpt-*\": r50k_base}") }),
        OfMedia("yaml fetch_media", options => options with { Configuration = LlmConfiguration.Parse("fetch_media: false") }),
        OfResponses("responses"), OfResponses("responses.folder"),
        OfYaml("timeouts", "timeouts: {first_byte: 80ms}", Outcome, "FirstByte") with { Answers = [_silent], Plain = PatientTotal },
        OfYaml("retries", "retries: {max: 0}", Count, "1") with { Answers = [_busy], Plain = Fast, Set = url => (Fast(url).Options with { Configuration = Parse(url, "retries: {max: 0}") }, null) },
        OfYaml("providers", "providers: {openai: {headers: {X-Team: search}}}", Header("X-Team"), "search"),
    ];

    private static IEnumerable<WireRow> YamlLimits =>
    [
        new("yaml timeouts.connect", url => (Full() with { Configuration = Parse(url, "{timeouts: {connect: 80ms}, retries: {max: 0}}") }, null), Outcome, "Connect") { Plain = _ => (Full() with { Timeouts = _patient with { Connect = TimeSpan.FromSeconds(30) }, Retries = new() { Max = 0 } }, null) },
        OfYaml("timeouts.first_byte", "timeouts: {first_byte: 0.08s}", Outcome, "FirstByte") with { Answers = [_silent], Plain = PatientTotal },
        OfYaml("timeouts.idle", "timeouts: {idle: 80ms}", Outcome, "Idle") with { Answers = [_stops], Plain = PatientTotal },
        OfYaml("timeouts.total", "timeouts: {total: 80ms}", Outcome, "Total") with { Answers = [_silent], Plain = Patient },
    ];

    private static IEnumerable<WireRow> YamlRepeats =>
    [
        OfYamlRetries("max", "1", Count, "2"),
        OfYamlRetries("initial_delay", "3s", LongestWait, "6"),
        OfYamlRetries("max_delay", "250ms", LongestWait, "0.25"),
        OfYamlRetries("max_retry_after", "10s", Count, "1") with { Answers = [CannedReply.Json("{}", 503).With("retry-after", "20")] },
        OfYamlRetries("budget_ratio", "0, budget_per_second: 0", Count, "1") with { Plain = url => (Fast(url).Options with { Retries = new() { BudgetPerSecond = 0 } }, null) },
        OfYamlRetries("budget_per_second", "0.1, budget_ratio: 0", Count, "2") with { Plain = url => (Fast(url).Options with { Retries = new() { BudgetRatio = 0, BudgetPerSecond = 0 } }, null) },
    ];

    private static IEnumerable<WireRow> Aliases =>
    [
        OfAlias("model", "{model: openai/gpt-fast}", Body("model"), "gpt-fast"),
        OfAlias("fallbacks", "{model: openai/gpt-fast, fallbacks: [openai/second]}", BodyOfLast("model"), "second") with { Answers = [CannedReply.Json("{}", 401), _ok] },
        OfAlias("defaults", "{model: openai/gpt-fast, defaults: {temperature: 0.5, top_k: 3}}", Body("top_k"), "3"),
    ];

    private static IEnumerable<WireRow> YamlFallbacks =>
    [
        OfYamlFallback("model", "", BodyOfLast("model"), "second"),
        OfYamlFallback("on", "on: [bad_request]", BodyOfLast("model"), "second") with { Answers = [CannedReply.Json("{}", 400), _ok] },
        OfYamlFallback("api_key", "api_key: sk-of-the-fallback", LastHeader("Authorization"), "Bearer sk-of-the-fallback"),
        OfYamlFallback("api_key_env", "api_key_env: [UNSET_KEY, SECOND_KEY]", LastHeader("Authorization"), "Bearer sk-second") with
        {
            Set = url => (Base(url) with { Environment = name => name == "SECOND_KEY" ? "sk-second" : null, Configuration = Parse(url, "fallbacks: {\"*\": [{model: openai/second, api_key_env: [UNSET_KEY, SECOND_KEY]}]}") }, null),
        },
        OfYamlFallback("base_url", "base_url: URLsecond", (_, requests) => requests[^1].Target, "/second/chat/completions"),
        OfYamlFallback("headers", "headers: {X-Second: 1}", LastHeader("X-Second"), "1"),
        OfYamlFallback("extra_body", "extra_body: {top_k: 2}", BodyOfLast("top_k"), "2"),
        OfYamlFallback("timeouts", "timeouts: {first_byte: 80ms}, max_retries: 0", (run, _) => run.Error is AllTargetsFailedException { Failures: [_, ApiTimeoutException { Timeout: TimeoutKind.FirstByte }] } ? "FirstByte" : "other", "FirstByte") with { Answers = [CannedReply.Json("{}", 401), _silent], Plain = PatientTotal },
        OfYamlFallback("max_retries", "max_retries: 1", Count, "3") with { Answers = [CannedReply.Json("{}", 401), _busy], Plain = url => (Fast(url).Options, new() { Fallbacks = ["openai/second"] }) },
        OfYamlFallback("strict", "model: groq/second, strict: true", (run, _) => run.Error is AllTargetsFailedException { Failures: [_, UnsupportedFeatureException] } ? "refused" : "sent", "refused") with
        {
            Ask = static (client, call) => client.AskAsync(Calls.Ask() with { LogitBias = new Dictionary<string, double> { ["1"] = 2 } }, call),
            Set = url => (Both(url) with { Configuration = Parse(url, "fallbacks: {\"*\": [{model: groq/second, strict: true}]}") }, null),
            Plain = url => (Both(url) with { Configuration = Parse(url, "fallbacks: {\"*\": [{model: groq/second}]}") }, null),
        },
    ];

    private static IEnumerable<WireRow> KnownProviders =>
    [
        new("yaml providers.known.api_version", url => (Calls.OptionsFor(url, "azure") with { Configuration = LlmConfiguration.Parse("providers: {azure: {api_version: 2024-10-21}}") }, null), Target, "/deployments/m/chat/completions?api-version=2024-10-21")
        {
            Model = "azure/m", Plain = url => (Calls.OptionsFor(url, "azure") with { Configuration = LlmConfiguration.Empty }, null),
        },
        OfKnown("base_url", "base_url: URLfile", Target, "/file/chat/completions"),
        OfKnown("api_key", "api_key: sk-of-the-file", Header("Authorization"), "Bearer sk-of-the-file") with
        {
            Set = url => (new() { Environment = _ => null, Configuration = Parse(url, "providers: {openai: {base_url: URL, api_key: sk-of-the-file}}") }, null),
        },
        OfKnown("api_key_env", "api_key_env: TEAM_KEY", Header("Authorization"), "Bearer sk-of-the-team"),
        OfKnown("headers", "headers: {X-Team: \"${TEAM_NAME:-search}\"}", Header("X-Team"), "search"),
        OfKnown("timeouts", "timeouts: {first_byte: 80ms}", Outcome, "FirstByte") with { Answers = [_silent], Plain = PatientTotal },
        OfKnown("default_model", "default_model: gpt-mine", (_, _) => _kept, "openai/gpt-mine") with { Ask = AskForDefault },
        OfKnown("default_models", "default_models: {embeddings: embed-mine}", (_, _) => _kept, "embed-mine") with { Ask = static (client, _) => Keep(client.Providers.First(provider => provider.Name == "openai").DefaultModels["embeddings"]) },
        OfKnown("aliases", "aliases: [oai]", Body("model"), "gpt-test") with { Model = "oai/gpt-test" },
        OfKnown("chat", "chat: {drops: [user]}", (run, _) => run.Reply!.Warnings.Count.ToString(System.Globalization.CultureInfo.InvariantCulture), "1") with { Ask = null, Model = "openai/gpt-test", Plain = url => (Base(url), new() { ExtraBody = "{\"x\":1}" }), Set = url => (Base(url) with { Configuration = Parse(url, "{defaults: {user: me}, providers: {openai: {chat: {drops: [user]}}}}") }, null) },
    ];

    private static IEnumerable<WireRow> OwnProviders =>
    [
        OfOwn("base_url", "", Target, "/own/chat/completions"),
        OfOwn("format", "format: openai", Target, "/own/chat/completions"),
        OfOwn("auth", "auth: {header: x-api-key}, api_key: sk-own", Header("x-api-key"), "sk-own"),
        OfOwn("auth.header", "auth: {header: x-mine}, api_key: sk-own", Header("x-mine"), "sk-own"),
        OfOwn("auth.prefix", "auth: {prefix: Token}, api_key: sk-own", Header("Authorization"), "Token sk-own"),
        OfOwn("key_required", "key_required: false", Target, "/own/chat/completions") with { Plain = url => OwnOptions(url, "") },
        OfOwn("self_hosted", "self_hosted: true", (run, _) => run.Error is ApiConnectionException ? "nobody there" : "asked", "nobody there") with { Model = "mine/m@127.0.0.1:1", Plain = url => OwnOptions(url, "key_required: false") },
        OfOwn("models_path", "models_path: list, key_required: false", Target, "/own/list") with { Ask = AskForModels, Plain = url => OwnOptions(url, "key_required: false") },
        OfOwn("operations", "operations: [chat], key_required: false", (run, _) => run.Error is UnsupportedFeatureException ? "refused" : "asked", "refused") with { Ask = AskForEmbedding, Plain = url => OwnOptions(url, "key_required: false") },
        OfOwn("default_models", "default_models: {speech: talk}", (_, _) => _kept, "talk") with { Ask = static (client, _) => Keep(client.Providers[0].DefaultModels.GetValueOrDefault("speech")) },
        OfOwn("display_name", "display_name: Mine Inc", (_, _) => _kept, "Mine Inc") with { Ask = static (client, _) => Keep(client.Providers[0].DisplayName) },
        OfOwn("documentation", "documentation: https://mine.example/docs", (_, _) => _kept, "https://mine.example/docs") with { Ask = static (client, _) => Keep(client.Providers[0].Documentation) },
        OfOwn("default_model", "default_model: big", (_, _) => _kept, "mine/big") with { Ask = static (client, _) => Keep($"{client.Providers[0].Name}/{client.Providers[0].DefaultModel}") },
        OfOwn("aliases", "aliases: [my]", Target, "/own/chat/completions") with { Model = "my/m" },
        OfOwn("api_key", "api_key: sk-own", Header("Authorization"), "Bearer sk-own"),
        OfOwn("api_key_env", "api_key_env: TEAM_KEY", Header("Authorization"), "Bearer sk-of-the-team"),
        OfOwn("headers", "key_required: false, headers: {X-Own: 1}", Header("X-Own"), "1"),
        OfOwn("timeouts", "key_required: false, timeouts: {idle: 80ms}", Outcome, "Idle") with { Answers = [_stops], Plain = PatientTotal },
        OfOwn("chat", "key_required: false, chat: {path: talk}", Target, "/own/talk"),
    ];

    private static IEnumerable<WireRow> YamlQuirks =>
    [
        new("yaml providers.known.chat.max_tokens_field", url => (Base(url) with { Configuration = Parse(url, "{defaults: {max_tokens: 5}, providers: {openai: {chat: {max_tokens_field: max_output}}}}") }, null), Body("max_output"), "5"),
        new("yaml providers.known.chat.variants", url => (Base(url) with { Configuration = Parse(url, "{defaults: {max_tokens: 5}, providers: {openai: {chat: {variants: {\"gpt-t*\": {max_tokens_field: max_output}}}}}}") }, null), Body("max_output"), "5"),
    ];

    private static Task AskForDefault(LlmClient client, RequestOptions? call) =>
        Keep(client.Providers.First(provider => provider.Name == "openai") is var openai ? $"{openai.Name}/{openai.DefaultModel}" : "");

    private static Task AskForEmbedding(LlmClient client, RequestOptions? call) =>
        client.Embeddings.CreateAsync(new() { Model = "mine/embed", Input = "Hi" }, call, TestContext.Current.CancellationToken);

    private static async Task AskForModels(LlmClient client, RequestOptions? call) =>
        (await client.Raw.SendAsync("mine", HttpMethod.Get, client.Providers[0].Models!.Path, null, TestContext.Current.CancellationToken)).Dispose();

    private static string _kept = "";

    private static Task Keep(string? value)
    {
        _kept = value ?? "";
        return Task.CompletedTask;
    }

    private static LlmOptions Both(Uri url) => new()
    {
        BaseUrls = new Dictionary<string, Uri> { ["openai"] = url, ["groq"] = url }, Environment = _ => null, Retries = new() { Max = 0 },
    };

    private static WireRow OfYaml(string key, string yaml, Func<WireRun, IReadOnlyList<SeenRequest>, string> see, string effect) =>
        new($"yaml {key}", url => (Base(url) with { Configuration = Parse(url, yaml) }, null), see, effect);

    /// <summary>A second client, as after a restart, finds what the first has kept.</summary>
    private static WireRow OfResponses(string key)
    {
        var folder = Path.Combine(Path.GetTempPath(), $"muxi-responses-{Guid.NewGuid():N}");
        return new($"yaml {key}", url => (Base(url) with { Configuration = Parse(url, $"responses: {{folder: '{folder}'}}"), Providers = [_chatOnly], BaseUrls = new Dictionary<string, Uri> { ["talk"] = url } }, null), (_, _) => _kept, "Hello")
        {
            Plain = url => (Base(url) with { Configuration = LlmConfiguration.Empty, Providers = [_chatOnly], BaseUrls = new Dictionary<string, Uri> { ["talk"] = url } }, null),
            Ask = async (client, call) =>
            {
                var first = await client.Responses.CreateAsync(new() { Model = "talk/m", Input = "Hello" }, call, TestContext.Current.CancellationToken);
                using var restarted = new LlmClient(client.Settings with { ResponseStore = null });
                await Keep("forgotten");
                var input = await restarted.Responses.InputItemsPageAsync(new(first.QualifiedId), call, TestContext.Current.CancellationToken);
                await Keep(input.Data[0].Content!.Text);
            },
        };
    }

    private static readonly Provider _chatOnly = new("talk", "http://nobody.invalid", Auth.None) { Chat = new OpenAIChat() };

    private static WireRow OfYamlRetries(string key, string value, Func<WireRun, IReadOnlyList<SeenRequest>, string> see, string effect) =>
        new($"yaml retries.{key}", url => (Fast(url).Options with { Configuration = Parse(url, $"retries: {{{key}: {value}}}") }, null), see, effect) { Answers = [_busy], Plain = Fast };

    private static WireRow OfAlias(string key, string alias, Func<WireRun, IReadOnlyList<SeenRequest>, string> see, string effect) =>
        OfYaml($"aliases.x.{key}", $"aliases: {{fast: {alias}}}", see, effect) with { Model = "fast" };

    private static WireRow OfYamlFallback(string key, string settings, Func<WireRun, IReadOnlyList<SeenRequest>, string> see, string effect) =>
        OfYaml($"fallbacks.x.{key}", $"fallbacks: {{\"*\": [{{model: openai/second, {settings}}}]}}", see, effect) with { Answers = [CannedReply.Json("{}", 401), _ok] };

    private static Func<WireRun, IReadOnlyList<SeenRequest>, string> LastHeader(string name) => (_, requests) => requests[^1].Headers.GetValueOrDefault(name, "none");

    private static WireRow OfKnown(string key, string settings, Func<WireRun, IReadOnlyList<SeenRequest>, string> see, string effect) => new(
        $"yaml providers.known.{key}",
        url => (new() { Environment = Team, Configuration = Parse(url, key == "base_url" ? $"providers: {{openai: {{{settings}}}}}" : $"providers: {{openai: {{base_url: URL, {settings}}}}}") }, null), see, effect)
    {
        Plain = url => (new() { Environment = Team, Configuration = Parse(url, "providers: {openai: {base_url: URL}}") }, null),
    };

    private static WireRow OfOwn(string key, string settings, Func<WireRun, IReadOnlyList<SeenRequest>, string> see, string effect) =>
        new($"yaml providers.own.{key}", url => OwnOptions(url, settings.Length > 0 && (key is not ("format" or "aliases")) ? settings : $"key_required: false{(settings.Length > 0 ? ", " : "")}{settings}"), see, effect) { Model = "mine/m", Plain = url => (Base(url) with { Providers = [new("mine", url.ToString(), Auth.None) { Chat = new OpenAIChat() }] }, null) };

    private static (LlmOptions Options, RequestOptions? Call) OwnOptions(Uri url, string settings) =>
        (new() { Environment = Team, Configuration = Parse(url, $"providers: {{mine: {{base_url: URLown, {settings}}}}}") }, null);

    private static string? Team(string name) => name switch { "TEAM_KEY" => "sk-of-the-team", "OPENAI_API_KEY" => "sk-usual", _ => null };
}
