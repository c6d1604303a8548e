namespace Muxi.Llm.Tests;

/// <summary>A model's name is often chosen by somebody else than who owns the key, as at the gateway: it chooses a model, and no other place of the service.</summary>
public sealed class ModelPathTests
{
    [Theory]
    [InlineData("gemini/..")]
    [InlineData("gemini/../files/a")]
    [InlineData("gemini/tunedModels/../../v1/a")]
    [InlineData("gemini/./a")]
    [InlineData("vertexai/endpoints/../../../../b")]
    [InlineData("bedrock/..")]
    [InlineData("bedrock/.")]
    [InlineData("bedrock/invoke/..")]
    public async Task A_name_that_leads_to_another_path_is_refused_and_nothing_is_sent(string model)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("{}"));
        using var client = Calls.ClientFor(server.Url, model[..model.IndexOf('/', StringComparison.Ordinal)]);

        var error = await Assert.ThrowsAsync<BadRequestException>(() => client.AskAsync(new ChatCompletionRequest { Model = model, Messages = [Message.User("Hi")] }));

        Assert.Equal("model", error.Param);
        Assert.Contains("cannot be a model's name", error.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("openai/../files")]
    [InlineData("gemini/../files")]
    [InlineData("vertexai/..")]
    public async Task Nor_is_one_looked_up(string model)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"id":"file-1","name":"files/1"}"""));
        using var client = Calls.ClientFor(server.Url, model[..model.IndexOf('/', StringComparison.Ordinal)]);

        var error = await Assert.ThrowsAsync<BadRequestException>(() => client.Models.RetrieveAsync(model, null, TestContext.Current.CancellationToken));

        Assert.Contains("cannot be a model's name", error.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("bedrock/a/../b?c#d\r\ne%2Ff", "/model/a%2F..%2Fb%3Fc%23d%0D%0Ae%252Ff/converse")]
    [InlineData("bedrock/arn:aws:bedrock:us-east-1:1:inference-profile/us.a-v1:0", "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Ainference-profile%2Fus.a-v1%3A0/converse")]
    [InlineData("gemini/a?b#c\r\nd%2Fe", "/models/a%3Fb%23c%0D%0Ad%252Fe:generateContent")]
    public async Task Whatever_else_could_mean_something_in_a_path_means_nothing(string model, string path)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("{}"));
        using var client = Calls.ClientFor(server.Url, model[..model.IndexOf('/', StringComparison.Ordinal)]);

        await Assert.ThrowsAnyAsync<LlmException>(() => client.AskAsync(new ChatCompletionRequest { Model = model, Messages = [Message.User("Hi")] }));

        Assert.EndsWith(path, Assert.Single(server.Requests).Target, StringComparison.Ordinal);
    }
}
