using System.Text;

namespace Muxi.Llm.Tests;

/// <summary>What a file cannot say is told with its line, its path, and what would do. Never with a stack, never with a key.</summary>
public sealed class ConfigurationErrorTests
{
    public static TheoryData<string, string> Faults => new()
    {
        { "providers:\n  foo:\n    base_url: http://x/v1\n    timeouts: {first_byte: 5x}", "muxi-llm.yaml:4: providers.foo.timeouts.first_byte: '5x' is no duration (write 15s, 2m, 500ms or none)" },
        { "timeouts:\n  idle: 15", "muxi-llm.yaml:2: timeouts.idle: '15' is no duration (write 15s, 2m, 500ms or none)" },
        { "timeouts:\n  idle: 0s", "muxi-llm.yaml:2: timeouts.idle: a limit must be above zero, or none" },
        { "timeouts: [1]", "muxi-llm.yaml:1: timeouts: a list stands here, not a map" },
        { "modle: x", "muxi-llm.yaml:1: modle: there is no such key; did you mean model?" },
        { "headers: {}\nzzzzzzzz: x", "muxi-llm.yaml:2: zzzzzzzz: there is no such key (there are timeouts, providers, aliases, defaults, fallbacks, model, retries, headers, proxy, tokenizers, fetch_media, local_servers, responses)" },
        { "responses: {store: files}", "muxi-llm.yaml:1: responses.store: there is no such key (there are folder)" },
        { "tokenizers: o200k_base", "muxi-llm.yaml:1: tokenizers: 'o200k_base' is not a map" },
        { "tokenizers:\n  \"llama_cpp/*\": [a]", "muxi-llm.yaml:2: tokenizers.llama_cpp/*: a list stands here, not text" },
        { "responses: files", "muxi-llm.yaml:1: responses: 'files' is not a map" },
        { "retries: {maximum: 3}", "muxi-llm.yaml:1: retries.maximum: there is no such key (there are max, initial_delay, max_delay, max_retry_after, budget_ratio, budget_per_second)" },
        { "retries: {max: -1}", "muxi-llm.yaml:1: retries.max: '-1' is not a whole number from 0 up" },
        { "retries: {max: \"3\"}", "muxi-llm.yaml:1: retries.max: '3' is not a whole number from 0 up (without quotes)" },
        { "retries: {max: none}", "muxi-llm.yaml:1: retries.max: 'none' is not a whole number from 0 up" },
        { "retries: {budget_ratio: lots}", "muxi-llm.yaml:1: retries.budget_ratio: 'lots' is not a number from 0 up" },
        { "retries: {max_delay: 60h60h}\nmodel: a\nmodel: b", "muxi-llm.yaml:3: model: this stands here a second time (the first is in line 2): keep one" },
        { "retries: {max_delay: 600h}", "muxi-llm.yaml:1: retries: Retries.MaxDelay is 25.00:00:00: it must be between zero and 24 days" },
        { "model: [a, b]", "muxi-llm.yaml:1: model: a list stands here, not text" },
        { "model: ''", "muxi-llm.yaml:1: model: '' is not text" },
        { "- a\n- b", "muxi-llm.yaml:1: a list stands here, not a map" },
        { "just text", "muxi-llm.yaml:1: 'just text' is not a map" },
        { "model: a\n---\nmodel: b", "muxi-llm.yaml:2: a second document begins here: a configuration is one" },
        { "a: [1\nb: 2", "muxi-llm.yaml:1: this is no YAML: look for a bracket or quote that is not closed, and for a line that is indented unlike its neighbours" },
        { "model: {", "muxi-llm.yaml:2: this is no YAML: While parsing a node, did not find expected node content" },
        { "model: *nobody", "muxi-llm.yaml:1: model: *nobody names no anchor that stands before it" },
        { "defaults: &d\n  x: *d", "muxi-llm.yaml:2: defaults.x: *d names no anchor that stands before it" },
        { "model: !!int 5", "muxi-llm.yaml:1: model: the tag 'tag:yaml.org,2002:int' means nothing here: leave it out" },
        { "? [a]\n: b", "muxi-llm.yaml:1: a key must be plain text" },
        { "headers:\n  X-Ok: yes\n  \"X Bad\": 1", "muxi-llm.yaml:3: headers.'X Bad': the header 'X Bad' cannot be a header's name" },
        { "headers:\n  X-Note: \"a\\nb\"", "muxi-llm.yaml:2: headers.X-Note: the header 'X-Note' holds a line break, which would begin another header" },
        { "headers: {X-Team: \"${NO_SUCH_VARIABLE_OF_OURS}\"}", "muxi-llm.yaml:1: headers.X-Team: the variable NO_SUCH_VARIABLE_OF_OURS is not set: set it, or write ${NO_SUCH_VARIABLE_OF_OURS:-otherwise}" },
        { "headers: {X-Team: \"${not a name}\"}", "muxi-llm.yaml:1: headers.X-Team: '${not a name}' names no variable: write ${NAME} or ${NAME:-otherwise}" },
        { "headers: {X-Team: \"${OPEN\"}", "muxi-llm.yaml:1: headers.X-Team: '${' has no '}'" },
        { "proxy: 3128", "muxi-llm.yaml:1: proxy: '3128' is no http(s) address (write https://host/path)" },
        { "providers: {openai: {base_url: \"ftp://me:secret@x\"}}", "muxi-llm.yaml:1: providers.openai.base_url: 'ftp://[redacted]@x' is no http(s) address (write https://host/path)" },
        { "providers: {sandbox: {base_url: \"http://x\"}}", "muxi-llm.yaml:1: providers.sandbox.base_url: sandbox answers inside this process: it has no address" },
        { "providers: {sandbox: {api_key: x}}", "muxi-llm.yaml:1: providers.sandbox: sandbox takes no key" },
        { "providers: {opnai: {timeouts: {idle: 1s}}}", "muxi-llm.yaml:1: providers.opnai: the library knows no provider 'opnai'; did you mean openai? A service of your own needs base_url (https://host/v1)" },
        { "providers: {my-own-service: {format: openai}}", "muxi-llm.yaml:1: providers.my-own-service: the library knows no provider 'my-own-service': a service of your own needs base_url (https://host/v1)" },
        { "providers: {\"a/b\": {base_url: \"http://x\"}}", "muxi-llm.yaml:1: providers.a/b: a provider's name holds letters, digits, _ and - only" },
        { "providers: {a: {base_url: \"http://x\", format: opnai}}", "muxi-llm.yaml:1: providers.a.format: 'opnai' is none of openai, anthropic, openai-responses, ollama, gemini, bedrock, cohere; did you mean openai?" },
        { "providers: {openai: {format: openai}}", "muxi-llm.yaml:1: providers.openai.format: there is no such key (there are base_url, api_version, chat, default_model, default_models, aliases, api_key_env, api_key, headers, timeouts)" },
        { "providers: {groq: {timeouts: {connect: 1s}}}", "muxi-llm.yaml:1: providers.groq.timeouts.connect: connections are shared by all: set it once, under timeouts at the top" },
        { "providers:\n  llama_cpp: {}\n  llamacpp: {}", "muxi-llm.yaml:3: providers.llamacpp: this is llama_cpp by another name, which stands above already" },
        { "providers: {mine: {base_url: \"http://x\", aliases: [openai]}}", "muxi-llm.yaml:1: providers.mine.aliases: 'openai' is openai's name already" },
        { "providers: {groq: {api_key: a, api_key_env: B}}", "muxi-llm.yaml:1: providers.groq.api_key: there is api_key_env, too: keep one of them" },
        { "providers: {groq: {api_key_env: \"gsk-0123\"}}", "muxi-llm.yaml:1: providers.groq.api_key_env: this is no variable's name (a key itself stands in api_key)" },
        { "providers: {groq: {chat: {max_stops: lots}}}", "muxi-llm.yaml:1: providers.groq.chat.max_stops: 'lots' is not a whole number" },
        { "providers: {groq: {chat: {strict_tools: no}}}", "muxi-llm.yaml:1: providers.groq.chat.strict_tools: 'no' is not true or false" },
        { "providers: {groq: {chat: {drops: {a: b}}}}", "muxi-llm.yaml:1: providers.groq.chat.drops: a map stands here, not a list of such values" },
        { "providers: {groq: {chat: {path: null}}}", "muxi-llm.yaml:1: providers.groq.chat.path: nothing stands here: write text (in quotes where it looks like something else), or leave the key out" },
        { "providers: {groq: {chat: {drop: [n]}}}", "muxi-llm.yaml:1: providers.groq.chat.drop: there is no such key; did you mean drops?" },
        { "providers:\n  groq:\n    chat:\n      variants:\n        \"x*\": {max_stop: 1}", "muxi-llm.yaml:5: providers.groq.chat.variants.x*.max_stop: there is no such key; did you mean max_stops?" },
        { "fallbacks: {\"*\": [{modle: x}]}", "muxi-llm.yaml:1: fallbacks.*[0]: this names no model: write model: provider/model" },
        { "fallbacks: {\"*\": [{model: x, on: [rate_limt]}]}", "muxi-llm.yaml:1: fallbacks.*[0].on[0]: 'rate_limt' is none of unknown, bad_request, context_length, content_filter, authentication, permission, not_found, conflict, too_large, unprocessable, rate_limit, quota, server, overloaded, timeout, connection, stream_interrupted, unsupported, configuration; did you mean rate_limit?" },
        { "fallbacks:\n  gpt-4o:\n    - openai/gpt-4o-mini\n    - {model: groq/x, max_retry: 1}", "muxi-llm.yaml:4: fallbacks.gpt-4o[1].max_retry: there is no such key; did you mean max_retries?" },
        { "aliases: {fast: {fallbacks: [groq/x]}}", "muxi-llm.yaml:1: aliases.fast: this names no model: write model: provider/model" },
        { "aliases: {fast: {model: groq/x, fallbacks: [groq/y]}}\nfallbacks: {fast: [groq/z]}", "muxi-llm.yaml:2: fallbacks.fast: there are fallbacks for 'fast' already: put them together" },
        { "defaults:\n  temperature: hot", "muxi-llm.yaml:2: defaults.temperature: 'temperature' must be a number" },
        { "defaults:\n  \"groq/*\":\n    model: x", "muxi-llm.yaml:3: defaults.groq/*.model: 'model' is each request's own: it has no default" },
        { "defaults: {x: .nan}", "muxi-llm.yaml:1: defaults.x: '.nan' is no number that JSON knows" },
    };

