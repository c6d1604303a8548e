using System.Net;

namespace Muxi.Llm.Tests;

/// <summary>GitHub Models, Databricks, Cloudflare Workers AI and Snowflake Cortex: where they are for whom, what they are asked, and what their errors mean. The wire's facts are those of their vendors' pages (2026).</summary>
public sealed class CloudServiceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("github/openai/gpt-4.1", "GITHUB_TOKEN=t", "https://models.github.ai/inference/chat/completions")]
    [InlineData("github-models/openai/gpt-4.1", "GITHUB_TOKEN=t GITHUB_BASE_URL=https://models.github.ai/orgs/o/inference", "https://models.github.ai/orgs/o/inference/chat/completions")]
    [InlineData("databricks/databricks-claude-sonnet-4-5", "DATABRICKS_TOKEN=t DATABRICKS_HOST=https://dbc-1.cloud.databricks.com/", "https://dbc-1.cloud.databricks.com/serving-endpoints/chat/completions")]
    [InlineData("databricks/m", "DATABRICKS_TOKEN=t DATABRICKS_HOST=dbc-1.cloud.databricks.com", "https://dbc-1.cloud.databricks.com/serving-endpoints/chat/completions")]
    [InlineData("databricks/m", "DATABRICKS_TOKEN=t DATABRICKS_API_BASE=https://adb-1.azuredatabricks.net/serving-endpoints", "https://adb-1.azuredatabricks.net/serving-endpoints/chat/completions")]
    [InlineData("cloudflare/@cf/meta/llama-3.1-8b-instruct", "CLOUDFLARE_API_TOKEN=t CLOUDFLARE_ACCOUNT_ID=0a1b", "https://api.cloudflare.com/client/v4/accounts/0a1b/ai/v1/chat/completions")]
    [InlineData("workers-ai/@cf/openai/gpt-oss-120b", "CLOUDFLARE_API_KEY=t CF_ACCOUNT_ID=0a1b", "https://api.cloudflare.com/client/v4/accounts/0a1b/ai/v1/chat/completions")]
    [InlineData("snowflake/llama3.1-8b", "SNOWFLAKE_TOKEN=t SNOWFLAKE_ACCOUNT=myorg-me", "https://myorg-me.snowflakecomputing.com/api/v2/cortex/v1/chat/completions")]
    [InlineData("snowflake/llama3.1-8b", "SNOWFLAKE_TOKEN=t SNOWFLAKE_ACCOUNT=https://myorg-me.snowflakecomputing.com/", "https://myorg-me.snowflakecomputing.com/api/v2/cortex/v1/chat/completions")]
    public async Task They_are_where_the_environment_says(string model, string environment, string url)
    {
        using var handler = new Asked();
        using var client = Client(handler, environment);

        await client.AskAsync(model);

        Assert.Equal((url, "Bearer t"), (handler.Urls[0], handler.Headers[0]["Authorization"]));
        Assert.Equal(model[(model.IndexOf('/', StringComparison.Ordinal) + 1)..], (string?)handler.Bodies[0]!["model"]);
    }

    [Theory]
    [InlineData("databricks/m", "DATABRICKS_TOKEN=t", "databricks needs a host: set DATABRICKS_HOST, or DATABRICKS_BASE_URL to https://WORKSPACE/serving-endpoints")]
    [InlineData("cloudflare/m", "CLOUDFLARE_API_TOKEN=t", "cloudflare needs a account_id: set CLOUDFLARE_ACCOUNT_ID or CF_ACCOUNT_ID")]
    [InlineData("snowflake/m", "SNOWFLAKE_TOKEN=t", "snowflake needs a account: set SNOWFLAKE_ACCOUNT or SNOWFLAKE_ACCOUNT_ID or SNOWFLAKE_ACCOUNT_IDENTIFIER")]
    [InlineData("snowflake/m", "SNOWFLAKE_TOKEN=t SNOWFLAKE_ACCOUNT=evil.example/x", "SNOWFLAKE_ACCOUNT holds no account for snowflake: there are characters in it that no account has")]
    [InlineData("databricks/m", "DATABRICKS_HOST=https://dbc-1.cloud.databricks.com", "databricks needs a key: set DATABRICKS_API_KEY or DATABRICKS_TOKEN or DATABRICKS_CLIENT_SECRET, or use a sandbox/ model, which needs none")]
    public async Task What_is_missing_is_named(string model, string environment, string message)
    {
        using var handler = new Asked();
        using var client = Client(handler, environment);

        var error = await Assert.ThrowsAsync<ConfigurationException>(() => client.AskAsync(model));

        Assert.Equal(message.Replace("needs a account", "needs an account", StringComparison.Ordinal), error.Message);
        Assert.Empty(handler.Urls);
    }

    [Theory]
    [InlineData("SNOWFLAKE_TOKEN", null)]
    [InlineData("SNOWFLAKE_API_KEY", null)]
    [InlineData("SNOWFLAKE_PAT", "PROGRAMMATIC_ACCESS_TOKEN")]
    [InlineData("SNOWFLAKE_CORTEX_PAT", "PROGRAMMATIC_ACCESS_TOKEN")]
    [InlineData("SNOWFLAKE_JWT", "KEYPAIR_JWT")]
    public async Task A_token_of_Snowflakes_says_of_which_kind_it_is(string variable, string? kind)
    {
        using var handler = new Asked();
        using var client = Client(handler, $"{variable}=t SNOWFLAKE_ACCOUNT=a");

        await client.AskAsync("snowflake/llama3.1-8b");

        Assert.Equal(("Bearer t", kind), (handler.Headers[0]["Authorization"], handler.Headers[0].GetValueOrDefault("X-Snowflake-Authorization-Token-Type")));
    }

    [Fact]
    public async Task The_callers_own_kind_of_token_goes_before()
    {
        using var handler = new Asked();
        using var client = Client(handler, "SNOWFLAKE_PAT=t SNOWFLAKE_ACCOUNT=a");

        await client.AskAsync("snowflake/llama3.1-8b", new() { Headers = new Dictionary<string, string> { ["X-Snowflake-Authorization-Token-Type"] = "OAUTH" } });

        Assert.Equal("OAUTH", handler.Headers[0]["X-Snowflake-Authorization-Token-Type"]);
    }

    [Fact]
    public async Task Snowflake_takes_tools_for_Claude_and_OpenAIs_models_alone()
    {
        using var handler = new Asked();
        using var client = Client(handler, "SNOWFLAKE_TOKEN=t SNOWFLAKE_ACCOUNT=a");
        var request = new ChatCompletionRequest { Model = "", Messages = [Message.User("Hi")], MaxTokens = 9, ReasoningEffort = "xhigh", Tools = [Tool.FromFunction("f", "Does it.", """{"type":"object","properties":{}}""")] };

        await client.Chat.Completions.CreateAsync(request with { Model = "snowflake/claude-sonnet-4-5" }, null, Token);
        await client.Chat.Completions.CreateAsync(request with { Model = "snowflake/openai-gpt-5" }, null, Token);
        await Assert.ThrowsAnyAsync<LlmException>(() => client.Chat.Completions.CreateAsync(request with { Model = "snowflake/llama3.1-8b" }, null, Token));

        Assert.Equal(2, handler.Bodies.Count);
        Assert.All(handler.Bodies, static body => Assert.Equal((9, true), ((int?)body!["max_completion_tokens"], body["tools"] is not null)));
        Assert.Equal(("high", null), ((string?)handler.Bodies[0]!["reasoning"]?["effort"], (string?)handler.Bodies[0]!["reasoning_effort"]));
        Assert.Equal("xhigh", (string?)handler.Bodies[1]!["reasoning_effort"]);
    }

    [Theory]
    [InlineData("openai/gpt-4.1", "max_tokens")]
    [InlineData("openai/gpt-5-mini", "max_completion_tokens")]
    [InlineData("openai/o4-mini", "max_completion_tokens")]
    [InlineData("meta/llama-3.3-70b-instruct", "max_tokens")]
    public async Task GitHub_knows_the_limit_of_tokens_by_the_models_word(string model, string member)
    {
        using var handler = new Asked();
        using var client = Client(handler, "GITHUB_TOKEN=t");

        await client.Chat.Completions.CreateAsync(Calls.Ask($"github/{model}") with { MaxTokens = 9 }, null, Token);

        Assert.Equal(9, (int?)handler.Bodies[0]![member]);
        Assert.Equal("2022-11-28", handler.Headers[0]["X-GitHub-Api-Version"]);
    }

    [Fact]
    public async Task GitHubs_models_are_a_bare_list_beside_its_address()
    {
        using var handler = new Asked { Reply = """[{"id":"openai/gpt-4.1","name":"OpenAI GPT-4.1","publisher":"OpenAI","summary":"s","rate_limit_tier":"high","limits":{"max_input_tokens":1048576},"supported_input_modalities":["text"]}]""" };
        using var client = Client(handler, "GITHUB_TOKEN=t");

        var models = await client.Models.ListAsync("github", null, Token).ToListAsync(Token);

        Assert.Equal("https://models.github.ai/catalog/models", handler.Urls[0]);
        Assert.Equal(("github/openai/gpt-4.1", "high"), (Assert.Single(models).Name, models[0].Extra.GetString("rate_limit_tier")));
    }

    [Theory]
    [InlineData("github/openai/text-embedding-3-small", "GITHUB_TOKEN=t", "https://models.github.ai/inference/embeddings")]
    [InlineData("databricks/databricks-gte-large-en", "DATABRICKS_TOKEN=t DATABRICKS_HOST=h.cloud.databricks.com", "https://h.cloud.databricks.com/serving-endpoints/embeddings")]
    [InlineData("cloudflare/@cf/baai/bge-large-en-v1.5", "CLOUDFLARE_API_TOKEN=t CLOUDFLARE_ACCOUNT_ID=a", "https://api.cloudflare.com/client/v4/accounts/a/ai/v1/embeddings")]
    public async Task Embeddings_are_asked_for_beside_chat(string model, string environment, string url)
    {
        using var handler = new Asked { Reply = """{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.5,-1]}],"model":"m","usage":{"prompt_tokens":1,"total_tokens":1}}""" };
        using var client = Client(handler, environment);

        var reply = await client.Embeddings.CreateAsync(new() { Model = model, Input = "one" }, null, Token);

        Assert.Equal((url, 2), (handler.Urls[0], reply.Data[0].Vector.Length));
    }

    /// <summary>The envelope and the numbers of Cloudflare's pages "Errors" and "Error responses", Databricks' and GitHub's (Azure's) forms, Snowflake's message with a request's id.</summary>
    [Theory]
    [InlineData("cloudflare", 400, """{"result":null,"success":false,"errors":[{"code":5007,"message":"No such model @cf/none or task"}],"messages":[]}""", typeof(NotFoundException), "5007", "cloudflare: No such model @cf/none or task")]
    [InlineData("cloudflare", 401, """{"result":null,"success":false,"errors":[{"code":10000,"message":"Authentication error"}],"messages":[]}""", typeof(AuthenticationException), "10000", "cloudflare: Authentication error")]
    [InlineData("cloudflare", 429, """{"success":false,"errors":[{"code":3036,"message":"You have used up your daily free allocation of 10,000 neurons. Please upgrade to Cloudflare's Workers Paid plan if you would like to continue usage."}],"messages":[],"result":null}""", typeof(QuotaExceededException), "3036", null)]
    [InlineData("cloudflare", 429, """{"success":false,"errors":[{"code":3040,"message":"Capacity temporarily exceeded, please try again."}],"messages":[],"result":null}""", typeof(RateLimitException), "3040", null)]
    [InlineData("databricks", 400, """{"error_code":"BAD_REQUEST","message":"max_tokens must be positive"}""", typeof(BadRequestException), "BAD_REQUEST", "databricks: max_tokens must be positive")]
    [InlineData("databricks", 404, """{"error_code":"ENDPOINT_NOT_FOUND","message":"The given endpoint does not exist, please retry after checking the specified model and version deployment exists."}""", typeof(NotFoundException), "ENDPOINT_NOT_FOUND", null)]
    [InlineData("databricks", 429, """{"error_code":"REQUEST_LIMIT_EXCEEDED","message":"REQUEST_LIMIT_EXCEEDED: Exceeded workspace rate limit for databricks-x."}""", typeof(RateLimitException), "REQUEST_LIMIT_EXCEEDED", null)]
    [InlineData("github", 401, """{"error":{"code":"unauthorized","message":"Bad credentials","details":"Bad credentials"}}""", typeof(AuthenticationException), "unauthorized", "github: Bad credentials")]
    [InlineData("github", 429, """{"error":{"code":"RateLimitReached","message":"Rate limit of 10 per 60s exceeded for UserByModelByMinute. Please wait 5 seconds before retrying.","details":"Rate limit"}}""", typeof(RateLimitException), "RateLimitReached", null)]
    [InlineData("github", 400, """{"error":{"code":"unknown_model","message":"Unknown model: none","details":"Unknown model: none"}}""", typeof(NotFoundException), "unknown_model", "github: Unknown model: none")]
    [InlineData("snowflake", 400, """{"message":"unknown model \"none\"","request_id":"r-1"}""", typeof(NotFoundException), null, "snowflake: unknown model \"none\"")]
    public async Task Their_errors_are_what_they_mean(string provider, int status, string body, Type type, string? code, string? message)
    {
        using var handler = new Asked { Reply = body, Status = (HttpStatusCode)status };
        using var client = Client(handler, "GITHUB_TOKEN=t DATABRICKS_TOKEN=t DATABRICKS_HOST=h CLOUDFLARE_API_TOKEN=t CLOUDFLARE_ACCOUNT_ID=a SNOWFLAKE_TOKEN=t SNOWFLAKE_ACCOUNT=a");

        var error = await Assert.ThrowsAnyAsync<ApiException>(() => client.AskAsync($"{provider}/x"));

        Assert.Equal((type, code), (error.GetType(), error.Code));
        if (message is not null) Assert.Equal(message, error.Message);
    }

    /// <summary>The form of Databricks' page "Query reasoning models": content as a list, its first part the thinking.</summary>
    [Fact]
    public async Task Databricks_thinking_is_reasoning_whole_and_streamed()
    {
        const string Environment = "DATABRICKS_TOKEN=t DATABRICKS_HOST=h";
        using var whole = Client(new Asked { Reply = """{"id":"1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":[{"type":"reasoning","summary":[{"type":"summary_text","text":"I think.","signature":"sig"}]},{"type":"text","text":"Hello"}]}}]}""" }, Environment);
        using var streamed = Client(new Asked
        {
            Type = "text/event-stream",
            Reply = Calls.Event("""{"index":0,"delta":{"role":"assistant","content":[{"type":"reasoning","summary":[{"type":"summary_text","text":"I "}]}]},"finish_reason":null}""")
                + Calls.Event("""{"index":0,"delta":{"content":[{"type":"reasoning","summary":[{"type":"summary_text","text":"think."}]}]},"finish_reason":null}""")
                + Calls.Event("""{"index":0,"delta":{"content":"Hello"},"finish_reason":null}""") + Calls.Finish + Calls.Done,
        }, Environment);

        var reply = await whole.AskAsync("databricks/databricks-claude-sonnet-4-5");
        var stream = await streamed.AskStream("databricks/databricks-claude-sonnet-4-5").WholeAsync();

        Assert.Equal(("Hello", "I think."), (reply.Text, reply.Choices[0].Message.ReasoningContent));
        Assert.Equal(("Hello", "I think."), (stream.Text, stream.Choices[0].Message.ReasoningContent));
    }

    private static LlmClient Client(HttpMessageHandler handler, string environment)
    {
        var variables = environment.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static one => one.Split('=', 2)).ToDictionary(static pair => pair[0], static pair => pair[1]);
        return new(new() { Handler = handler, Environment = variables.GetValueOrDefault, Retries = Calls.Once });
    }
}
