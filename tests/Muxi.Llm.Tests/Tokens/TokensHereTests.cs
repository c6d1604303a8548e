namespace Muxi.Llm.Tests;

/// <summary>Counting on this machine: no key, no network, any name, and the settings' tokenizers.</summary>
public sealed class TokensHereTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    // The ids are those of the published encodings: 13225 11 2375 0 and 9906 11 1917 0; of r50k_base 15496 11 995 0.
    [InlineData("openai/gpt-4o", "Hello, world!", 4)]
    [InlineData("gpt-4", "Hello, world!", 4)]
    [InlineData("openai/gpt-4o", "", 0)]
    // <|endoftext|> is seven tokens of text, not one special one.
    [InlineData("openai/gpt-4o", "<|endoftext|>", 7)]
    public void A_text_is_counted_with_the_models_encoding(string model, string text, int tokens)
    {
        using var client = Offline();

        Assert.Equal(tokens, client.Tokens.Count(model, text));
    }

    [Theory]
    [InlineData("openai/gpt-4o", "o200k_base")]
    [InlineData("gpt-4-0613", "cl100k_base")]
    [InlineData("openrouter/openai/gpt-oss-20b", "o200k_harmony")]
    [InlineData("openai/a-model-of-next-year", "o200k_base")]
    [InlineData("no-such-provider/gpt-4-turbo", "cl100k_base")]
    [InlineData("no-such-provider/no-such-model", "o200k_base")]
    public void No_name_is_refused(string model, string encoding)
    {
        using var client = Offline();

        Assert.Equal(encoding, client.Tokens.TokenizerOf(model).Name);
        Assert.Equal(encoding, client.Tokens.Count(model, Calls.Ask()).Encoding);
    }

    [Fact]
    public void A_request_is_counted_as_its_own_model_or_another_one()
    {
        using var client = Offline();

        // Three for the message's frame, one each for its role and its text, three for the answer's opening: OpenAI's cookbook.
        var own = client.Tokens.Count(Calls.Ask("openai/gpt-4o", "Hello"));
        var other = client.Tokens.Count("anthropic/claude-sonnet-4-5", Calls.Ask("openai/gpt-4o", "Hello"));

        Assert.Equal((8, true, 0, "o200k_base", null), (own.InputTokens, own.IsExact, own.ErrorBand, own.Encoding, own.Provider));
        Assert.False(other.IsExact);
        Assert.True(other.ErrorBand > 0);
        Assert.Empty(own.Attempts);
    }

    [Fact]
    public void An_alias_means_its_model_and_an_empty_name_the_default()
    {
        using var client = Offline(new() { Aliases = new Dictionary<string, string> { ["old"] = "openai/gpt-4" }, DefaultModel = "old" });

        Assert.Equal("cl100k_base", client.Tokens.TokenizerOf("old").Name);
        Assert.Equal("cl100k_base", client.Tokens.Count(Calls.Ask("")).Encoding);
    }

    [Fact]
    public void Without_a_name_and_a_default_it_says_what_is_missing()
    {
        using var client = Offline();

        Assert.StartsWith("the request names no model", Assert.Throws<ConfigurationException>(() => client.Tokens.Count("", "Hello")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Defaults_that_would_be_sent_count()
    {
        const string Tools = """{"tools":[{"type":"function","function":{"name":"get_weather","description":"Looks out of the window","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}}]}""";
        using var plain = Offline();
        using var client = Offline(new() { Defaults = new Dictionary<string, Extra> { ["openai/*"] = Tools } });
        var request = Calls.Ask("openai/gpt-4o");

        Assert.True(client.Tokens.Count(request).InputTokens > plain.Tokens.Count(request).InputTokens + 10);
        Assert.Equal(plain.Tokens.Count("groq/gpt-4o", request).InputTokens, client.Tokens.Count("groq/gpt-4o", request).InputTokens);
    }

    [Fact]
    public async Task A_provider_that_does_not_count_is_counted_for_here()
    {
        using var client = Offline();

        var count = await client.Tokens.CountAsync(Calls.Ask("groq/llama-3.3-70b-versatile"), null, Token);

        Assert.Equal(client.CountHere(Calls.Ask("groq/llama-3.3-70b-versatile")), count);
        Assert.Null(count.Provider);
    }

    [Fact]
    public async Task A_call_that_was_cancelled_does_not_count_here_either()
    {
        using var client = Offline();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.Tokens.CountAsync(Calls.Ask("groq/m"), null, new CancellationToken(true)));
    }

    [Fact]
    public void A_response_is_counted_as_the_chat_that_means_the_same()
    {
        using var client = Offline();
        var request = new ResponseRequest { Model = "-", Instructions = "Be brief.", Input = "Hello" };

        var count = client.Tokens.Count("openai/gpt-4o", request);
        var longer = client.Tokens.Count("openai/gpt-4o", request with { PreviousResponseId = "openai/resp_1" });

        Assert.Equal(client.Tokens.Count("openai/gpt-4o", new ChatCompletionRequest { Model = "-", Messages = [Message.System("Be brief."), Message.User("Hello")] }).InputTokens, count.InputTokens);
        Assert.Empty(count.Warnings);
        Assert.Equal("previous_response_id", Assert.Single(longer.Warnings).Param);
    }

    [Fact]
    public void The_most_specific_tokenizer_of_the_settings_counts_and_codes_before_files()
    {
        using var client = Offline(new()
        {
            Tokenizers = new Dictionary<string, TokenizerSource> { ["*"] = "r50k_base", ["openai/gpt-*"] = Tokenizer.Get("p50k_base"), ["mine"] = TokenizerSource.From("cl100k_base") },
            Aliases = new Dictionary<string, string> { ["mine"] = "openai/gpt-4o" },
            Configuration = LlmConfiguration.Parse("tokenizers: {\"openai/gpt-4o\": p50k_edit}"),
        });

        Assert.Equal(["p50k_base", "cl100k_base", "r50k_base"], new[] { "openai/gpt-4o", "mine", "groq/x" }.Select(model => client.Tokens.TokenizerOf(model).Name));
        Assert.Equal(client.Tokens.TokenizerOf("mine").Count("naïveté"), client.Tokens.Count("mine", "naïveté"));
        Assert.Equal("cl100k_base", client.Tokens.Count("mine", Calls.Ask()).Encoding);
    }

    [Theory]
    [InlineData("o200k_bas", "LlmOptions.Tokenizers[\"openai/*\"]: there is no encoding 'o200k_bas'; there are o200k_base, o200k_harmony, cl100k_base, p50k_base, p50k_edit, r50k_base, and a file's path has a dot or a slash in it")]
    [InlineData("no/such/tokenizer.json", "LlmOptions.Tokenizers[\"openai/*\"]: the tokenizer no/such/tokenizer.json is not there")]
    public void A_tokenizer_that_is_not_there_is_told_when_it_is_needed(string source, string error)
    {
        using var client = Offline(new() { Tokenizers = new Dictionary<string, TokenizerSource> { ["openai/*"] = source } });

        Assert.Equal(4, client.Tokens.Count("no-such-provider/gpt-4o", "Hello, world!"));
        var told = Assert.Throws<ConfigurationException>(() => client.Tokens.Count("gpt-4o", "Hello")).Message;
        Assert.StartsWith(error, told, StringComparison.Ordinal);
        Assert.DoesNotContain("(Parameter", told, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tokenizer_of_a_file_is_looked_for_beside_it_and_its_error_names_the_line()
    {
        var folder = Directory.CreateTempSubdirectory("muxi tokenizers ");
        try
        {
            var file = Path.Combine(folder.FullName, "c.yaml");
            File.WriteAllText(file, "model: openai/m\ntokenizers:\n  \"openai/*\": models/tokenizer.json\n");
            using var client = Offline(new() { Configuration = LlmConfiguration.Load(file) });

            var error = Assert.Throws<ConfigurationException>(() => client.Tokens.Count("gpt-4o", "Hello"));

            Assert.StartsWith($"{file}:3: tokenizers.openai/*: the tokenizer {folder.FullName}", error.Message, StringComparison.Ordinal);
            Assert.Contains(Path.Combine(folder.FullName, "models/tokenizer.json"), error.Message, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_tokenizer_of_a_file_is_read_once_and_counts_texts_exactly_and_chats_as_an_estimate()
    {
        using var json = new TokenizerJson(TokenizerJson.Bytes, cutting: """{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":false}""", decoder: """{"type":"ByteLevel"}""");
        var folder = Directory.CreateTempSubdirectory("muxi tokenizers ");
        try
        {
            File.Copy(json.Place, Path.Combine(folder.FullName, "tokenizer.json"));
            var file = Path.Combine(folder.FullName, "c.yaml");
            File.WriteAllText(file, "tokenizers: {\"vllm/*\": ./tokenizer.json}\n");
            using var client = Offline(new() { Configuration = LlmConfiguration.Load(file) });

            // Every byte is a token there.
            Assert.Equal(9, client.Tokens.Count("vllm/own-model", "na\u00efvet\u00e9"));
            File.Delete(Path.Combine(folder.FullName, "tokenizer.json"));
            Assert.Equal(2, client.Tokens.Count("vllm/other@gpu-box:8000", "Hi"));
            var (one, two) = (client.Tokens.Count(Calls.Ask("vllm/m", "x")), client.Tokens.Count(Calls.Ask("vllm/m", "x and ten more")));
            Assert.Equal((13, false), (two.InputTokens - one.InputTokens, two.IsExact));
            Assert.Equal(client.Tokens.TokenizerOf("vllm/m").Name, one.Encoding);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_setting_that_names_nothing_is_told_at_once()
    {
        Assert.Throws<ArgumentException>(() => TokenizerSource.From(" "));
        Assert.Equal("LlmOptions.Tokenizers[\"*\"] is null: name a tokenizer, an encoding or a file",
            Assert.Throws<ConfigurationException>(() => Offline(new() { Tokenizers = new Dictionary<string, TokenizerSource> { ["*"] = null! } })).Message);
    }

    /// <summary>A client that finds no key and reaches nobody.</summary>
    private static LlmClient Offline(LlmOptions? options = null) =>
        new((options ?? new()) with { Environment = static _ => null, Handler = new Nobody(), Configuration = options?.Configuration ?? LlmConfiguration.Empty });

    private sealed class Nobody : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => throw new InvalidOperationException($"{request.RequestUri} was asked");
    }
}