    [Theory, MemberData(nameof(Faults))]
    public void A_fault_names_its_line_its_path_and_the_mend(string yaml, string message)
    {
        var error = Assert.Throws<ConfigurationException>(() => LlmConfiguration.Parse(yaml));

        Assert.Equal(message, error.Message);
    }

    public static TheoryData<string, string> Names => new()
    {
        { "model: opnai/x", "f.yaml:1: model: unknown provider 'opnai' in 'opnai/x'; did you mean openai?" },
        { "\naliases: {fast: grok/x}", "f.yaml:2: aliases.fast: unknown provider 'grok' in 'grok/x'; did you mean groq?" },
        { "aliases: {a: b, b: a}", "f.yaml:1: aliases.a: the alias 'a' comes back to itself" },
        { "fallbacks:\n  \"*\": [groq/x, opnai/y]", "f.yaml:2: fallbacks.*: unknown provider 'opnai' in 'opnai/y'; did you mean openai?" },
        { "aliases:\n  a: {model: groq/x, fallbacks: [opnai/y]}", "f.yaml:2: aliases.a.fallbacks: unknown provider 'opnai' in 'opnai/y'; did you mean openai?" },
    };

    [Theory, MemberData(nameof(Names))]
    public void A_model_that_nobody_offers_is_told_when_a_client_is_made(string yaml, string message)
    {
        var configuration = LlmConfiguration.Parse(yaml, "f.yaml");

        Assert.Equal(message, Assert.Throws<ConfigurationException>(() => new LlmClient(new() { Configuration = configuration, Environment = static _ => null })).Message);
    }

