namespace Muxi.Llm.Tests;

/// <summary>What pictures cost, by the examples of the vendors' guides, and how their size is read.</summary>
public sealed class PictureTests
{
    [Theory]
    // OpenAI, "Images and vision": 1024 x 1024 is four tiles, 2048 x 4096 becomes 768 x 1536 and six; low is the base alone.
    [InlineData("gpt-4o", 1024, 1024, "high", 765)]
    [InlineData("gpt-4o", 2048, 4096, null, 1105)]
    [InlineData("gpt-4o", 4096, 8192, "low", 85)]
    [InlineData("gpt-4o-mini", 300, 300, null, 2833 + 5667)]
    [InlineData("o1", 1024, 1024, null, 75 + 4 * 150)]
    [InlineData("gpt-5", 1024, 1024, null, 70 + 4 * 140)]
    // The same guide: 1024 x 1024 is 1024 patches, 1800 x 2400 becomes 1056 x 1408 and 1452.
    [InlineData("gpt-4.1-mini", 1024, 1024, null, 1659)]
    [InlineData("gpt-4.1-mini", 1800, 2400, "low", 2353)]
    [InlineData("gpt-4.1-nano", 1024, 1024, null, 2520)]
    [InlineData("o4-mini", 1024, 1024, null, 1762)]
    [InlineData("gpt-5-mini", 1280, 720, null, 1104)]
    [InlineData("gpt-5-nano", 1024, 1024, null, 1536)]
    [InlineData("gpt-5.4-nano", 768, 1024, null, 922)]
    // Anthropic, "Vision": width times height over 750; 1092 x 1092 is about 1590, 200 x 200 about 54.
    [InlineData("claude-sonnet-4-5", 1092, 1092, null, 1590)]
    [InlineData("claude-sonnet-4-5", 200, 200, null, 54)]
    [InlineData("claude-sonnet-4-5", 6000, 6000, null, 1600)]
    [InlineData("claude-opus-5", 2576, 1288, null, 4424)]
    // Google, "Understand and count tokens": 258 up to 384 x 384, else 258 for each crop.
    [InlineData("gemini-2.5-flash", 384, 384, null, 258)]
    [InlineData("gemini-2.5-flash", 960, 540, null, 258 * 6)]
    [InlineData("gemini-3-pro", 960, 540, null, 1120)]
    public void Pictures_cost_what_the_guides_say(string model, int width, int height, string? detail, double expected) => Assert.Equal(expected, TokenFacts.Of(model).Pictures.Tokens((width, height), detail));

    [Theory]
    [InlineData("89504E470D0A1A0A0000000D49484452000002800000013C", 640, 316)]
    [InlineData("47494638396180021E01", 640, 286)]
    [InlineData("FFD8FFE000104A46494600010100000100010000FFDB0004FFFFFFC0001108012C0280", 640, 300)]
    [InlineData("524946460000000057454250565038200000000000000000009D012A80022C01", 640, 300)]
    [InlineData("52494646000000005745425056503858000000000000000000" + "7F02002B0100", 640, 300)]
    public void A_pictures_size_is_read_from_its_head(string hex, int width, int height)
    {
        var file = Convert.FromHexString(hex);
        // VP8: three bytes of frame tag stand before the start code.
        if (hex.Contains("56503820", StringComparison.Ordinal)) file = [.. file[..20], 0, 0, 0, 0x9D, 0x01, 0x2A, .. file[^4..]];
        if (hex.Contains("56503858", StringComparison.Ordinal)) file = [.. file[..20], 0, 0, 0, 0, .. file[^6..]];

        Assert.Equal((width, height), PictureSize.Of(file));
    }

    [Fact]
    public void A_lossless_webp_holds_its_size_in_fourteen_bits_each()
    {
        var bits = 639u | 299u << 14;
        byte[] file = [.. "RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f"u8, .. BitConverter.GetBytes(bits), 0, 0, 0, 0, 0];

        Assert.Equal((640, 300), PictureSize.Of(file));
    }

    [Theory]
    [InlineData("")]
    [InlineData("89504E470D0A1A0A")]
    [InlineData("89504E470D0A1A0A0000000D494844520000000000000000")]
    [InlineData("FFD8FFE00010")]
    [InlineData("FFD8FF00000000000000000000000000")]
    [InlineData("424D0000")]
    public void A_broken_picture_has_no_size(string hex) => Assert.Null(PictureSize.Of(Convert.FromHexString(hex)));

    [Theory]
    [InlineData("gpt-4o", 765)]
    [InlineData("gpt-4.1-mini", 1659)]
    [InlineData("claude-sonnet-4-5", 1399)]
    public void A_picture_that_nobody_has_seen_counts_as_a_common_one(string model, double expected) => Assert.Equal(expected, TokenFacts.Of(model).Pictures.Tokens(null, null));
}
