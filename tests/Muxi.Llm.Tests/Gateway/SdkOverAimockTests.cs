using System.ClientModel;
using OpenAI;
using OpenAI.Audio;
using OpenAI.Embeddings;
using OpenAI.Moderations;

namespace Muxi.Llm.Tests;

/// <summary>OpenAI's own .NET client against our server, behind which a server by other people answers: three who were not written for each other.</summary>
public sealed class SdkOverAimockTests
{
    private static readonly byte[] _sound = [.. "ID3"u8, 4, 0, 0, 0, 0, 0, 0, 0xFF, 0xFB, 0x90, 0x64];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_embeds_as_one_and_as_many()
    {
        await using var aimock = await AimockServer.StartAsync("""{"fixtures":[{"match":{"inputText":"sky"},"response":{"embedding":[0.5,-0.25,1]}}]}""");
        await using var served = await Served.BeforeAsync(aimock.OpenAIUrl);
        var client = new EmbeddingClient("text-embedding-3-small", new ApiKeyCredential("any"), Options(served));

        var one = await client.GenerateEmbeddingAsync("the sky", cancellationToken: Cancel);
        var many = await client.GenerateEmbeddingsAsync(["the sky", "a sky"], cancellationToken: Cancel);

        Assert.Equal([0.5f, -0.25f, 1f], one.Value.ToFloats().ToArray());
        Assert.Equal([0, 1], many.Value.Select(embedding => embedding.Index));
    }

    [Fact]
    public async Task It_speaks()
    {
        await using var aimock = await AimockServer.StartAsync("""{"fixtures":[{"match":{"endpoint":"speech","userMessage":"morning"},"response":{"audio":"SOUND"}}]}""".Replace("SOUND", Convert.ToBase64String(_sound), StringComparison.Ordinal));
        await using var served = await Served.BeforeAsync(aimock.OpenAIUrl);

        var speech = await new AudioClient("tts-1", new ApiKeyCredential("any"), Options(served)).GenerateSpeechAsync("Good morning", GeneratedSpeechVoice.Alloy, cancellationToken: Cancel);

        Assert.Equal(_sound, speech.Value.ToArray());
    }

    [Fact]
    public async Task It_transcribes_and_translates()
    {
        await using var aimock = await AimockServer.StartAsync("""
            {"fixtures":[{"match":{"endpoint":"transcription"},"response":{"transcription":{"text":"Guten Morgen"}}},{"match":{"endpoint":"translation"},"response":{"transcription":{"text":"Good morning"}}}]}
            """);
        await using var served = await Served.BeforeAsync(aimock.OpenAIUrl);
        var client = new AudioClient("whisper-1", new ApiKeyCredential("any"), Options(served));

        using var heard = new MemoryStream(_sound);
        using var translated = new MemoryStream(_sound);

        Assert.Equal("Guten Morgen", (await client.TranscribeAudioAsync(heard, "a.mp3", cancellationToken: Cancel)).Value.Text);
        Assert.Equal("Good morning", (await client.TranslateAudioAsync(translated, "a.mp3", cancellationToken: Cancel)).Value.Text);
    }

    /// <summary>The other server's fixture files hold no moderation; unless it is strict it finds everything harmless.</summary>
    [Fact]
    public async Task It_moderates()
    {
        await using var aimock = await AimockServer.StartAsync("""{"fixtures":[{"match":{"userMessage":"x"},"response":{"content":"x"}}]}""");
        await using var served = await Served.BeforeAsync(aimock.OpenAIUrl, options => options with { Client = options.Client with { Headers = new Dictionary<string, string> { ["X-AIMock-Strict"] = "false" } } });

        var result = (await new ModerationClient("omni-moderation-latest", new ApiKeyCredential("any"), Options(served)).ClassifyTextAsync("a quiet day", Cancel)).Value;

        Assert.False(result.Flagged);
        Assert.False(result.Violence.Flagged);
    }

    private static OpenAIClientOptions Options(Served served) => new() { Endpoint = new(served.Url, "v1") };
}
