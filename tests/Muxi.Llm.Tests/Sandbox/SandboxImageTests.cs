using System.Buffers.Binary;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>The simulator's pictures: real files, the same for equal requests, refused where OpenAI refuses.</summary>
public sealed class SandboxImageTests : IDisposable
{
    private readonly SandboxClient _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Theory]
    [InlineData("", 1024, 1024, 3)]
    [InlineData(""","size":"auto" """, 1024, 1024, 3)]
    [InlineData(""","size":"1536x1024" """, 1536, 1024, 3)]
    [InlineData(""","size":"48x16","background":"transparent" """, 48, 16, 4)]
    public async Task A_picture_is_a_whole_PNG_of_the_size_that_was_asked_for(string more, int width, int height, int channels)
    {
        var reply = await GenerateAsync(more);

        var (w, h, c, pixels) = Decode(Bytes(reply));
        Assert.Equal((width, height, channels), (w, h, c));
        Assert.True(pixels.Chunk(c).Select(pixel => (pixel[0] << 16) | (pixel[1] << 8) | pixel[2]).Distinct().Count() > 8, "it is one colour");
        if (c == 4) Assert.Equal([0, 255], pixels.Chunk(4).Select(pixel => (int)pixel[3]).Distinct().Order());
    }

    [Fact]
    public async Task Equal_requests_get_equal_pictures_and_others_get_others()
    {
        var first = Bytes(await GenerateAsync(""","n":2,"size":"64x64" """));
        using var another = new SandboxClient();

        Assert.Equal(first, Bytes(await another.PostAsync("images/generations", """{"model":"image","prompt":"A cat","n":2,"size":"64x64"}""")));
        Assert.NotEqual(first, Bytes(await GenerateAsync(""","n":2,"size":"64x64" """), 1));
        Assert.NotEqual(first, Bytes(await _sandbox.PostAsync("images/generations", """{"model":"image","prompt":"A dog","size":"64x64"}""")));
    }

    [Fact]
    public async Task A_JPEG_is_a_mosaic_that_begins_and_ends_as_one()
    {
        var file = Bytes(await GenerateAsync(""","size":"64x32","output_format":"jpeg" """));

        Assert.Equal("image/jpeg", Media.TypeOf(file));
        Assert.Equal([0xFF, 0xD9], file[^2..]);
        var frame = file.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0, 0, 17, 8]);
        Assert.Equal((32, 64), (BinaryPrimitives.ReadUInt16BigEndian(file.AsSpan(frame + 5)), BinaryPrimitives.ReadUInt16BigEndian(file.AsSpan(frame + 7))));
    }

    [Fact]
    public async Task It_says_that_it_is_a_simulator_and_counts_its_tokens()
    {
        var reply = await GenerateAsync(""","n":2,"quality":"high" """);

        Assert.Contains("simulator and not a model", (string)reply["data"]![0]!["revised_prompt"]!, StringComparison.Ordinal);
        Assert.Equal((2, 8320, 8322), ((int)reply["usage"]!["input_tokens"]!, (int)reply["usage"]!["output_tokens"]!, (int)reply["usage"]!["total_tokens"]!));
        Assert.Equal(("high", "1024x1024", "opaque", "png"), ((string)reply["quality"]!, (string)reply["size"]!, (string)reply["background"]!, (string)reply["output_format"]!));
    }

    [Fact]
    public async Task An_address_is_a_data_URI()
    {
        var url = (string)(await GenerateAsync(""","size":"16x16","response_format":"url" """))["data"]![0]!["url"]!;

        Assert.StartsWith("data:image/png;base64,", url, StringComparison.Ordinal);
        Assert.Equal(16, Decode(Convert.FromBase64String(url[22..])).Width);
    }

    [Fact]
    public async Task An_edit_shows_the_pictures_it_was_given_and_the_pattern_where_the_mask_is_open()
    {
        var red = Flat(64, 64, (255, 0, 0, 255));
        var half = Flat(64, 64, (0, 0, 0, 255), (x, _) => x < 32 ? (byte)0 : (byte)255);

        var (width, _, channels, all) = Decode(Bytes(await _sandbox.FormAsync("images/edits", [("model", "image"), ("prompt", "Hat"), ("size", "256x256")], ("image[]", red))));
        var (_, _, _, masked) = Decode(Bytes(await _sandbox.FormAsync("images/edits", [("model", "image"), ("prompt", "Hat"), ("size", "256x256")], ("image", red), ("mask", half))));

        Assert.Equal(Red, At(all, 128, 128));
        Assert.Equal(Red, At(masked, 200, 128));
        Assert.NotEqual(Red, At(masked, 60, 128));
        Assert.NotEqual(Red, At(all, 4, 4));

        (byte, byte, byte) At(byte[] pixels, int x, int y) => (pixels[((y * width) + x) * channels], pixels[(((y * width) + x) * channels) + 1], pixels[(((y * width) + x) * channels) + 2]);
    }

    [Fact]
    public async Task Edits_take_data_URIs_addresses_and_ids_and_variations_a_square()
    {
        var edit = await _sandbox.PostAsync("images/edits", $$"""{"model":"image","prompt":"x","size":"64x64","images":[{"image_url":"data:image/png;base64,{{ImageWire.Base64}}"},{"image_url":"https://example.org/a.png"},{"file_id":"file-1"}]}""");
        var vary = await _sandbox.FormAsync("images/variations", [("model", "image"), ("size", "64x64"), ("n", "2")], ("image", ImageWire.Png));

        Assert.Equal((64, 3 * SandboxTokens.PerImage), (Decode(Bytes(edit)).Width, (int)edit["usage"]!["input_tokens_details"]!["image_tokens"]!));
        Assert.Equal(2, vary["data"]!.AsArray().Count);
        Assert.NotEqual(Bytes(vary), Bytes(vary, 1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task A_stream_shows_ever_finer_pictures_and_its_usage_is_the_whole_replys(int partials)
    {
        var whole = await GenerateAsync(""","n":2,"size":"128x128" """);
        using var reply = await _sandbox.SendAsync($$"""{"model":"image","prompt":"A cat","n":2,"size":"128x128","stream":true,"partial_images":{{partials}}}""", "images/generations");
        var events = (await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(one => one.Split('\n')).ToList();
        var data = events.Select(lines => JsonNode.Parse(lines[1]["data: ".Length..])!).ToList();

        Assert.All(events.Zip(data), pair => Assert.Equal($"event: {(string)pair.Second["type"]!}", pair.First[0]));
        Assert.Equal([.. Enumerable.Repeat("partial_image", partials), "completed", .. Enumerable.Repeat("partial_image", partials), "completed"], data.Select(one => ((string)one["type"]!).Split('.')[1]));
        Assert.Equal(Convert.ToBase64String(Bytes(whole)), (string)data[partials]["b64_json"]!);
        Assert.Equal((long)whole["usage"]!["total_tokens"]!, data.Sum(one => (long?)one["usage"]?["total_tokens"] ?? 0));
        for (var i = 0; i < partials; i++)
        {
            Assert.Equal(i, (int)data[i]["partial_image_index"]!);
            Assert.True(((string)data[i]["b64_json"]!).Length < ((string)data[i + 1]["b64_json"]!).Length);
        }
    }

    [Theory]
    [InlineData("""{"model":"image"}""", "prompt", "missing_required_parameter")]
    [InlineData("""{"model":"image","prompt":""}""", "prompt", "empty_string")]
    [InlineData("""{"prompt":"x"}""", "model", "missing_required_parameter")]
    [InlineData("""{"model":"image","prompt":7}""", "prompt", "invalid_type")]
    [InlineData("""{"model":"image","prompt":"x","n":0}""", "n", "integer_below_min_value")]
    [InlineData("""{"model":"image","prompt":"x","n":11}""", "n", "integer_above_max_value")]
    [InlineData("""{"model":"image","prompt":"x","n":"2"}""", "n", "invalid_type")]
    [InlineData("""{"model":"image","prompt":"x","size":"3x3"}""", "size", "invalid_value")]
    [InlineData("""{"model":"image","prompt":"x","size":"huge"}""", "size", "invalid_value")]
    [InlineData("""{"model":"image","prompt":"x","size":"1600x400"}""", "size", "invalid_value")]
    [InlineData("""{"model":"image","prompt":"x","size":"8192x8192"}""", "size", "invalid_value")]
    [InlineData("""{"model":"image","prompt":"x","quality":"splendid"}""", "quality", "invalid_value")]
    [InlineData("""{"model":"image","prompt":"x","output_format":"gif"}""", "output_format", "invalid_value")]
    [InlineData("""{"model":"image","prompt":"x","output_format":"webp"}""", "output_format", "unsupported_value")]
    [InlineData("""{"model":"image","prompt":"x","output_format":"jpeg","background":"transparent"}""", "background", "invalid_value")]
    [InlineData("""{"model":"image","prompt":"x","partial_images":4}""", "partial_images", "integer_above_max_value")]
    public async Task A_wrong_generation_is_refused(string body, string param, string code) => await RefusedAsync(await _sandbox.SendAsync(body, "images/generations"), param, code);

    [Fact]
    public async Task A_wrong_edit_or_variation_is_refused()
    {
        (string, string)[] fields = [("model", "image"), ("prompt", "x")];
        await RefusedAsync(await _sandbox.SendFormAsync("images/edits", fields), "image", "missing_required_parameter");
        await RefusedAsync(await _sandbox.SendFormAsync("images/edits", fields, ("image", "Moin"u8.ToArray())), "image", "invalid_image_file");
        await RefusedAsync(await _sandbox.SendFormAsync("images/edits", fields, ("image", Flat(16, 16, (1, 2, 3, 255))), ("mask", Flat(16, 8, (1, 2, 3, 255)))), "mask", "invalid_image");
        await RefusedAsync(await _sandbox.SendFormAsync("images/variations", fields, ("image", Flat(16, 8, (1, 2, 3, 255)))), "image", "invalid_image");
        await RefusedAsync(await _sandbox.SendAsync("""{"model":"image","prompt":"x","images":[{"image_url":"data:image/png;base64,a!"}]}""", "images/edits"), "images[0]", "invalid_base64");
        await RefusedAsync(await _sandbox.SendAsync("""{"model":"image","prompt":"x","images":[{}]}""", "images/edits"), "images[0]", "invalid_value");
    }

    [Theory]
    [InlineData("rate-limit", 0)]
    [InlineData("overloaded", 0)]
    [InlineData("cut-stream", 0)]
    [InlineData("cut-stream", 2)]
    [InlineData("stream-error", 0)]
    [InlineData("stream-error", 2)]
    [InlineData("bad-json", 0)]
    [InlineData("bad-json", 2)]
    [InlineData("html-error", 0)]
    public async Task Faults_are_never_taken_for_pictures(string fault, int partials)
    {
        using var client = new LlmClient(new() { Environment = static _ => null, Retries = Calls.Once });
        var request = new ImageGenerationRequest { Model = $"sandbox/{fault}", Prompt = "x", Size = "16x16", PartialImages = partials };

        await Assert.ThrowsAnyAsync<LlmException>(() => client.Images.GenerateAsync(request, null, TestContext.Current.CancellationToken));
        await Assert.ThrowsAnyAsync<LlmException>(() => client.Images.GenerateStreamAsync(request, null, TestContext.Current.CancellationToken).ToImagesResponseAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Replies_and_events_are_valid_by_the_published_schema()
    {
        var bodies = new List<(string, string)> { ("ImagesResponse", (await GenerateAsync(""","size":"16x16","response_format":"url" """)).ToJsonString()), ("ImagesResponse", (await GenerateAsync("")).ToJsonString()) };
        foreach (var (path, schema, more) in ((string, string, string)[])[("images/generations", "ImageGenStreamEvent", ""), ("images/edits", "ImageEditStreamEvent", ""","images":[{"file_id":"f"}]""")])
        {
            using var reply = await _sandbox.SendAsync($$"""{"model":"image","prompt":"x","size":"16x16","stream":true,"partial_images":1{{more}}}""", path);
            var text = await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            bodies.AddRange(text.Split('\n').Where(line => line.StartsWith("data: ", StringComparison.Ordinal)).Select(line => (schema, line[6..])));
        }

        Assert.Equal(6, bodies.Count);
        await OpenAISchemas.ExpectValidAsync(bodies);
    }

    private static (byte, byte, byte) Red => (255, 0, 0);

    private Task<JsonNode> GenerateAsync(string more) => _sandbox.PostAsync("images/generations", $$"""{"model":"image","prompt":"A cat"{{more}}}""");

    private static byte[] Bytes(JsonNode reply, int index = 0) => Convert.FromBase64String((string)reply["data"]![index]!["b64_json"]!);

    private static async Task RefusedAsync(HttpResponseMessage response, string param, string code)
    {
        using (response)
        {
            var error = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["error"]!;
            Assert.Equal((400, param, code), ((int)response.StatusCode, (string?)error["param"], (string?)error["code"]));
        }
    }

    /// <summary>A PNG of one colour, written without the code under test.</summary>
    private static byte[] Flat(int width, int height, (byte, byte, byte, byte) colour, Func<int, int, byte>? alpha = null)
    {
        var rows = new List<byte>();
        for (var y = 0; y < height; y++)
        {
            rows.Add(0);
            for (var x = 0; x < width; x++) rows.AddRange([colour.Item1, colour.Item2, colour.Item3, alpha?.Invoke(x, y) ?? colour.Item4]);
        }
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true)) zlib.Write(rows.ToArray());
        var head = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(head, width);
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(4), height);
        (head[8], head[9]) = (8, 6);
        return [0x89, .. "PNG\r\n"u8, 26, 10, .. Chunk("IHDR"u8, head), .. Chunk("IDAT"u8, packed.ToArray()), .. Chunk("IEND"u8, [])];
    }

    private static byte[] Chunk(ReadOnlySpan<byte> type, byte[] data)
    {
        var chunk = new byte[data.Length + 12];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        type.CopyTo(chunk.AsSpan(4));
        data.CopyTo(chunk, 8);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(data.Length + 8), Crc(chunk.AsSpan(4, data.Length + 4)));
        return chunk;
    }

    /// <summary>A naive reader of PNG without filters: every chunk's check sum must be right.</summary>
    private static (int Width, int Height, int Channels, byte[] Pixels) Decode(byte[] file)
    {
        Assert.Equal([0x89, .. "PNG\r\n"u8, 26, 10], file[..8]);
        var (width, height, channels, at) = (0, 0, 0, 8);
        using var packed = new MemoryStream();
        for (var type = ""; type != "IEND";)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at));
            type = System.Text.Encoding.ASCII.GetString(file, at + 4, 4);
            Assert.Equal(Crc(file.AsSpan(at + 4, length + 4)), BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at + 8 + length)));
            var data = file.AsSpan(at + 8, length);
            if (type == "IHDR") (width, height, channels) = (BinaryPrimitives.ReadInt32BigEndian(data), BinaryPrimitives.ReadInt32BigEndian(data[4..]), data[9] == 6 ? 4 : 3);
            if (type == "IDAT") packed.Write(data);
            at += 12 + length;
        }
        Assert.Equal(file.Length, at);
        packed.Position = 0;
        using var plain = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionMode.Decompress)) zlib.CopyTo(plain);
        var rows = plain.ToArray().Chunk((width * channels) + 1).ToList();
        Assert.Equal(height, rows.Count);
        return (width, height, channels, [.. rows.SelectMany(row => row[0] == 0 ? row[1..] : throw new InvalidOperationException("a filter"))]);
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var sum = uint.MaxValue;
        foreach (var one in bytes)
        {
            sum ^= one;
            for (var bit = 0; bit < 8; bit++) sum = (sum & 1) == 1 ? (sum >> 1) ^ 0xEDB88320 : sum >> 1;
        }
        return ~sum;
    }
}

