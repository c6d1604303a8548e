using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Vertex AI: where it is for which project and location, whose model is spoken to how, and what its records say.</summary>
public sealed class VertexAITests
{
    private const string Claude = """{"id":"msg_vrtx_1","type":"message","role":"assistant","model":"claude-haiku-4-5-20251001","content":[{"type":"text","text":"Hello"}],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":1}}""";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GOOGLE_CLOUD_PROJECT=p", "https://aiplatform.googleapis.com/v1/projects/p/locations/global/publishers/google/")]
    [InlineData("GOOGLE_CLOUD_PROJECT=p GOOGLE_CLOUD_LOCATION=us-central1", "https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/us-central1/publishers/google/")]
    [InlineData("GOOGLE_VERTEX_PROJECT=p GOOGLE_VERTEX_LOCATION=eu", "https://aiplatform.eu.rep.googleapis.com/v1/projects/p/locations/eu/publishers/google/")]
    [InlineData("VERTEXAI_PROJECT=p VERTEXAI_LOCATION=us GOOGLE_CLOUD_PROJECT=q", "https://aiplatform.us.rep.googleapis.com/v1/projects/p/locations/us/publishers/google/")]
    [InlineData("GOOGLE_CLOUD_PROJECT=p VERTEXAI_BASE_URL=http://h", "http://h/v1/projects/p/locations/global/publishers/google/")]
    [InlineData("GOOGLE_CLOUD_PROJECT=p VERTEXAI_BASE_URL=http://h/v1", "http://h/v1/projects/p/locations/global/publishers/google/")]
    [InlineData("VERTEXAI_BASE_URL=http://h/v1/projects/q/locations/eu/publishers/google/", "http://h/v1/projects/q/locations/eu/publishers/google/")]
    [InlineData("GOOGLE_CLOUD_PROJECT=p VERTEXAI_API_BASE=http://h/", "http://h/v1/projects/p/locations/global/publishers/google/")]
    public void It_is_where_project_and_location_say(string environment, string url)
    {
        var variables = $"VERTEXAI_ACCESS_TOKEN=t {environment}".Split(' ').Select(one => one.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        var options = new LlmOptions { Environment = variables.GetValueOrDefault };

        Assert.Equal(url, new Targets(options).Resolve(Catalog.Resolve("vertex/gemini-2.5-flash"), null).BaseUrl.Folder.ToString());
    }

    [Fact]
    public void Without_a_project_the_error_names_the_variables()
    {
        var options = new LlmOptions { Environment = static name => name == "VERTEXAI_ACCESS_TOKEN" ? "t" : null };

        var error = Assert.Throws<ConfigurationException>(() => new Targets(options).Resolve(Catalog.Resolve("vertexai/m"), null));

        Assert.Contains("GOOGLE_CLOUD_PROJECT", error.Message, StringComparison.Ordinal);
        Assert.Contains("GOOGLE_APPLICATION_CREDENTIALS", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Theory]
    [InlineData("claude-sonnet-4-5@20250929", false, "claude-sonnet-4-5@20250929:rawPredict")]
    [InlineData("claude-sonnet-4-5@20250929", true, "claude-sonnet-4-5@20250929:streamRawPredict")]
    [InlineData("claude-sonnet-6", false, "claude-sonnet-6:rawPredict")]
    public async Task Claude_is_spoken_to_in_its_own_format(string model, bool stream, string path)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Claude));
        using var client = GoogleWire.Client(server.Url, "vertexai");
        var request = new ChatCompletionRequest { Model = $"vertexai/{model}", Messages = [Message.User("Hi")], MaxTokens = 9 };

        if (stream) await client.Chat.Completions.StreamAsync(request, null, Token).ReadAsync();
        else Assert.Equal("Hello", (await client.Chat.Completions.CreateAsync(request, null, Token)).Text);

