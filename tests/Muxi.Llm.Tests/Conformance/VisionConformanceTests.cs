namespace Muxi.Llm.Tests;

/// <summary>Pictures mean the same in every wire format: each arrives in its place, as it was given.</summary>
public sealed class VisionConformanceTests
{
    private static readonly byte[] _png = [0x89, .. "PNG"u8, 13, 10, 26, 10, 1];
    private static readonly byte[] _jpeg = [0xFF, 0xD8, 0xFF, 0xE0, 2];
    private static readonly byte[] _gif = [.. "GIF89a"u8, 3];
    private static readonly byte[] _webp = [.. "RIFF"u8, 4, 0, 0, 0, .. "WEBPVP8 "u8, 4];

    public static TheoryData<string, bool> Formats => ToolConformanceTests.Formats;

    [Theory, MemberData(nameof(Formats))]
    public async Task Bytes_of_every_kind_arrive_with_their_media_type(string format, bool stream)
    {
        await using var talk = await Conversing.BeginAsync(stream);
        foreach (var (bytes, type) in ((byte[], string)[])[(_png, "image/png"), (_jpeg, "image/jpeg"), (_gif, "image/gif"), (_webp, "image/webp")])
        {
            // A wrong name does not mislead: the bytes tell.
            var reply = await talk.AskAsync(WireModel.All[format], Ask("What is it?", Image.FromBytes(bytes, "image/bmp")), new Said.Words("A dot."));

            Assert.Equal("A dot.", reply.Text);
            Assert.Equal([$"user: What is it? | <{type} {Convert.ToBase64String(bytes)}>"], talk.Last.Lines);
        }
    }

    [Theory, MemberData(nameof(Formats))]
    public async Task An_address_is_left_to_the_service_to_fetch_unless_it_reads_none(string format, bool stream)
    {
        if (!WireModel.All[format].ReadsAddresses)
        {
            await using var refused = await Conversing.BeginAsync(stream, static options => options with { FetchMedia = false });
            await Assert.ThrowsAsync<BadRequestException>(() => refused.AskAsync(WireModel.All[format], Ask(Image.FromUrl("https://example.org/cat.jpg")), new Said.Words("A cat.")));
            return;
        }
        await using var talk = await Conversing.BeginAsync(stream);

        await talk.AskAsync(WireModel.All[format], Ask("What is it?", Image.FromUrl("https://example.org/cat.jpg?size=1&x=%20", "high")), new Said.Words("A cat."));

        Assert.Equal(["user: What is it? | <https://example.org/cat.jpg?size=1&x=%20>"], talk.Last.Lines);
    }

    [Theory, MemberData(nameof(Formats))]
    public async Task Several_pictures_and_the_words_between_keep_their_order(string format, bool stream)
    {
        await using var talk = await Conversing.BeginAsync(stream);

        await talk.AskAsync(WireModel.All[format], Ask("First:", Image.FromBytes(_png), "Second:", Image.FromBytes(_jpeg), "Which is redder?"), new Said.Words("The second."));

        Assert.Equal([$"user: First: | <image/png {Convert.ToBase64String(_png)}> | Second: | <image/jpeg {Convert.ToBase64String(_jpeg)}> | Which is redder?"], talk.Last.Lines);
    }

    [Theory, MemberData(nameof(Formats))]
    public async Task A_picture_without_words_and_one_in_a_later_turn(string format, bool stream)
    {
        await using var talk = await Conversing.BeginAsync(stream);
        var model = WireModel.All[format];

        var first = await talk.AskAsync(model, Ask(Image.FromBytes(_gif)), new Said.Words("A gif."));
        var request = Ask(Image.FromBytes(_gif));
        await talk.AskAsync(model, request with { Messages = [.. request.Messages, first.Choices[0].Message, Message.User(Image.FromBytes(_png), "And this?")] }, new Said.Words("A png."));

        var picture = $"<image/png {Convert.ToBase64String(_png)}>";
        Assert.Equal([$"user: <image/gif {Convert.ToBase64String(_gif)}>", "assistant: A gif.", model.PlacesPictures ? $"user: {picture} | And this?" : $"user: And this? | {picture}"], talk.Last.Lines);
    }

    private static ChatCompletionRequest Ask(params ContentPart[] parts) => new() { Model = "", Messages = [Message.User(parts)], MaxTokens = 100 };
}
