namespace Muxi.Llm.Tests;

/// <summary>Pictures against a server by other people, straight and through our own server.</summary>
public sealed class ImagesAgainstAimockTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_generates_and_edits(bool served)
    {
        var fixtures = """{"fixtures":[{"match":{"endpoint":"image","userMessage":"cat"},"response":{"image":{"b64Json":"BASE64"}}}]}""".Replace("BASE64", ImageWire.Base64, StringComparison.Ordinal);
        await using var aimock = await AimockServer.StartAsync(fixtures);
        await using var between = served ? await Served.BeforeAsync(aimock.OpenAIUrl) : null;
        using var client = Calls.ClientFor(between is null ? aimock.OpenAIUrl : new(between.Url, "v1"));

        var made = await client.Images.GenerateAsync(new() { Model = "openai/gpt-image-1", Prompt = "A cat", Size = "1024x1024" }, null, Cancel);
        var edited = await client.Images.EditAsync(new() { Model = "openai/gpt-image-1", Prompt = "The cat wears a hat", Images = [ImageInput.FromBytes(ImageWire.Png)] }, null, Cancel);

        Assert.Equal(ImageWire.Png, made.Data[0].Bytes);
        Assert.Equal(ImageWire.Png, edited.Data[0].Bytes);
    }
}
