namespace Muxi.Llm.Tests;

/// <summary>A request that names no model means the client's default one, whatever it asks for; where there is none, that is told before anything is sent.</summary>
public sealed class MissingModelTests
{
    /// <summary>Every verb whose request has a model; moderations stand apart, as OpenAI's API has a default model for these.</summary>
    private static readonly Dictionary<string, Func<LlmClient, Task<Reply>>> _calls = new()
    {
        ["chat"] = async client => await client.Chat.Completions.CreateAsync(new() { Model = "", Messages = [Message.User("Hi")] }, null, Token),
        ["chat, streamed"] = async client => await LastAsync(client.Chat.Completions.StreamAsync(new() { Model = "", Messages = [Message.User("Hi")] }, null, Token)),
        ["responses"] = async client => await client.Responses.CreateAsync(new() { Model = "", Input = "Hi" }, null, Token),
        ["responses, streamed"] = async client => await LastAsync(client.Responses.StreamAsync(new ResponseRequest { Model = "", Input = "Hi" }, null, Token)),
        ["completions"] = async client => await client.Completions.CreateAsync(new() { Model = "", Prompt = "Hi" }, null, Token),
        ["completions, streamed"] = async client => await LastAsync(client.Completions.StreamAsync(new() { Model = "", Prompt = "Hi" }, null, Token)),
        ["embeddings"] = async client => await client.Embeddings.CreateAsync(new() { Model = "", Input = "Hi" }, null, Token),
        ["ocr"] = async client => await client.Ocr.ProcessAsync(new() { Model = "", Document = "https://example.org/a.pdf" }, null, Token),
        ["speech"] = async client => await client.Audio.Speech.CreateAsync(new() { Model = "", Input = "Hi" }, null, Token),
        ["speech, streamed"] = async client => await LastAsync(client.Audio.Speech.StreamAsync(new() { Model = "", Input = "Hi" }, null, Token)),
        ["transcription"] = async client => await client.Audio.Transcriptions.CreateAsync(new() { Model = "", File = Sound() }, null, Token),
        ["transcription, streamed"] = async client => await LastAsync(client.Audio.Transcriptions.StreamAsync(new() { Model = "", File = Sound() }, null, Token)),
        ["translation"] = async client => await client.Audio.Translations.CreateAsync(new() { Model = "", File = Sound() }, null, Token),
        ["images"] = async client => await client.Images.GenerateAsync(new() { Model = "", Prompt = "A cat" }, null, Token),
        ["images, streamed"] = async client => await LastAsync(client.Images.GenerateStreamAsync(new() { Model = "", Prompt = "A cat" }, null, Token)),
        ["image edits"] = async client => await client.Images.EditAsync(new() { Model = "", Prompt = "A hat", Images = [Picture()] }, null, Token),
        ["image edits, streamed"] = async client => await LastAsync(client.Images.EditStreamAsync(new() { Model = "", Prompt = "A hat", Images = [Picture()] }, null, Token)),
        ["image variations"] = async client => await client.Images.CreateVariationAsync(new() { Model = "", Image = Picture() }, null, Token),
        ["batches"] = async client => await client.Batches.CreateAsync([new("a", new ChatCompletionRequest { Model = "", Messages = [Message.User("Hi")] })], null, null, Token),
    };

    public static TheoryData<string> Calls => [.. _calls.Keys];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task It_is_the_default_model(string call)
    {
        using var client = new LlmClient(new() { Environment = static _ => null, DefaultModel = "sandbox/any" });

        Assert.Equal("sandbox", (await _calls[call](client)).Provider);
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Without_a_default_model_it_is_told(string call)
    {
        using var client = new LlmClient(new() { Environment = static _ => null });

        var error = await Assert.ThrowsAsync<ConfigurationException>(() => _calls[call](client));

        Assert.Equal("the request names no model: set Model to provider/model, or a default by LlmOptions.DefaultModel or MUXI_LLM_MODEL", error.Message);
    }

    [Fact]
    public async Task Tokens_are_counted_for_the_default_model()
    {
        using var client = new LlmClient(new() { Environment = static _ => null, DefaultModel = "sandbox/any" });

        var count = await client.Tokens.CountAsync(new() { Model = "", Messages = [Message.User("Hi")] }, null, Token);

        Assert.Equal("sandbox", count.Provider);
    }

    [Fact]
    public async Task A_moderation_without_a_model_is_OpenAIs_whatever_answers_otherwise()
    {
        using var client = new LlmClient(new() { Environment = static _ => null, DefaultModel = "sandbox/any" });

        var error = await Assert.ThrowsAsync<ConfigurationException>(() => client.Moderations.CreateAsync(new() { Input = "Hi" }, null, Token));

        Assert.StartsWith("openai needs a key", error.Message, StringComparison.Ordinal);
    }

    private static FileSource Sound() => FileSource.FromBytes(WavAudio.FromPcm(new byte[4800]), "a.wav");

    private static FileSource Picture() => FileSource.FromBytes(ImageWire.Png, "a.png");

    private static async Task<Reply> LastAsync<T>(IAsyncEnumerable<T> all) where T : Reply
    {
        Reply? last = null;
        await foreach (var one in all.WithCancellation(Token)) last = one;
        return last!;
    }
}
