using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>What only the scenarios of OpenAI's own format can show: the wire's form is the canonical one.</summary>
public sealed class OpenAIChatFixtureTests
{
    private const string Dialect = "openai-chat";

    /// <summary>CreateChatCompletionRequest in OpenAI's OpenAPI document 2.3.0.</summary>
    private static readonly string[] _parameters =
    [
        "audio", "frequency_penalty", "function_call", "functions", "logit_bias", "logprobs", "max_completion_tokens", "max_tokens", "messages", "metadata", "modalities",
        "model", "moderation", "n", "parallel_tool_calls", "prediction", "presence_penalty", "prompt_cache_key", "prompt_cache_options", "prompt_cache_retention",
        "reasoning_effort", "response_format", "safety_identifier", "seed", "service_tier", "stop", "store", "stream", "stream_options", "temperature", "tool_choice",
        "tools", "top_logprobs", "top_p", "user", "verbosity", "web_search_options",
    ];

    public static TheoryData<string> PlainOpenAI => [.. Fixture.In(Repo.PathTo("tests", "Muxi.Llm.Tests", "fixtures"), Dialect, "wire-request.json")
        .Where(fixture => ChatFixture.Request(fixture).Model.StartsWith("openai/", StringComparison.Ordinal)).Select(fixture => fixture.Name)];

    [Theory, MemberData(nameof(PlainOpenAI))]
    public void A_request_of_the_wire_read_and_rendered_is_the_same_request(string name)
    {
        var wire = Fixture.Load(name).Json("wire-request.json");
        var isStream = wire["stream"]?.GetValue<bool>() ?? false;

        var request = ChatCompletionRequest.Parse(Encoding.UTF8.GetBytes(wire.ToJsonString()));

        JsonComparison.Same("the request", ChatFixture.WithoutNulls(wire), ChatFixture.WithoutNulls(ChatFixture.Rendered(request, isStream)));
    }

    [Fact]
    public void Every_parameter_of_the_published_schema_is_in_a_scenario()
    {
        var asked = Fixture.In(Repo.PathTo("tests", "Muxi.Llm.Tests", "fixtures"), Dialect, "wire-request.json")
            .SelectMany(fixture => fixture.Json("wire-request.json").AsObject().Select(member => member.Key)).ToHashSet();

        Assert.Empty(_parameters.Except(asked));
    }

    [Fact]
    public void An_extra_member_takes_the_place_of_the_typed_one()
    {
        var request = ChatFixture.Request(Fixture.Load($"{Dialect}/every-parameter"));
        // How the reply comes is not the caller's to write: the method that is called reads it.
        foreach (var name in _parameters.Where(name => name != "stream"))
        {
            var body = ChatFixture.Rendered(request with { Extra = new Extra().With(name, "\"mine\"") }, stream: true);

            Assert.Equal("mine", body[name].Str());
        }
    }

    [Theory]
    [InlineData("custom-call-streamed", "tool_calls", """[{"index":0,"custom":{"input":"SELECT"}}]""")]
    [InlineData("function-call-streamed", "function_call", """{"arguments":"{\"x\""}""")]
    public async Task Later_pieces_of_a_call_stay_in_the_form_of_the_first(string name, string member, string expected)
    {
        var fixture = Fixture.Load($"{Dialect}/{name}");
        await using var server = await ReplayServer.StartAsync(seed: 0, fixture.Canned);
        using var client = ChatFixture.Client(fixture, server.Url);
        var pieces = new List<JsonNode?>();
        await foreach (var chunk in client.Chat.Completions.StreamAsync(ChatFixture.Request(fixture), null, TestContext.Current.CancellationToken))
            pieces.Add(JsonNode.Parse(chunk.ToJson())!["choices"]![0]!["delta"]);

        JsonComparison.Same("the second piece", JsonNode.Parse(expected), pieces[1]![member]);
    }
}
