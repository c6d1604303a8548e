namespace Muxi.Llm.Tests;

/// <summary>Every request for pictures that we send, with every option set, is one that OpenAI's published document allows.</summary>
[Collection(OneSchemaServer.Name)]
public sealed class ImageConformanceTests(SchemaServer server)
{
    /// <summary>Members that a request of ours has for a service's sake, and which no client of OpenAI's sends.</summary>
    private static readonly ImageGenerationRequest _all = ImageCallTests.All with { Extra = default };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Generations()
    {
        var whole = Assert.Single(await server.ExpectAcceptedAsync(client => client.Images.GenerateAsync(_all, null, Cancel), CannedReply.Json(ImageWire.Reply)));
        var streamed = Assert.Single(await server.ExpectAcceptedAsync(client => client.Images.GenerateStreamAsync(_all with { N = 1, PartialImages = 3 }, null, Cancel).ToImagesResponseAsync(Cancel), CannedReply.Sse(ImageWire.Completed())));
        var least = Assert.Single(await server.ExpectAcceptedAsync(client => client.Images.GenerateAsync(new() { Model = "openai/dall-e-3", Prompt = "x" }, null, Cancel), CannedReply.Json(ImageWire.Reply)));

        Assert.Equal("CreateImageRequest", OpenAIDocument.BodyOf("POST", "/images/generations"));
        Assert.Equal(OpenAIDocument.MembersOf("CreateImageRequest").Order(), streamed.Members.Order());
        await OpenAISchemas.ExpectValidAsync([("CreateImageRequest", whole.Text), ("CreateImageRequest", streamed.Text), ("CreateImageRequest", least.Text)]);
    }

    [Fact]
    public async Task Edits_as_forms()
    {
        // The document has moderation in the JSON form alone.
        var edit = ImageCallTests.AllOfAnEdit with { Extra = default, Moderation = null };

        var whole = Assert.Single(await server.ExpectAcceptedAsync(client => client.Images.EditAsync(edit, null, Cancel), CannedReply.Json(ImageWire.Reply)));
        await server.ExpectAcceptedAsync(client => client.Images.EditAsync(edit with { Images = [ImageInput.FromBytes(ImageWire.Png)], Mask = null }, null, Cancel), CannedReply.Json(ImageWire.Reply));
        var streamed = Assert.Single(await server.ExpectAcceptedAsync(client => client.Images.EditStreamAsync(edit with { N = 1, PartialImages = 1 }, null, Cancel).ToImagesResponseAsync(Cancel), CannedReply.Sse(ImageWire.Completed("image_edit"))));

        Assert.Equal("/images/edits", whole.Path);
        Assert.Equal(OpenAIDocument.MembersOf("CreateImageEditRequest").Order(), streamed.Members.Order());
    }

    [Fact]
    public async Task Edits_as_JSON()
    {
        // The document has response_format in the form alone.
        var edit = ImageCallTests.AllOfAnEdit with { Extra = default, ResponseFormat = null, Size = ImageSize.Landscape, Images = [ImageInput.FromUrl("https://example.org/a.png"), ImageInput.FromId("file-1")], Mask = ImageInput.FromUrl($"data:image/png;base64,{ImageWire.Base64}") };

        var sent = Assert.Single(await server.ExpectAcceptedAsync(client => client.Images.EditStreamAsync(edit with { N = 1, PartialImages = 2 }, null, Cancel).ToImagesResponseAsync(Cancel), CannedReply.Sse(ImageWire.Completed("image_edit"))));

        Assert.Equal(OpenAIDocument.MembersOf("EditImageBodyJsonParam").Order(), sent.Members.Order());
        await OpenAISchemas.ExpectValidAsync([("EditImageBodyJsonParam", sent.Text)]);
    }

    [Fact]
    public async Task Variations()
    {
        var sent = Assert.Single(await server.ExpectAcceptedAsync(
            client => client.Images.CreateVariationAsync(new() { Model = "openai/dall-e-2", Image = FileSource.FromBytes(ImageWire.Png, "a.png"), N = 2, Size = ImageSize.Square256, ResponseFormat = "url", User = "ann" }, null, Cancel), CannedReply.Json(ImageWire.Reply)));

        Assert.Equal(OpenAIDocument.MembersOf("CreateImageVariationRequest").Order(), sent.Members.Order());
    }

    [Fact]
    public async Task A_wrong_word_would_be_found_out()
    {
        var judged = await server.JudgeAsync(client => client.Images.GenerateAsync(_all with { Quality = "splendid" }, null, Cancel));

        Assert.Contains("quality", Assert.Single(judged).ToString(), StringComparison.Ordinal);
    }
}
