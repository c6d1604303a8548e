using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

public sealed class SandboxRequestTests : IDisposable
{
    private readonly SandboxClient _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Theory]
    [InlineData("{", null, null)]
    [InlineData("", null, null)]
    [InlineData("[]", null, null)]
    [InlineData("""{"model":"chat","messages":[{"role":"user","content":"\ud800"}]}""", null, null)]
    [InlineData("""{"messages":[{"role":"user","content":"hi"}]}""", "model", "missing_required_parameter")]
    [InlineData("""{"model":"","messages":[{"role":"user","content":"hi"}]}""", "model", "missing_required_parameter")]
    [InlineData("""{"model":7,"messages":[{"role":"user","content":"hi"}]}""", "model", "invalid_type")]
    [InlineData("""{"model":"chat"}""", "messages", "missing_required_parameter")]
    [InlineData("""{"model":"chat","messages":[]}""", "messages", "empty_array")]
    [InlineData("""{"model":"chat","messages":"hi"}""", "messages", "invalid_type")]
    [InlineData("""{"model":"chat","messages":["hi"]}""", "messages[0]", "invalid_type")]
    [InlineData("""{"model":"chat","messages":[{"content":"hi"}]}""", "messages[0].role", "missing_required_parameter")]
    [InlineData("""{"model":"chat","messages":[{"role":"user","content":"a"},{"role":"robot","content":"b"}]}""", "messages[1].role", "invalid_value")]
    [InlineData("""{"model":"chat","messages":[{"role":"user"}]}""", "messages[0].content", "missing_required_parameter")]
    [InlineData("""{"model":"chat","messages":[{"role":"user","content":7}]}""", "messages[0].content", "invalid_type")]
    [InlineData("""{"model":"chat","messages":[{"role":"user","content":[{"text":"hi"}]}]}""", "messages[0].content[0].type", "missing_required_parameter")]
    [InlineData("""{"model":"chat","messages":[{"role":"tool","content":"hi"}]}""", "messages[0].tool_call_id", "missing_required_parameter")]
    public async Task A_body_of_the_wrong_shape_is_refused(string body, string? param, string? code) => await Refused(body, param, code);

    [Theory]
    [InlineData("\"temperature\":2.1", "temperature", "decimal_above_max_value")]
    [InlineData("\"temperature\":-0.1", "temperature", "decimal_below_min_value")]
    [InlineData("\"temperature\":\"hot\"", "temperature", "invalid_type")]
    [InlineData("\"top_p\":1.5", "top_p", "decimal_above_max_value")]
    [InlineData("\"n\":0", "n", "integer_below_min_value")]
    [InlineData("\"n\":1.5", "n", "invalid_type")]
    [InlineData("\"max_tokens\":0", "max_tokens", "integer_below_min_value")]
    [InlineData("\"stream\":\"yes\"", "stream", "invalid_type")]
    [InlineData("\"stream_options\":{\"include_usage\":true}", "stream_options", null)]
    [InlineData("\"top_logprobs\":2", "top_logprobs", null)]
    [InlineData("\"stop\":[\"a\",\"b\",\"c\",\"d\",\"e\"]", "stop", "array_above_max_length")]
    [InlineData("\"stop\":7", "stop", "invalid_type")]
    [InlineData("\"tools\":{}", "tools", "invalid_type")]
    [InlineData("\"tools\":[{\"type\":\"function\"}]", "tools[0].function", "missing_required_parameter")]
    [InlineData("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"no spaces\"}}]", "tools[0].function.name", "invalid_value")]
    [InlineData("\"tool_choice\":\"required\"", "tool_choice", null)]
    [InlineData("\"response_format\":{\"type\":\"yaml\"}", "response_format.type", "invalid_value")]
    [InlineData("\"response_format\":{\"type\":\"json_schema\"}", "response_format.json_schema", "missing_required_parameter")]
    [InlineData("\"modalities\":[\"audio\"],\"audio\":{\"format\":\"opus\"}", "audio.format", "unsupported_value")]
    public async Task An_option_out_of_its_range_is_refused(string option, string param, string? code) =>
        await Refused(SandboxClient.Body("chat", "hi", option), param, code);

    [Theory]
    [InlineData("\"temperature\":0")]
    [InlineData("\"temperature\":2")]
    [InlineData("\"temperature\":null,\"n\":null,\"stop\":null,\"tools\":null,\"stream\":null,\"response_format\":null")]
    [InlineData("\"tools\":[]")]
    public async Task Bounds_and_nulls_are_fine(string option) =>
        Assert.NotEmpty(await _sandbox.ContentAsync(SandboxClient.Body("chat", "hi", option)));

    [Fact]
    public async Task A_reply_has_the_headers_of_a_real_service()
    {
        using var first = await _sandbox.SendAsync(SandboxClient.Body("chat", "hi"));
        using var second = await _sandbox.SendAsync(SandboxClient.Body("chat", "hi"));

        Assert.Equal("application/json", first.Content.Headers.ContentType?.MediaType);
        Assert.NotEqual(first.Headers.GetValues("x-request-id").Single(), second.Headers.GetValues("x-request-id").Single());
        foreach (var of in new[] { "limit", "remaining", "reset" })
            foreach (var what in new[] { "requests", "tokens" })
                Assert.Single(first.Headers.GetValues($"x-ratelimit-{of}-{what}"));
        Assert.Equal(new ManualTime().GetUtcNow(), first.Headers.Date);
    }

    [Fact]
    public async Task The_models_are_listed_and_found_one_by_one()
    {
        using var list = await _sandbox.GetAsync("models");
        var data = JsonNode.Parse(await list.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["data"]!.AsArray();

        Assert.Equal(SandboxModels.All.Select(model => model.Name), data.Select(model => (string)model!["id"]!));
        foreach (var model in data)
        {
            using var one = await _sandbox.GetAsync("models/" + model!["id"]);
            Assert.Equal(model.ToJsonString(), JsonNode.Parse(await one.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!.ToJsonString());
        }
    }

    [Theory]
    [InlineData("models/none-such", "model_not_found")]
    [InlineData("models/a%2Fb", "model_not_found")]
    [InlineData("holograms", "unknown_url")]
    [InlineData("chat/completions", "unknown_url")]
    public async Task What_is_not_there_is_a_404_in_OpenAIs_shape(string path, string code)
    {
        using var response = await _sandbox.GetAsync(path);
        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["error"]!;

        Assert.Equal(404, (int)response.StatusCode);
        Assert.Equal(code, (string)error["code"]!);
    }

    [Theory]
    [InlineData("https://sandbox.invalid/chat/completions")]
    [InlineData("https://sandbox.invalid/openai/v1/chat/completions?api-version=1")]
    public async Task What_stands_before_the_path_does_not_matter(string address)
    {
        using var response = await _sandbox.SendAsync(SandboxClient.Body("chat", "hi"), address);

        Assert.Equal(200, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("", new string[0])]
    [InlineData("Hello, world!", new[] { "Hello", ",", " world", "!" })]
    [InlineData("extraordinary", new[] { "extrao", "rdinar", "y" })]
    [InlineData("a  b\n\n c", new[] { "a", " ", " b", "\n\n", " c" })]
    [InlineData("👋👋 𝒳𝒳", new[] { "👋", "👋", " 𝒳𝒳" })]
    public void Tokens_are_words_and_signs_and_joined_they_are_the_text(string text, string[] expected)
    {
        Assert.Equal(expected, SandboxTokens.Split(text));
        Assert.Equal(text, string.Concat(SandboxTokens.Split(text)));
        Assert.Equal(string.Concat(expected.Take(2)), SandboxTokens.Take(text, 2));
    }

    private async Task Refused(string body, string? param, string? code)
    {
        var (status, error) = await _sandbox.ErrorAsync(body);

        Assert.Equal(400, status);
        Assert.Equal("invalid_request_error", (string)error["type"]!);
        Assert.Equal(param, (string?)error["param"]);
        Assert.Equal(code, (string?)error["code"]);
        Assert.NotEmpty((string)error["message"]!);
    }
}
