using System.Text;

namespace Muxi.Llm.Tests;

/// <summary>A form as it goes over the wire: byte for byte what RFC 7578 and browsers (WHATWG HTML, multipart/form-data) write.</summary>
public sealed class FormTests
{
    private const string Filed = """{"id":"file-1","object":"file","bytes":3,"created_at":1,"filename":"a.txt","purpose":"user_data","status":"processed"}""";

    [Fact]
    public async Task The_body_is_exact()
    {
        await using var server = FaultServer.Start(CannedReply.Json(Filed));
        using var client = Calls.ClientFor(server.Url);

        await client.Files.CreateAsync(new() { File = FileSource.FromBytes("hi\r\n"u8.ToArray(), "a.txt"), Purpose = "user_data", ExpiresAfter = TimeSpan.FromHours(1) }, null, TestContext.Current.CancellationToken);

        var seen = Assert.Single(server.Requests);
        var boundary = seen.Headers["content-type"]["multipart/form-data; boundary=".Length..];
        Assert.DoesNotContain('"', boundary);
        Assert.InRange(boundary.Length, 20, 70);
        string[] lines =
        [
            $"--{boundary}", "Content-Disposition: form-data; name=\"purpose\"", "", "user_data",
            $"--{boundary}", "Content-Disposition: form-data; name=\"expires_after[anchor]\"", "", "created_at",
            $"--{boundary}", "Content-Disposition: form-data; name=\"expires_after[seconds]\"", "", "3600",
            $"--{boundary}", "Content-Disposition: form-data; name=\"file\"; filename=\"a.txt\"", "Content-Type: text/plain", "", "hi\r\n",
            $"--{boundary}--", "",
        ];
        Assert.Equal(string.Join("\r\n", lines), seen.Text);
        Assert.Equal(seen.Body.Length.ToString(System.Globalization.CultureInfo.InvariantCulture), seen.Headers["content-length"]);
    }

    [Theory]
    [InlineData("plain.txt", "plain.txt")]
    [InlineData("résumé.txt", "résumé.txt")]
    [InlineData("日本語 🦙.txt", "日本語 🦙.txt")]
    [InlineData("a\"b.txt", "a%22b.txt")]
    [InlineData("a\r\nContent-Type: evil.txt", "a%0D%0AContent-Type: evil.txt")]
    [InlineData("a;b=c.txt", "a;b=c.txt")]
    [InlineData("100%41.txt", "100%41.txt")]
    [InlineData("/etc/passwd", "passwd")]
    [InlineData(@"C:\secret\a.txt", "a.txt")]
    [InlineData("../../up.txt", "up.txt")]
    public async Task A_name_goes_as_browsers_send_it(string name, string expected)
    {
        await using var server = FaultServer.Start(CannedReply.Json(Filed));
        using var client = Calls.ClientFor(server.Url);

        await client.Files.CreateAsync(new() { File = FileSource.FromBytes("hi"u8.ToArray(), name) }, null, TestContext.Current.CancellationToken);

        var part = Multipart.Read(server.Requests[0])[^1];
        Assert.Equal($"Content-Disposition: form-data; name=\"file\"; filename=\"{expected}\"", part.Head[0]);
        Assert.Equal(2, part.Head.Length);
        Assert.Equal("hi", Encoding.UTF8.GetString(part.Body));
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("a/..")]
    [InlineData("a/")]
    [InlineData("a\0b")]
    public void What_is_no_name_is_refused_when_it_is_given(string name)
    {
        Assert.ThrowsAny<ArgumentException>(() => FileSource.FromBytes("hi"u8.ToArray(), name));
        Assert.ThrowsAny<ArgumentException>(() => FileSource.FromBytes("hi"u8.ToArray(), "good") with { Filename = name });
    }

    [Fact]
    public void A_name_that_is_set_loses_its_folders() => Assert.Equal("x", (FileSource.FromBytes("hi"u8.ToArray(), "good") with { Filename = "../x" }).Filename);

