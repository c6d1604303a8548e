using System.Text;
using System.Text.Json;

namespace Muxi.Llm.Tests;

/// <summary>Moderation: texts, pictures, and whatever categories a service has.</summary>
public sealed class ModerationTests
{
    private const string Good = """{"id":"modr-1","model":"omni-1","results":[{"flagged":true,"categories":{"hate":false,"violence":true,"illicit":null,"brand-new":true},"category_scores":{"hate":0.001,"violence":0.97,"brand-new":0.5},"category_applied_input_types":{"hate":["text"],"violence":["text","image"]},"note":"x"}],"region":"eu"}""";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<ModerationInput, string> Inputs => new()
    {
        { "one", "\"one\"" }, { ["one"], "[\"one\"]" }, { ["one", "two"], "[\"one\",\"two\"]" }, { "", "\"\"" },
        { ModerationInput.FromParts(ContentPart.FromText("see"), Image.FromUrl("https://example.com/a.png", "low")), """[{"type":"text","text":"see"},{"type":"image_url","image_url":{"url":"https://example.com/a.png"}}]""" },
        { ModerationInput.FromParts(Image.FromBytes([0x89, .. "PNG"u8, 13, 10, 26, 10])), """[{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}}]""" },
    };

    [Theory, MemberData(nameof(Inputs))]
    public async Task An_input_is_sent_in_its_form_and_reads_back(ModerationInput input, string sent)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Good));
        using var client = Calls.ClientFor(server.Url);
        var request = new ModerationRequest { Model = "openai/omni-moderation-latest", Input = input, Extra = """{"x":1}""" };

        await client.Moderations.CreateAsync(request, null, Token);

        Assert.Equal(("/moderations", $$"""{"model":"omni-moderation-latest","input":{{sent}},"x":1}"""), (server.Requests[0].Target, server.Requests[0].Text));
        Assert.Equal(request.ToJson(), ModerationRequest.Parse(Encoding.UTF8.GetBytes(request.ToJson())).ToJson());
    }

    [Fact]
    public async Task Every_category_is_there_by_its_name_known_or_not()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Good));
        using var client = Calls.ClientFor(server.Url);

        var reply = await client.Moderations.CreateAsync(new() { Input = "x" }, null, Token);

        var result = Assert.Single(reply.Results);
        Assert.True(reply.IsFlagged);
        Assert.Equal(["violence", "brand-new"], result.FlaggedCategories);
        Assert.Equal((null, 0.97), (result.Categories["illicit"], result.CategoryScores["violence"]));
        Assert.Equal(["text", "image"], result.CategoryAppliedInputTypes["violence"]);
        Assert.Equal(("omni-moderation-latest", "openai", "eu"), (JsonDocument.Parse(server.Requests[0].Text).RootElement.GetProperty("model").GetString(), reply.Provider, reply.Extra.GetString("region")));
        Assert.Equal(Good, reply.ToJson());
        Assert.Contains("\n", reply.ToIndentedJson(), StringComparison.Ordinal);
    }

    [Fact]
    public void Where_a_service_does_not_say_whether_anything_was_found_the_categories_do()
    {
        const string body = """{"id":"1","model":"mistral-moderation","results":[{"categories":{"pii":true,"law":false},"category_scores":{"pii":0.9,"law":0.1}},{"categories":{"pii":false},"category_scores":{}}],"usage":{"prompt_tokens":3,"total_tokens":3,"completion_tokens":0}}""";

        var reply = ModerationResponse.Parse(Encoding.UTF8.GetBytes(body));

        Assert.Equal([true, false], reply.Results.Select(result => result.Flagged));
        Assert.Equal(3, reply.Usage?.TotalTokens);
    }

    public static TheoryData<ModerationInput, string> Wrongs => new()
    {
        { ModerationInput.FromTexts([]), "input" }, { ModerationInput.FromTexts(["a", null!]), "input[1]" }, { ModerationInput.FromParts(ContentPart.FromText("a"), Document.FromId("file-1")), "input[1]" },
    };

    [Theory, MemberData(nameof(Wrongs))]
    public async Task What_cannot_be_looked_at_is_refused_before_anything_is_sent(ModerationInput input, string param)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Good));
        using var client = Calls.ClientFor(server.Url);

        Assert.Equal(param, (await Assert.ThrowsAsync<BadRequestException>(() => client.Moderations.CreateAsync(new() { Model = "openai/m", Input = input }, null, Token))).Param);
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("{}", null)]
    [InlineData("""{"input":7}""", "input")]
    [InlineData("""{"input":["a",{"type":"text","text":"b"}]}""", "input[1]")]
    [InlineData("""{"input":[{"type":"sound"}]}""", "input[0].type")]
    [InlineData("""{"input":[{"type":"text"}]}""", "input[0].text")]
    [InlineData("""{"input":[{"type":"image_url","image_url":"x"}]}""", "input[0].image_url")]
    [InlineData("""{"input":[{"type":"image_url","image_url":{}}]}""", "input[0].image_url.url")]
    public void A_request_of_the_wrong_shape_is_refused_by_its_place(string json, string? path)
    {
        var error = Assert.ThrowsAny<JsonException>(() => ModerationRequest.Parse(Encoding.UTF8.GetBytes(json)));

        if (path is not null) Assert.Equal(path, error.Path);
    }

    [Theory]
    [InlineData("""{"id":"1"}""")]
    [InlineData("""{"results":[],"error":{"message":"no"}}""")]
    [InlineData("nothing")]
    public async Task A_good_status_with_no_results_is_an_error(string body)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(body));
        using var client = Calls.ClientFor(server.Url);

        await Assert.ThrowsAnyAsync<ApiException>(() => client.Moderations.CreateAsync(new() { Model = "openai/m", Input = "a" }, null, Token));
        Assert.ThrowsAny<LlmException>(() => client.Moderations.Create(new() { Model = "openai/m", Input = "a" }, null, Token));
    }
}
