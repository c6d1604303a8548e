using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Pictures, sounds and documents in a message, from wherever they come: what is sent, what it costs, and what is refused.</summary>
public sealed class AttachmentTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("muxi attachments ");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_picture_is_the_same_from_a_file_from_memory_from_a_stream_and_in_a_data_URI()
    {
        var path = Path.Combine(_folder.FullName, "cat.txt");
        await File.WriteAllBytesAsync(path, ImageWire.Png, Cancel);
        await using var file = File.OpenRead(path);
        var uri = "data:image/png;base64," + ImageWire.Base64;
        ContentPart[] parts =
        [
            Image.FromFile(path, "low"), Image.FromBytes(ImageWire.Png, "image/gif", "low"), Read(stream => Image.FromStream(stream, "low"), ImageWire.Png), await Image.FromStreamAsync(file, "low", Cancel), Image.FromUrl(uri, "low"),
        ];

        Assert.All(parts, part => Assert.Equal((uri, "low"), (part.ImageUrl!.Url, part.ImageUrl.Detail)));
        Assert.All(parts, part => Assert.Equal($$$"""{"type":"image_url","image_url":{"url":"{{{uri}}}","detail":"low"}}""", Rendered("openai/m", part).ToJsonString().Replace("\\u002B", "+", StringComparison.Ordinal)));
        Assert.True(file.CanRead);
    }

    [Fact]
    public async Task So_are_a_sound_and_a_document()
    {
        var wav = Convert.FromBase64String(MediaTypeTests.Files.Single(row => row.Data.Item1 == "a.wav").Data.Item3);
        var sound = "data:audio/wav;base64," + Convert.ToBase64String(wav);
        var text = "data:text/plain;base64," + Convert.ToBase64String("Moin"u8);

        Assert.All(
            [Audio.FromBytes(wav, "wav"), Read(stream => Audio.FromStream(stream, "mp3"), wav), await Audio.FromStreamAsync(new MemoryStream(wav), "mp3", Cancel), Audio.FromDataUri(sound)],
            part => Assert.Equal($$$"""{"type":"input_audio","input_audio":{"data":"{{{Convert.ToBase64String(wav)}}}","format":"wav"}}""", Rendered("openai/m", part).ToJsonString().Replace("\\u002B", "+", StringComparison.Ordinal)));
        Assert.All(
            [Document.FromBytes("Moin"u8, "a.txt"), Read(stream => Document.FromStream(stream, "a.txt"), "Moin"u8.ToArray()), await Document.FromStreamAsync(new MemoryStream("Moin"u8.ToArray()), "a.txt", Cancel), Document.FromUrl(text, "a.txt")],
            part =>
            {
                Assert.Equal($$$"""{"type":"file","file":{"filename":"a.txt","file_data":"{{{text}}}"}}""", Rendered("openai/m", part).ToJsonString());
                Assert.Equal("""{"type":"document","source":{"type":"text","media_type":"text/plain","data":"Moin"},"title":"a.txt"}""", Rendered("anthropic/claude-sonnet-4-5", part).ToJsonString());
            });
        Assert.Throws<ArgumentException>(() => Audio.FromDataUri("https://example.org/a.wav"));
        Assert.Throws<ArgumentException>(() => Image.FromStream(new MemoryStream()));
    }

    [Fact]
    public void A_stream_is_read_from_where_it_stands()
    {
        using var stream = new MemoryStream([1, 2, 3, .. ImageWire.Png]) { Position = 3 };

        Assert.EndsWith(ImageWire.Base64, Image.FromStream(stream).ImageUrl!.Url, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("openai/gpt-4o", 37.3, 37.6, "openai: the request has ", " MB with its attachments in base64: 50 MB at most are taken")]
    [InlineData("anthropic/claude-sonnet-4-5", 9.9, 10.1, "anthropic: a picture has 10.1 MB: 10 MB at most are taken", "")]
    public async Task What_is_larger_than_the_service_takes_is_refused_before_it_is_sent(string model, double fits, double tooLarge, string begins, string ends)
    {
        var provider = model.Split('/')[0];
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(provider == "openai" ? Calls.Reply("ok") : """{"id":"1","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"ok"}],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":1}}"""));
        using var client = Calls.ClientFor(server.Url, provider);

        Assert.Equal("ok", (await client.AskAsync(Ask(model, Picture(fits)))).Text);
        foreach (var part in (ContentPart[])[Image.FromBytes(Picture(tooLarge)), Image.FromUrl("data:image/png;base64," + Convert.ToBase64String(Picture(tooLarge)))])
        {
            var error = await Assert.ThrowsAsync<BadRequestException>(() => client.AskAsync(new ChatCompletionRequest { Model = model, Messages = [Message.User(part)] }));
            Assert.StartsWith(begins, error.Message, StringComparison.Ordinal);
            Assert.EndsWith(ends, error.Message, StringComparison.Ordinal);
            Assert.Equal("messages", error.Param);
        }
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Many_pictures_that_are_too_much_together_are_refused()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("{}"));
        using var client = Calls.ClientFor(server.Url, "anthropic");
        var request = new ChatCompletionRequest { Model = "anthropic/claude-sonnet-4-5", Messages = [Message.User([.. Enumerable.Repeat(Image.FromBytes(Picture(9)), 3)])] };

        var error = await Assert.ThrowsAsync<BadRequestException>(() => client.AskAsync(request));

        Assert.Equal("anthropic: the request has 36 MB with its attachments in base64: 32 MB at most are taken", error.Message);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public void A_large_attachment_is_held_once_and_written_without_a_copy_in_text()
    {
        const int Size = 16 << 20;
        var path = Path.Combine(_folder.FullName, "large.png");
        File.WriteAllBytes(path, Picture(16));
        Rendered("vllm/m", Image.FromFile(path));

        var before = GC.GetAllocatedBytesForCurrentThread();
        var part = Image.FromFile(path);
        var made = GC.GetAllocatedBytesForCurrentThread() - before;
        var call = new OpenAIChat().Render(new() { Model = "m", Messages = [Message.User(part)] }, new("p", "m", "id", DateTimeOffset.UnixEpoch), stream: false);
        var rendered = GC.GetAllocatedBytesForCurrentThread() - before - made;

        // Bytes alone; as text it would be 2.7 times as much, and again that for each body.
        Assert.InRange(made, Size, Size * 1.05);
        Assert.InRange(rendered, call.Body.Length, Size * 1.34 * 1.05);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static ContentPart Read(Func<Stream, ContentPart> read, byte[] bytes) => read(new MemoryStream(bytes));

    private static byte[] Picture(double megabytes)
    {
        var bytes = new byte[(int)(megabytes * (1 << 20))];
        ImageWire.Png.CopyTo(bytes, 0);
        return bytes;
    }

    private static ChatCompletionRequest Ask(string model, byte[] picture) => new() { Model = model, Messages = [Message.User(Image.FromBytes(picture))] };

    /// <summary>The part as its service's request has it.</summary>
    private static JsonNode Rendered(string model, ContentPart part)
    {
        var (provider, name, _) = Catalog.Resolve(model);
        var call = provider.Chat!.ForModel(name).Render(new() { Model = model, Messages = [Message.User(part)] }, new(provider.Name, name, "id", DateTimeOffset.UnixEpoch), stream: false);
        return JsonNode.Parse(call.Body.Span)!["messages"]![0]!["content"]![0]!;
    }
}