    [Theory]
    [InlineData(new byte[] { 0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A }, "a.bin", "image/png")]
    [InlineData(new byte[] { 0x25, 0x50, 0x44, 0x46, 0x2D }, "a", "application/pdf")]
    [InlineData(new byte[] { 0x7B, 0x7D }, "a.jsonl", "text/jsonl")]
    [InlineData(new byte[] { 1, 2, 3 }, "a", "application/octet-stream")]
    public async Task The_type_is_told_from_the_bytes_else_from_the_name(byte[] bytes, string name, string expected)
    {
        await using var server = FaultServer.Start(CannedReply.Json(Filed));
        using var client = Calls.ClientFor(server.Url);

        await client.Files.CreateAsync(new() { File = FileSource.FromBytes(bytes, name) }, null, TestContext.Current.CancellationToken);

        Assert.Equal($"Content-Type: {expected}", Multipart.Read(server.Requests[0])[^1].Head[1]);
    }

    [Fact]
    public async Task A_stream_that_does_not_know_its_length_goes_in_chunks_and_one_that_was_told_it_does_not()
    {
        await using var server = FaultServer.Start(CannedReply.Json(Filed));
        using var client = Calls.ClientFor(server.Url);
        var bytes = Seeded.Bytes(1, 200_000);

        await client.Files.CreateAsync(new() { File = FileSource.FromStream(new OneShot(bytes), "a.bin") }, null, TestContext.Current.CancellationToken);
        await client.Files.CreateAsync(new() { File = FileSource.FromStream(new OneShot(bytes), "a.bin", bytes.Length) }, null, TestContext.Current.CancellationToken);

        Assert.Equal(["chunked", null], server.Requests.Select(request => request.Headers.GetValueOrDefault("transfer-encoding")));
        Assert.All(server.Requests, request => Assert.Equal(bytes, Multipart.Read(request)[^1].Body));
    }

    [Fact]
    public async Task A_stream_is_sent_from_where_it_stands_and_stays_the_callers()
    {
        await using var server = FaultServer.Start(CannedReply.Json(Filed));
        using var client = Calls.ClientFor(server.Url);
        using var stream = new MemoryStream("skip me, send me"u8.ToArray()) { Position = 9 };

        await client.Files.CreateAsync(new() { File = FileSource.FromStream(stream, "a.txt") }, null, TestContext.Current.CancellationToken);

        Assert.Equal("send me", Encoding.UTF8.GetString(Multipart.Read(server.Requests[0])[^1].Body));
        Assert.True(stream.CanRead);
    }

    [Fact]
    public async Task Members_without_a_type_become_fields_before_the_file_and_go_before_the_typed_ones()
    {
        await using var server = FaultServer.Start(CannedReply.Json(Filed));
        using var client = Calls.ClientFor(server.Url);
        var request = new FileCreateRequest { File = FileSource.FromBytes("hi"u8.ToArray(), "a.txt"), Purpose = "vision", Extra = """{"tags":["a","b"],"meta":{"k":1},"n":2,"ok":true,"none":null,"purpose":"own"}""" };

        await client.Files.CreateAsync(request, new() { ExtraBody = """{"more":"x"}""" }, TestContext.Current.CancellationToken);

        var fields = Multipart.Read(server.Requests[0]).Select(part => $"{part.Head[0].Split("name=")[1].Split(';')[0].Trim('"')}={Encoding.UTF8.GetString(part.Body)}");
        Assert.Equal(["tags[]=a", "tags[]=b", "meta={\"k\":1}", "n=2", "ok=true", "purpose=own", "more=x", "file=hi"], fields);
    }
}

/// <summary>A stream that can be read once, forward, and does not know how long it is; it counts.</summary>
internal sealed class OneShot(byte[] bytes, int failAt = int.MaxValue) : Stream
{
    private int _at;

    public int Reads { get; private set; }
    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count)
    {
        Reads++;
        if (_at >= failAt) throw new InvalidOperationException("the tape is torn");
        var taken = Math.Min(Math.Min(count, bytes.Length - _at), failAt - _at);
        bytes.AsSpan(_at, taken).CopyTo(buffer.AsSpan(offset));
        _at += taken;
        return taken;
    }

    public override void Flush() { }
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
