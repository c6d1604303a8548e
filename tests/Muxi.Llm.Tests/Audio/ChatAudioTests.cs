using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Sound in a conversation: what a person says, what the model answers, whole and in pieces, and how a later turn names it.</summary>
public sealed class ChatAudioTests : IDisposable
{
    private static readonly string _opening = Calls.Event("""{"index":0,"delta":{"role":"assistant","content":null,"refusal":null,"audio":{"id":"audio_1"}},"finish_reason":null}""");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("muxi-chat-audio");

    [Fact]
    public async Task What_is_asked_for_and_said_reaches_the_wire()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Calls.Reply("Hi")));
        using var client = Calls.ClientFor(server.Url);
        using var stream = new MemoryStream(SoundFiles.Wav(10));

        await client.AskAsync(new ChatCompletionRequest
        {
            Model = "openai/gpt-audio", Messages = [Message.User("What is said?", await Audio.FromStreamAsync(stream, null, TestContext.Current.CancellationToken))],
            Modalities = ["text", "audio"], Audio = new ChatAudio("alloy", "wav"),
        });

        var sent = JsonNode.Parse(server.Requests[0].Body)!;
        Assert.Equal("""["text","audio"]""", sent["modalities"]!.ToJsonString());
        Assert.Equal("""{"voice":"alloy","format":"wav"}""", sent["audio"]!.ToJsonString());
        Assert.Equal("wav", (string?)sent["messages"]![0]!["content"]![1]!["input_audio"]!["format"]);
        Assert.Equal(Convert.ToBase64String(SoundFiles.Wav(10)), (string?)sent["messages"]![0]!["content"]![1]!["input_audio"]!["data"]);
        await OpenAISchemas.ExpectValidAsync([("CreateChatCompletionRequest", server.Requests[0].Text)]);
    }

    [Fact]
    public void A_voice_of_ones_own_and_further_members_are_written() =>
        Assert.Equal("""{"voice":{"id":"voice_1"},"format":"pcm16","own":1}""", (new ChatAudio(SpeechVoice.Custom("voice_1"), "pcm16") { Extra = """{"own":1}""" }).ToJson());

    [Fact]
    public async Task A_stream_whose_bytes_do_not_tell_their_format_needs_its_name()
    {
        using var samples = new MemoryStream([1, 2, 3, 4]);
        using var again = new MemoryStream([1, 2, 3, 4]);
        using var none = new MemoryStream();

        await Assert.ThrowsAsync<ArgumentException>(() => Audio.FromStreamAsync(samples, null, TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<ArgumentException>(() => Audio.FromStreamAsync(none, "wav", TestContext.Current.CancellationToken));
        Assert.Equal(("AQIDBA==", "pcm16"), ((await Audio.FromStreamAsync(again, "pcm16", TestContext.Current.CancellationToken)).InputAudio!.Data, (await Audio.FromStreamAsync(new MemoryStream([1]), "pcm16", TestContext.Current.CancellationToken)).InputAudio!.Format));
    }

    [Theory]
    [InlineData("mp3", "mp3"), InlineData("opus", "ogg"), InlineData("aac", "aac"), InlineData("flac", "flac"), InlineData("wav", "wav")]
    public async Task The_format_of_a_stream_and_of_a_file_is_told_by_their_bytes(string made, string told)
    {
        var sound = SoundForms.Spoken("Hi", made);
        var path = Path.Combine(_folder.FullName, "no-ending");
        await File.WriteAllBytesAsync(path, sound, TestContext.Current.CancellationToken);
        // AAC of the sandbox begins with a tag of MP3's, as real files do; behind it are its frames.
        if (made == "aac") told = "mp3";

        Assert.Equal(told, (await Audio.FromStreamAsync(new MemoryStream(sound), "other", TestContext.Current.CancellationToken)).InputAudio!.Format);
        Assert.Equal(told, Audio.FromFile(path).InputAudio!.Format);
    }

    [Fact]
    public void AAC_without_a_tag_is_told_from_MP3() => Assert.Equal(("audio/aac", "audio/mpeg"), (Media.TypeOf([0xFF, 0xF1, 0x58, 0x40]), Media.TypeOf([0xFF, 0xF3, 0x44, 0xC4])));

    [Fact]
    public async Task Deltas_put_together_are_the_sound_and_the_words_at_every_split()
    {
        byte[][] pieces = [[1, 2, 3, 4], [5, 6], [7, 8, 9]];
        var events = _opening
            + string.Concat(pieces.Select((piece, i) => Calls.Event($$$"""{"index":0,"delta":{"audio":{"data":"{{{Convert.ToBase64String(piece)}}}","transcript":"{{{i}}} Grüße "}},"finish_reason":null}""")))
            + Calls.Event("""{"index":0,"delta":{"audio":{"expires_at":1763903600}},"finish_reason":null}""") + Calls.Finish + Calls.Usage + Calls.Done;
        for (var seed = 1; seed <= 20; seed++)
        {
            await using var server = await ReplayServer.StartAsync(seed, CannedReply.Sse(events));
            using var client = Calls.ClientFor(server.Url);
            var played = new List<byte>();

            var reply = await client.AskStream().Tee(chunk => played.AddRange(chunk.Choices.SelectMany(choice => choice.Delta.Audio?.ToBytes() ?? [])), TestContext.Current.CancellationToken).WholeAsync();

            var audio = reply.Choices[0].Message.Audio!;
            Assert.Equal(("audio_1", "0 Grüße 1 Grüße 2 Grüße ", 1763903600L), (audio.Id, audio.Transcript, audio.ExpiresAt));
            Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9], audio.ToBytes());
            Assert.Equal(audio.ToBytes(), played);
            Assert.Null(reply.Choices[0].Message.Content);
        }
    }

    [Fact]
    public async Task The_id_alone_is_an_opening_so_an_error_behind_it_is_made_again()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Sse(_opening + "data: {\"error\":{\"message\":\"overloaded\",\"type\":\"server_error\"}}\n\n"), CannedReply.Sse(Calls.Events("Hi")));
        using var client = new LlmClient(Calls.OptionsFor(server.Url) with { Retries = new() { Max = 1, InitialDelay = TimeSpan.Zero } });

        var reply = await client.AskStream().WholeAsync();

        Assert.Equal(("Hi", 2), (reply.Text, reply.Attempts.Count));
    }

    [Theory]
    [InlineData("""{"index":0,"delta":{"audio":{"data":"AQID"}},"finish_reason":null}""", "AQID", null)]
    [InlineData("""{"index":0,"delta":{"audio":{"transcript":"Hel"}},"finish_reason":null}""", null, "Hel")]
    public async Task Sound_commits_so_a_break_behind_it_tells_what_came(string delta, string? data, string? transcript)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Sse(_opening + Calls.Event(delta)));
        using var client = new LlmClient(Calls.OptionsFor(server.Url) with { Retries = new() { Max = 3, InitialDelay = TimeSpan.Zero } });

        var error = await Assert.ThrowsAsync<StreamInterruptedException>(() => client.AskStream().WholeAsync());

        Assert.Equal((data, transcript), (error.Received!.Choices[0].Message.Audio!.Data, error.Received.Choices[0].Message.Audio!.Transcript));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_later_turn_names_an_earlier_answer_by_its_id_and_sends_no_sound_again()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Calls.Reply("Hi")));
        using var client = Calls.ClientFor(server.Url);
        var answer = new Message { Role = Role.Assistant, Audio = new() { Id = "audio_1", Data = "AQID", Transcript = "Good day", ExpiresAt = 1 } };

        await client.AskAsync(new ChatCompletionRequest { Model = "openai/gpt-audio", Messages = [Message.User("Hi"), answer, Message.User("Again?")] });

        Assert.Equal("""{"role":"assistant","content":null,"audio":{"id":"audio_1"}}""", JsonNode.Parse(server.Requests[0].Body)!["messages"]![1]!.ToJsonString());
    }

    [Fact]
    public async Task Where_sound_has_no_place_each_loss_is_a_warning()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"id":"1","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"Hi"}],"stop_reason":"end_turn","usage":{"input_tokens":3,"output_tokens":2}}"""));
        using var client = Calls.ClientFor(server.Url, "anthropic");

        var reply = await client.AskAsync(new ChatCompletionRequest
        {
            Model = "anthropic/claude-sonnet-4-5", Messages = [Message.User("What?", Audio.FromBytes([1, 2, 3], "wav"))], Modalities = ["text", "audio"], Audio = new ChatAudio("alloy", "wav"),
        });

        Assert.Equal(["audio", "messages.content", "modalities"], reply.Warnings.Select(warning => warning.Param).Order(StringComparer.Ordinal));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task The_sandbox_answers_aloud_and_the_server_passes_it_on(bool isStreamed)
    {
        await using var served = await Served.SandboxAsync();
        const string More = ""","modalities":["text","audio"],"audio":{"voice":"alloy","format":"pcm16"}""";

        using var whole = await served.ChatAsync(Served.Ask("sandbox/chat", More));
        var audio = JsonNode.Parse(await whole.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["choices"]![0]!["message"]!["audio"]!;
        Assert.True(Convert.FromBase64String((string)audio["data"]!).Length > 1000);
        if (!isStreamed) return;

        using var stream = await served.ChatAsync(Served.AskStream("sandbox/chat", More));
        var (events, error) = await stream.EventsAsync();
        Assert.Null(error);
        var deltas = events[..^1].Select(data => JsonNode.Parse(data)!["choices"]!.AsArray().FirstOrDefault()?["delta"]?["audio"]).Where(delta => delta is not null).ToList();
        Assert.Equal(Convert.FromBase64String((string)audio["data"]!), deltas.Where(delta => delta!["data"] is not null).SelectMany(delta => Convert.FromBase64String((string)delta!["data"]!)));
        Assert.Equal((string)audio["transcript"]!, string.Concat(deltas.Select(delta => (string?)delta!["transcript"])));
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
