using System.Text;

namespace Muxi.Llm.Tests;

/// <summary>A picture's bytes, and its files: named by what it is, and none replaced by surprise.</summary>
public sealed class GeneratedImageTests : IDisposable
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("muxi images ");

    [Fact]
    public async Task The_bytes_are_decoded_once_and_handed_out_without_a_copy()
    {
        var image = Reply($$"""{"b64_json":"{{ImageWire.Base64}}"}""").Data[0];

        Assert.True((await image.ReadBytesAsync(Cancel)).Equals(image.Bytes));
        Assert.Equal(ImageWire.Png, image.Bytes);
    }

    [Theory]
    [InlineData("aGVs\\nbG8=")]
    [InlineData("data:image/png;base64,aGVsbG8=")]
    [InlineData("aGVsbG8\\u003d")]
    [InlineData("aGVsbG8=")]
    public void Base64_is_read_as_services_write_it(string text) => Assert.Equal("hello", Encoding.ASCII.GetString(Reply($$"""{"b64_json":"{{text}}"}""").Data[0].Bytes.Span));

    [Fact]
    public async Task Broken_base64_is_kept_as_it_came_and_told_when_it_is_needed()
    {
        var image = Reply("""{"b64_json":"a!b"}""").Data[0];

        Assert.Equal(("a!b", true), (image.B64Json, image.Bytes.IsEmpty));
        Assert.Equal("the picture's base64 is broken", (await Assert.ThrowsAsync<ServerException>(() => image.ReadBytesAsync(Cancel))).Message);
    }

    [Fact]
    public async Task A_data_URI_is_an_address_that_needs_no_network()
    {
        var image = Reply($$"""{"url":"data:image/png;base64,{{ImageWire.Base64}}"}""").Data[0];

        Assert.Equal("image/png", image.MediaType);
        Assert.Equal(ImageWire.Png, await image.ReadBytesAsync(Cancel));
        Assert.Equal("the picture came without bytes and without an address", (await Assert.ThrowsAsync<ServerException>(() => new GeneratedImage().ReadBytesAsync(Cancel))).Message);
        Assert.Equal("the picture's data URI is broken", (await Assert.ThrowsAsync<ServerException>(() => new GeneratedImage { Url = "data:image/png;base64,a!" }.ReadBytesAsync(Cancel))).Message);
    }

    [Fact]
    public async Task Several_pictures_in_a_folder_are_numbered_and_called_what_they_are()
    {
        var reply = new ImagesResponse { Data = [new() { Bytes = ImageWire.Png }, new() { Bytes = ImageWire.Jpeg }, new() { Bytes = "?"u8.ToArray(), Extra = """{"mime_type":"image/webp"}""" }, new() { Bytes = "?"u8.ToArray() }], OutputFormat = "webp" };

        var paths = await reply.SaveAsync(_folder.FullName, Cancel);

        Assert.Equal(["image-1.png", "image-2.jpg", "image-3.webp", "image-4.bin"], paths.Select(Path.GetFileName));
        Assert.Equal(ImageWire.Jpeg, await File.ReadAllBytesAsync(paths[1], Cancel));
        Assert.Equal(4, _folder.GetFiles().Length);
    }

    [Fact]
    public async Task No_numbered_file_is_ever_replaced()
    {
        await File.WriteAllTextAsync(At("image-1.png"), "mine", Cancel);
        Directory.CreateDirectory(At("image-2.png"));
        var reply = new ImagesResponse { Data = [new() { Bytes = ImageWire.Png }, new() { Bytes = ImageWire.Png }] };

        Assert.Equal(["image-3.png", "image-4.png"], (await reply.SaveAsync(_folder.FullName + "/", Cancel)).Select(Path.GetFileName));
        Assert.Equal(["cat-1.jpeg", "cat-2.jpeg"], (await reply.SaveAsync(At("cat.jpeg"), Cancel)).Select(Path.GetFileName));
        Assert.Equal("mine", await File.ReadAllTextAsync(At("image-1.png"), Cancel));
    }

    [Fact]
    public async Task Two_who_save_at_once_do_not_overwrite_each_other()
    {
        var reply = new ImagesResponse { Data = [new() { Bytes = ImageWire.Png }] };

        var paths = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => reply.SaveAsync(_folder.FullName, Cancel), Cancel)));

        Assert.Equal(20, paths.Select(path => path[0]).Distinct().Count());
        Assert.Equal(20, _folder.GetFiles("*.png").Length);
        Assert.Empty(_folder.GetFiles("*.part"));
    }

    [Fact]
    public async Task One_picture_takes_the_name_that_was_given_with_its_own_ending_where_there_is_none()
    {
        var reply = new ImagesResponse { Data = [new() { Bytes = ImageWire.Png }] };
        await File.WriteAllTextAsync(At("cat.jpg"), "old", Cancel);

        Assert.Equal(At("cat.jpg"), Assert.Single(await reply.SaveAsync(At("cat.jpg"), Cancel)));
        Assert.Equal(At("dog.png"), Assert.Single(await reply.SaveAsync(At("dog"), Cancel)));
        Assert.Equal(ImageWire.Png, await File.ReadAllBytesAsync(At("cat.jpg"), Cancel));
    }

    [Fact]
    public async Task Where_nothing_can_be_written_nothing_is_left()
    {
        var reply = new ImagesResponse { Data = [new() { Bytes = ImageWire.Png }] };

        await Assert.ThrowsAsync<DirectoryNotFoundException>(() => reply.SaveAsync(At("no/such/folder/"), Cancel));
        await Assert.ThrowsAsync<DirectoryNotFoundException>(() => reply.SaveAsync(At("no/cat.png"), Cancel));
        await Assert.ThrowsAnyAsync<IOException>(() => reply.Data[0].SaveAsync(_folder.FullName, Cancel));
        Assert.Empty(_folder.GetFileSystemInfos());
    }

    [Fact]
    public void What_it_is_can_be_shown_without_its_bytes()
    {
        Assert.Equal("GeneratedImage { image/png, 94 bytes }", new GeneratedImage { Bytes = ImageWire.Png }.ToString());
        Assert.Equal("GeneratedImage { ?, at an address }", new GeneratedImage { Url = "https://example.org/secret" }.ToString());
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private string At(string name) => Path.Combine(_folder.FullName, name);

    private static ImagesResponse Reply(string image) => ImagesResponse.Parse(Encoding.UTF8.GetBytes($$"""{"created":1,"data":[{{image}}]}"""));
}