    [Fact]
    public void A_key_in_a_file_is_never_quoted()
    {
        foreach (var yaml in (string[])[$"providers: {{groq: {{api_key: \"{Calls.Key} \\u0001\"}}}}", $"providers: {{groq: {{api_key: [{Calls.Key}]}}}}", $"providers: {{groq: {{api_key: {{x: {Calls.Key}}}}}}}"])
            Assert.DoesNotContain(Calls.Key, Assert.Throws<ConfigurationException>(() => LlmConfiguration.Parse(yaml)).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Nesting_is_bounded() =>
        Assert.Equal("muxi-llm.yaml:1: defaults.x" + string.Concat(Enumerable.Repeat("[0]", 63)) + ": this lies more than 64 levels deep",
            Assert.Throws<ConfigurationException>(() => LlmConfiguration.Parse("defaults: {x: " + new string('[', 200_000))).Message);

    [Fact]
    public void What_aliases_stand_for_is_bounded()
    {
        var yaml = new StringBuilder("a0: &a0 [1, 2, 3, 4, 5, 6, 7, 8, 9]\n");
        for (var i = 1; i < 40; i++) yaml.Append(System.Globalization.CultureInfo.InvariantCulture, $"a{i}: &a{i} [*a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}]\n");

        Assert.EndsWith("this stands for more than 100000 values", Assert.Throws<ConfigurationException>(() => LlmConfiguration.Parse(yaml.ToString())).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_stands_there_the_error_is_of_the_configuration(int seed)
    {
        var random = new Random(seed);
        var whole = File.ReadAllText(Repo.PathTo("docs", "configuration.md"));
        for (var round = 0; round < 400; round++)
        {
            var text = whole.Substring(random.Next(whole.Length - 400), random.Next(400)).ToCharArray();
            for (var i = 0; i < text.Length / 40; i++) text[random.Next(text.Length)] = "{}[]:,-?&*!|>'\"%@`\t\n #"[random.Next(22)];
            try
            {
                LlmConfiguration.Parse(new string(text));
            }
            catch (ConfigurationException e)
            {
                Assert.StartsWith("muxi-llm.yaml:", e.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_told_in_one_line()
    {
        var folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        Assert.Equal($"the configuration {folder} is not there", Assert.Throws<ConfigurationException>(() => LlmConfiguration.Load(folder)).Message);
        Assert.StartsWith($"the configuration {Path.GetTempPath()} ", Assert.Throws<ConfigurationException>(() => LlmConfiguration.Load(Path.GetTempPath())).Message, StringComparison.Ordinal);
        var error = Assert.Throws<ConfigurationException>(() => new LlmClient(new() { Environment = name => name == "MUXI_LLM_CONFIG" ? folder : null }));
        Assert.Equal($"MUXI_LLM_CONFIG: the configuration {folder} is not there", error.Message);
    }
}
