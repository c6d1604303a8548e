namespace Muxi.Llm.Tests;

/// <summary>As for chat: whatever a server says to any other operation, the key that it was sent shows nowhere.</summary>
[Collection(nameof(Alone))]
public class Law09_A_key_is_seen_nowhere_in_any_operation
{
    private static readonly string[] _slots = ["LlmOptions.ApiKeys", "RequestOptions.ApiKey", "LlmOptions.Headers x-api-key", "LlmOptions.BaseUrls' user info in place of a key"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Situations => [.. CanaryServers.Replies.Keys];

    [Theory, MemberData(nameof(Situations))]
    public async Task Whatever_the_server_says(string situation)
    {
        using var witness = new Witness();
        foreach (var slot in CanarySlot.All.Where(slot => _slots.Contains(slot.Name)))
        {
            await using var server = FaultServer.Start(CanaryServers.Replies[situation]);
            var (options, request) = slot.Put(server.Url);
            var limits = new Timeouts { FirstByte = TimeSpan.FromMilliseconds(25), Idle = TimeSpan.FromMilliseconds(25) };
            options = options with { Providers = [.. options.Providers, Providers.OpenAI with { Rerank = new CohereRerank() }], LoggerFactory = witness, Retries = Calls.Once, Timeouts = situation.StartsWith("silence", StringComparison.Ordinal) ? limits : null };
            using var client = new LlmClient(options);
            foreach (var (name, call) in Operations(client, request))
            {
                witness.Slot = $"{slot.Name}, {name}";
                try
                {
                    witness.Saw("reply", await call());
                }
                catch (Exception e)
                {
                    witness.Saw(e);
                }
            }
            Assert.NotEmpty(server.Requests);
            foreach (var seen in server.Requests)
            {
                Assert.Contains(seen.Headers.Values, Canary.IsIn);
                witness.Saw(seen);
            }
        }

        Assert.All(witness.Failures, error => Assert.IsAssignableFrom<LlmException>(error));
        Law.Holds(witness.Leaks(), "Make it known to Target.Secrets and pass what is shown through Redaction, or do not show it.");
    }

    /// <summary>Every operation but chat, and what it gives as text.</summary>
    private static IEnumerable<(string Name, Func<Task<string?>> Call)> Operations(LlmClient client, RequestOptions? options)
    {
        var file = FileSource.FromBytes("sound"u8.ToArray(), "a.wav");
        var picture = ImageInput.FromBytes(ImageWire.Png);
        yield return ("completion", async () => (await client.Completions.CreateAsync(new() { Model = "openai/m", Prompt = "Hi" }, options, Token)).ToJson());
        yield return ("streamed completion", () => AllAsync(client.Completions.StreamAsync(new() { Model = "openai/m", Prompt = "Hi" }, options, Token), one => one.ToJson()));
        yield return ("answer of a type", async () => (await client.Chat.Completions.CreateAsync(Calls.Ask("openai/m"), StructuredSuiteJson.Default.Hero, options, Token)).Completion.ToJson());
        yield return ("loop of tools", async () => (await client.Chat.Completions.RunToolsAsync(Calls.Ask("openai/m"), [FunctionTool.Custom("note", static (text, _) => Task.FromResult(ToolResult.FromText(text)))], null, options, Token)).ToJson());
        yield return ("response", async () => (await client.Responses.CreateAsync(new() { Model = "openai/m", Input = "Hi" }, options, Token)).ToJson());
        yield return ("streamed response", () => AllAsync(client.Responses.StreamAsync(new ResponseRequest { Model = "openai/m", Input = "Hi" }, options, Token), one => one.ToJson()));
        yield return ("response in the background", () => AllAsync(client.Responses.StreamInBackgroundAsync(new() { Model = "openai/m", Input = "Hi" }, new() { MaxTries = 1, Interval = TimeSpan.Zero }, options, Token), one => one.ToJson()));
        yield return ("response that is looked at", async () => (await client.Responses.RetrieveAsync("openai/r", options, Token)).ToJson());
        yield return ("response that is stopped", async () => (await client.Responses.CancelAsync("openai/r", options, Token)).ToJson());
        yield return ("response that is deleted", async () => (await client.Responses.DeleteAsync("openai/r", options, Token)).ToString());
        yield return ("input of a response", () => AllAsync(client.Responses.InputItemsAsync("openai/r", options, Token), one => one.ToJson()));
        yield return ("count of a response's input", async () => (await client.Responses.CountInputTokensAsync(new() { Model = "openai/m", Input = "Hi" }, options, Token)).ToString());
        yield return ("count of a chat", async () => (await client.Tokens.CountAsync(Calls.Ask("openai/m"), options, Token)).ToString());
        yield return ("condensed conversation", async () => (await client.Responses.CompactAsync(new() { Model = "openai/m", Input = "Hi" }, options, Token)).ToString());
        yield return ("embedding", async () => (await client.Embeddings.CreateAsync(new() { Model = "openai/m", Input = "Hi" }, options, Token)).ToJson());
        yield return ("ranking", async () => (await client.Rerank.CreateAsync(new() { Model = "openai/m", Query = "Hi", Documents = ["Hi"] }, options, Token)).ToJson());
        yield return ("moderation", async () => (await client.Moderations.CreateAsync(new() { Model = "openai/m", Input = "Hi" }, options, Token)).ToString());
        yield return ("models", () => AllAsync(client.Models.ListAsync("openai", options, Token), one => one.ToString()));
        yield return ("model", async () => (await client.Models.RetrieveAsync("openai/m", options, Token)).ToString());
        yield return ("picture", async () => (await client.Images.GenerateAsync(new() { Model = "openai/m", Prompt = "Hi" }, options, Token)).ToJson());
        yield return ("streamed picture", () => AllAsync(client.Images.GenerateStreamAsync(new() { Model = "openai/m", Prompt = "Hi" }, options, Token), one => one.ToJson()));
        yield return ("edit", async () => (await client.Images.EditAsync(new() { Model = "openai/m", Prompt = "Hi", Images = [picture] }, options, Token)).ToJson());
        yield return ("variation", async () => (await client.Images.CreateVariationAsync(new() { Model = "openai/m", Image = FileSource.FromBytes(ImageWire.Png, "a.png") }, options, Token)).ToJson());
        yield return ("transcript", async () => (await client.Audio.Transcriptions.CreateAsync(new() { Model = "openai/m", File = file }, options, Token)).ToJson());
        yield return ("streamed transcript", () => AllAsync(client.Audio.Transcriptions.StreamAsync(new() { Model = "openai/m", File = file }, options, Token), one => one.ToJson()));
        yield return ("translation", async () => (await client.Audio.Translations.CreateAsync(new() { Model = "openai/m", File = file }, options, Token)).ToJson());
        yield return ("speech", async () =>
        {
            await using var speech = await client.Audio.Speech.CreateAsync(new() { Model = "openai/m", Input = "Hi", Voice = "v" }, options, Token);
            return $"{speech} {speech.ContentType}";
        });
        yield return ("streamed speech", () => AllAsync(client.Audio.Speech.StreamAsync(new() { Model = "openai/m", Input = "Hi", Voice = "v" }, options, Token), one => one.ToJson()));
        yield return ("upload of a file", async () => (await client.Files.UploadAsync(new() { File = file, Purpose = "user_data", Provider = "openai" }, options, Token)).ToString());
        yield return ("files", async () => (await client.Files.ListPageAsync(new() { Provider = "openai" }, options, Token)).ToString());
        yield return ("file", async () => (await client.Files.RetrieveAsync("openai/f", options, Token)).ToString());
        yield return ("content", async () =>
        {
            await using var content = await client.Files.ContentAsync("openai/f", options, Token);
            return $"{content} {content.ContentType}";
        });
        yield return ("deletion", async () => (await client.Files.DeleteAsync("openai/f", options, Token)).ToString());
        yield return ("batch", async () => (await client.Batches.CreateAsync(new BatchCreateRequest { InputFileId = "openai/f", Endpoint = BatchEndpoint.ChatCompletions }, options, Token)).ToJson());
        yield return ("batch of requests", async () => (await client.Batches.CreateAsync([new("a", new CompletionRequest { Model = "openai/m", Prompt = "Hi" })], null, options, Token)).ToJson());
        yield return ("batches", async () => (await client.Batches.ListPageAsync(new() { Provider = "openai" }, options, Token)).ToString());
        yield return ("look at a batch", async () => (await client.Batches.RetrieveAsync("openai/b", options, Token)).ToJson());
        yield return ("stop of a batch", async () => (await client.Batches.CancelAsync("openai/b", options, Token)).ToJson());
        yield return ("results of a batch", () => AllAsync(client.Batches.ResultsAsync("openai/b", options, Token), one => one.ToJson()));
        yield return ("upload", async () => (await client.Uploads.CreateAsync(new() { Filename = "a", Bytes = 1, MimeType = "text/plain", Purpose = "user_data", Provider = "openai" }, options, Token)).ToString());
    }

    private static async Task<string?> AllAsync<T>(IAsyncEnumerable<T> events, Func<T, string?> write)
    {
        var all = new List<string?>();
        await foreach (var one in events) all.Add(write(one));
        return string.Join('\n', all);
    }
}
