using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>The server's route for reading documents.</summary>
public sealed class OcrRouteTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_document_is_read_over_HTTP()
    {
        await using var served = await Served.SandboxAsync();

        using var reply = await served.SendAsync(HttpMethod.Post, "/v1/ocr", """{"model":"sandbox/ocr","document":{"type":"document_url","document_url":"data:text/plain,One%0CTwo"},"pages":[1]}""");

        var body = JsonNode.Parse(await reply.Content.ReadAsStringAsync(Token))!;
        Assert.Equal(("sandbox", "Two", 1), (reply.Header("x-muxi-provider"), (string?)body["pages"]![0]!["markdown"], (int)body["usage_info"]!["pages_processed"]!));
    }

    [Theory]
    [InlineData("""{"model":"sandbox/ocr"}""", 400, null)]
    [InlineData("""{"model":"sandbox/ocr","document":{"type":"document_url"}}""", 400, "document")]
    [InlineData("""{"model":"sandbox/ocr","document":{"document_url":"a"},"pages":[-1]}""", 400, "pages")]
    [InlineData("""{"model":"nobody/m","document":{"document_url":"a"}}""", 404, "model")]
    public async Task What_cannot_be_is_refused_in_OpenAIs_shape(string body, int status, string? param)
    {
        await using var served = await Served.SandboxAsync();

        using var reply = await served.SendAsync(HttpMethod.Post, "/v1/ocr", body);

        var error = JsonNode.Parse(await reply.Content.ReadAsStringAsync(Token))!["error"]!;
        Assert.Equal(status, (int)reply.StatusCode);
        if (param is not null) Assert.Equal(param, (string?)error["param"]);
    }
}