        Assert.Equal($"/v1/projects/p/locations/global/publishers/anthropic/models/{path}", server.Requests[0].Target);
        Assert.Equal($"Bearer {Calls.Key}", server.Requests[0].Headers["Authorization"]);
        JsonComparison.Same("the body", JsonNode.Parse("""{"anthropic_version":"vertex-2023-10-16","max_tokens":9,"messages":[{"role":"user","content":"Hi"}]}"""), Without(GoogleWire.Body(server.Requests[0])!, "stream"));
    }

    [Fact]
    public async Task Gemini_is_counted_by_the_service_and_Claude_here()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"totalTokens":7,"totalBillableCharacters":20}"""));
        using var client = GoogleWire.Client(server.Url, "vertexai");

        Assert.Equal(7, (await client.Tokens.CountAsync(Calls.Ask("vertexai/gemini-2.5-flash"), null, Token)).InputTokens);
        Assert.False((await client.Tokens.CountAsync(Calls.Ask("vertexai/claude-opus-4-8"), null, Token)).IsExact);
        Assert.Equal("/v1/projects/p/locations/global/publishers/google/models/gemini-2.5-flash:countTokens", Assert.Single(server.Requests).Target);
        Assert.Null(GoogleWire.Body(server.Requests[0])!["generateContentRequest"]);
    }

    [Fact]
    public async Task Another_makers_model_is_asked_in_OpenAIs_form()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Calls.Reply("Hello")));
        using var client = GoogleWire.Client(server.Url, "vertexai");

        Assert.Equal("Hello", (await client.AskAsync("vertexai/meta/llama-4-maverick-17b-128e-instruct-maas")).Text);
        Assert.Equal("/v1/projects/p/locations/global/endpoints/openapi/chat/completions", server.Requests[0].Target);
        Assert.Equal("meta/llama-4-maverick-17b-128e-instruct-maas", (string?)GoogleWire.Body(server.Requests[0])!["model"]);
    }

    [Fact]
    public async Task Every_recorded_request_for_Claude_is_rendered_as_it_was_sent()
    {
        var records = Cassettes.Where("models", "vertex");
        foreach (var record in records)
        {
            var wire = OracleJson.Parse(Encoding.UTF8.GetString(record.Request.Body))!.AsObject();
            var request = MessagesRequests.Canonical(wire) with { Model = "vertexai/claude-haiku-4-5" };
            await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Claude));
            using var client = GoogleWire.Client(server.Url, "vertexai");

            await client.AskAsync(request with { Model = "vertexai/claude-haiku-4-5@20251001" });

            JsonComparison.Same(record.Id, MessagesRequests.Plain(wire), MessagesRequests.Plain(JsonComparison.ParseStrictly(server.Requests[0].Body)!.AsObject()));
        }
        Assert.Equal(Cassettes.All.Count > 0 ? 7 : 0, records.Count);
    }

    [Theory, InlineData("endpoints/1234"), InlineData("projects/p/locations/global/endpoints/1234")]
    public async Task A_tuned_model_is_asked_at_its_endpoint(string model)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(GoogleWire.Answer("""{"text":"Hello"}""", "STOP")));
        using var client = GoogleWire.Client(server.Url, "vertexai");

        Assert.Equal("Hello", (await client.AskAsync($"vertexai/{model}")).Text);
        Assert.Equal("/v1/projects/p/locations/global/endpoints/1234:generateContent", server.Requests[0].Target);
    }

    [Theory]
    [InlineData("flex", "flex", "ON_DEMAND_FLEX", "flex")]
    [InlineData("priority", "priority", "ON_DEMAND_PRIORITY", "priority")]
    [InlineData("default", null, "ON_DEMAND", null)]
    [InlineData("auto", null, "PROVISIONED_THROUGHPUT", null)]
    public async Task A_class_of_service_is_asked_for_by_a_header(string tier, string? header, string traffic, string? served)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(GoogleWire.Answer("""{"text":"Hello"}""", "STOP").Replace("\"promptTokenCount\"", $"\"trafficType\":\"{traffic}\",\"promptTokenCount\"", StringComparison.Ordinal)));
        using var client = GoogleWire.Client(server.Url, "vertexai");

        var reply = await client.AskAsync(Calls.Ask("vertexai/gemini-3.5-flash") with { ServiceTier = tier });

        Assert.Equal(header, server.Requests[0].Headers.GetValueOrDefault("X-Vertex-AI-LLM-Shared-Request-Type"));
        Assert.Null(GoogleWire.Body(server.Requests[0])!["serviceTier"]);
        Assert.Equal(served, reply.ServiceTier?.Value);
        Assert.Empty(reply.Warnings);
    }

    [Theory, InlineData("claude-sonnet-4-5@20250929"), InlineData("claude-opus-5-5"), InlineData("claude-sonnet-9")]
    public void Claude_takes_pictures_there_as_data_of_less_than_5_MB(string model)
    {
        ChatCompletionRequest Showing(int bytes) => new() { Model = $"vertexai/{model}", Messages = [Message.User(Image.FromBytes(new byte[bytes], "image/png"))] };

        Assert.Empty(Providers.VertexAI.Chat!.ForModel(model).Addresses);
        ChatFixture.Rendered(Showing(3_932_160), stream: false);
        Assert.Contains("3.8 MB", Assert.Throws<BadRequestException>(() => ChatFixture.Rendered(Showing(3_932_161), stream: false)).Message, StringComparison.Ordinal);
    }

    private static JsonNode Without(JsonNode body, string name)
    {
        body.AsObject().Remove(name);
        return body;
    }
}