/// <summary>Forms and other paths for the simulator.</summary>
internal static class SandboxForms
{
    public static async Task<JsonNode> PostAsync(this SandboxClient sandbox, string path, string body) => await ReplyAsync(await sandbox.SendAsync(body, path));

    public static async Task<JsonNode> FormAsync(this SandboxClient sandbox, string path, (string, string)[] fields, params (string, byte[])[] files) => await ReplyAsync(await sandbox.SendFormAsync(path, fields, files));

    public static Task<HttpResponseMessage> SendFormAsync(this SandboxClient sandbox, string path, (string Name, string Value)[] fields, params (string Name, byte[] Content)[] files)
    {
        var form = new MultipartFormDataContent();
        foreach (var (name, value) in fields) form.Add(new StringContent(value) { Headers = { ContentType = null } }, $"\"{name}\"");
        foreach (var (name, content) in files) form.Add(new ByteArrayContent(content) { Headers = { ContentType = new MediaTypeHeaderValue("image/png") } }, $"\"{name}\"", "\"a.png\"");
        return sandbox.SendAsync(form, path);
    }

    private static async Task<JsonNode> ReplyAsync(HttpResponseMessage response)
    {
        using (response)
        {
            var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.True(response.IsSuccessStatusCode, text);
            return JsonNode.Parse(text)!;
        }
    }
}
