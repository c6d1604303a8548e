using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Pictures by predictions, and the list of models.</summary>
public sealed class ReplicateImageTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pictures_come_as_addresses()
    {
        await using var server = await ReplayServer.StartAsync(1, ReplicateCallTests.Prediction("starting", 201), ReplicateCallTests.Prediction("succeeded", output: new JsonArray("https://replicate.delivery/a.webp", "https://replicate.delivery/b.webp")));
        using var client = Client(server);

        var reply = await client.Images.GenerateAsync(new() { Model = "replicate/black-forest-labs/flux-schnell", Prompt = "a cat", N = 2, Size = "1344x768", OutputFormat = "jpeg", OutputCompression = 80, Quality = "high", ResponseFormat = "b64_json", Extra = """{"seed":7}""" }, null, Cancel);

        Assert.Equal("""{"input":{"prompt":"a cat","aspect_ratio":"7:4","num_outputs":2,"output_format":"jpg","output_quality":80,"seed":7}}""", server.Requests[0].Text);
        Assert.Equal(["https://replicate.delivery/a.webp", "https://replicate.delivery/b.webp"], reply.Data.Select(image => image.Url!));
        Assert.Equal(["size", "quality", "response_format"], reply.Warnings.Select(warning => warning.Param));
        Assert.Equal(1785873495, reply.Created);
    }

    [Fact]
    public async Task A_version_that_takes_pixels_gets_them()
    {
        await using var server = await ReplayServer.StartAsync(1, ReplicateCallTests.Prediction("succeeded", 201, output: "https://replicate.delivery/a.png"));
        using var client = new LlmClient(Calls.OptionsFor(server.Url, "replicate"));

        var reply = await client.Images.GenerateAsync(new() { Model = "replicate/stability-ai/sdxl:39ed52f2", Prompt = "a cat", Size = "1024x768" }, null, Cancel);

        Assert.Equal(("/predictions", """{"version":"39ed52f2","input":{"prompt":"a cat","width":1024,"height":768}}"""), (server.Requests[0].Target, server.Requests[0].Text));
        Assert.Equal("https://replicate.delivery/a.png", Assert.Single(reply.Data).Url);
        Assert.Empty(reply.Warnings);
    }

    [Theory]
    [InlineData("\"https://x.test/1\"")]
    [InlineData("""["https://x.test/1",null]""")]
    [InlineData("""{"image":"https://x.test/1","seed":1}""")]
    [InlineData("""[{"url":"https://x.test/1"}]""")]
    [InlineData("""{"images":["https://x.test/1"],"nsfw":[false]}""")]
    [InlineData("""{"output":[{"image":"https://x.test/1"}]}""")]
    public async Task Pictures_are_found_wherever_models_put_them(string output)
    {
        await using var server = await ReplayServer.StartAsync(1, ReplicateCallTests.Prediction("succeeded", 201, output: JsonNode.Parse(output)));
        using var client = Client(server);

        var reply = await client.Images.GenerateAsync(new() { Model = "replicate/acme/flux", Prompt = "p" }, null, Cancel);

        Assert.Equal("https://x.test/1", Assert.Single(reply.Data).Url);
    }

    [Theory]
    [InlineData("\"no picture\"", "replicate: there is no picture in the prediction's output")]
    [InlineData("[]", "replicate: there is no picture in the prediction's output")]
    [InlineData("""[{"score":1}]""", "replicate: there is no picture in the prediction's output")]
    public async Task An_output_without_pictures_is_an_error(string output, string message)
    {
        await using var server = await ReplayServer.StartAsync(1, ReplicateCallTests.Prediction("succeeded", 201, output: JsonNode.Parse(output)));
        using var client = Client(server);

        Assert.Equal(message, (await Assert.ThrowsAsync<ServerException>(() => client.Images.GenerateAsync(new() { Model = "replicate/acme/flux", Prompt = "p" }, null, Cancel))).Message);
    }

    [Fact]
    public async Task What_is_held_back_is_told_as_that()
    {
        await using var server = await ReplayServer.StartAsync(1, ReplicateCallTests.Prediction("failed", 201, error: "NSFW content detected. Try running it again, or try a different prompt."));
        using var client = Client(server);

        await Assert.ThrowsAsync<ContentFilterException>(() => client.Images.GenerateAsync(new() { Model = "replicate/acme/flux", Prompt = "p" }, null, Cancel));
    }

    [Fact]
    public async Task More_pictures_than_are_made_at_once_are_refused()
    {
        await using var server = await ReplayServer.StartAsync(1, ReplicateCallTests.Prediction("succeeded"));
        using var client = Client(server);

        await Assert.ThrowsAsync<BadRequestException>(() => client.Images.GenerateAsync(new() { Model = "replicate/acme/flux", Prompt = "p", N = 5 }, null, Cancel));
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Models_are_listed_page_by_page()
    {
        await using var server = await ReplayServer.StartAsync(1,
            CannedReply.Json("""{"next":"https://api.replicate.com/v1/models?cursor=cD0yMDI0%3D","previous":null,"results":[{"url":"https://replicate.com/acme/a","owner":"acme","name":"a","description":"d","run_count":7,"latest_version":{"id":"v","created_at":"2023-07-10T06:50:41.613128Z"}}]}"""),
            CannedReply.Json("""{"next":null,"previous":"x","results":[{"owner":"acme","name":"b","latest_version":null},{"oddly":1}]}"""));
        using var client = Client(server);

        var models = await client.Models.ListAsync("replicate", null, Cancel).ToListAsync(Cancel);

        Assert.Equal([("acme/a", "acme", 1688971841L), ("acme/b", "acme", null)], models.Select(model => (model.Id, model.OwnedBy, model.Created)));
        Assert.Equal(["/models", "/models?cursor=cD0yMDI0%3D"], server.Requests.Select(request => request.Target));
        Assert.Equal("d", models[0].Extra.GetString("description"));
    }

    [Fact]
    public async Task One_model_is_looked_up()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"owner":"acme","name":"a","latest_version":null}"""), CannedReply.Json("""{"title":"Not found","detail":"The requested resource could not be found.","status":404}""", 404));
        using var client = Client(server);

        Assert.Equal("acme/a", (await client.Models.RetrieveAsync("replicate/acme/a", null, Cancel)).Id);
        Assert.Equal("replicate: The requested resource could not be found.", (await Assert.ThrowsAsync<NotFoundException>(() => client.Models.RetrieveAsync("replicate/acme/none", null, Cancel))).Message);
        Assert.Equal("/models/acme/a", server.Requests[0].Target);
    }

    private static LlmClient Client(ReplayServer server) => new(Calls.OptionsFor(server.Url, "replicate") with { Providers = [PredictionReplayTests.Impatient] });
}
