using System.ClientModel;
using System.ClientModel.Primitives;
using OpenAI;
using OpenAI.Images;

namespace Muxi.Llm.Tests;

/// <summary>OpenAI's own clients, in JavaScript and in .NET, ask the server for pictures with every verb and option.</summary>
public sealed class ImageSdkTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("generate", "sandbox/image", """{"pictures":["iVBORw0KGgo","iVBORw0KGgo"],"created":true,"size":"1024x1536","quality":"low","format":"png","background":"transparent","total":818}""")]
    [InlineData("url", "sandbox/image", """{"pictures":["data:image/"],"created":true,"size":null,"quality":"medium","format":"png","background":"opaque","total":68}""")]
    [InlineData("jpeg", "sandbox/image", "\"/9j/\"")]
    [InlineData("generateStream", "sandbox/image", """[["image_generation.partial_image",true,0,null],["image_generation.partial_image",true,1,null],["image_generation.completed",true,null,6]]""")]
    [InlineData("edit", "sandbox/image", """{"pictures":["iVBORw0KGgo"],"created":true,"size":"1024x1024","quality":"high","format":"png","background":"opaque","total":4247}""")]
    [InlineData("edits", "sandbox/image", """{"pictures":["iVBORw0KGgo"],"created":true,"size":null,"quality":"medium","format":"png","background":"opaque","total":261}""")]
    [InlineData("editStream", "sandbox/image", """[["image_edit.partial_image",true,0,null],["image_edit.completed",true,null,91]]""")]
    [InlineData("vary", "sandbox/image", """{"pictures":["iVBORw0KGgo","iVBORw0KGgo"],"created":true,"size":null,"quality":"medium","format":"png","background":"opaque","total":217}""")]
    [InlineData("error", "sandbox/rate-limit", """{"error":"RateLimitError","status":429,"code":"rate_limit_exceeded","param":null}""")]
    [InlineData("error", "nobody/m", """{"error":"NotFoundError","status":404,"code":"model_not_found","param":"model"}""")]
    [InlineData("wrong", "sandbox/image", """{"error":"BadRequestError","status":400,"code":"invalid_value","param":"size"}""")]
    [InlineData("streamError", "sandbox/overloaded", """{"error":"InternalServerError","status":503,"code":"overloaded","param":null}""")]
    [InlineData("streamError", "sandbox/stream-error", """{"error":"APIError","status":null,"code":"internal_error","param":null}""")]
    public async Task The_JavaScript_client_sees(string scenario, string model, string expected)
    {
        NpmPackages.Require("openai");
        await using var served = await Served.SandboxAsync();

        var run = await NodeScript.RunAsync(Repo.PathTo("tests", "Muxi.Llm.Tests", "Gateway", "openai-images.mjs"), [new Uri(served.Url, "v1").ToString(), scenario, model], "", Cancel);

        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Equal(expected, run.Output.TrimEnd());
    }

    [Fact]
    public async Task The_dotNET_client_generates()
    {
        await using var served = await Served.SandboxAsync();
#pragma warning disable OPENAI001 // Its options of the GPT image models are still called experimental.
        var options = new ImageGenerationOptions { Size = GeneratedImageSize.W1024xH1536, Quality = new("low"), Background = GeneratedImageBackground.Transparent, OutputFileFormat = GeneratedImageFileFormat.Png, OutputCompressionFactor = 100, ModerationLevel = GeneratedImageModerationLevel.Low, EndUserId = "ann" };
#pragma warning restore OPENAI001

        var several = (await Client(served).GenerateImagesAsync("A cat", 2, options, Cancel)).Value;
        var byAddress = (await Client(served).GenerateImageAsync("A cat", new() { Size = GeneratedImageSize.W256xH256, ResponseFormat = GeneratedImageFormat.Uri, Style = GeneratedImageStyle.Natural }, Cancel)).Value;

        Assert.Equal(["image/png", "image/png"], several.Select(image => Media.TypeOf(image.ImageBytes.ToMemory().Span)));
        Assert.Contains("simulator", several[0].RevisedPrompt, StringComparison.Ordinal);
        Assert.StartsWith("data:image/png", byAddress.ImageUri.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_dotNET_client_edits_and_varies()
    {
        await using var served = await Served.SandboxAsync();
        var client = Client(served);
        var square = (await client.GenerateImageAsync("A square", new() { Size = GeneratedImageSize.W256xH256 }, Cancel)).Value.ImageBytes;

        var edited = (await client.GenerateImageEditAsync(square.ToStream(), "square.png", "A hat", square.ToStream(), "mask.png", new() { Size = GeneratedImageSize.W256xH256, EndUserId = "ann" }, Cancel)).Value;
        var several = (await client.GenerateImageEditsAsync(square.ToStream(), "square.png", "A hat", 2, new() { Size = GeneratedImageSize.W512xH512 }, Cancel)).Value;
        var varied = (await client.GenerateImageVariationsAsync(square.ToStream(), "square.png", 2, new() { Size = GeneratedImageSize.W256xH256, EndUserId = "ann" }, Cancel)).Value;

        Assert.Equal("image/png", Media.TypeOf(edited.ImageBytes.ToMemory().Span));
        Assert.Equal((2, 2), (several.Count, varied.Count));
    }

    [Fact]
    public async Task The_dotNET_client_is_told_what_is_wrong()
    {
        await using var served = await Served.SandboxAsync();

        var limited = await Assert.ThrowsAsync<ClientResultException>(() => Client(served, "sandbox/rate-limit").GenerateImageAsync("A cat", null, Cancel));
        var wrong = await Assert.ThrowsAsync<ClientResultException>(() => Client(served).GenerateImageAsync("A cat", new() { Size = new(3, 3) }, Cancel));

        Assert.Equal((429, 400), (limited.Status, wrong.Status));
        Assert.Contains("divisible by 16", wrong.Message, StringComparison.Ordinal);
    }

    private static ImageClient Client(Served served, string model = "sandbox/image") =>
        new(model, new ApiKeyCredential("any"), new OpenAIClientOptions { Endpoint = new(served.Url, "v1"), RetryPolicy = new ClientRetryPolicy(0) });
}
