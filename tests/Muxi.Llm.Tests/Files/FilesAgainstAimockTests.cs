namespace Muxi.Llm.Tests;

/// <summary>Files against the npm package aimock, a mock of OpenAI by other people, alone and behind the server.</summary>
public sealed class FilesAgainstAimockTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_file_goes_through_its_whole_life(bool behindServer)
    {
        await using var mock = await AimockServer.StartAsync("""{"fixtures":[{"match":{"userMessage":"never"},"response":{"content":"x"}}]}""");
        await using var served = await Served.BeforeAsync(mock.OpenAIUrl);
        using var client = Calls.ClientFor(behindServer ? new Uri(served.Url, "v1") : mock.OpenAIUrl);
        var bytes = Seeded.Bytes(61, 50_000);

        var file = await client.Files.UploadAsync(new() { File = FileSource.FromBytes(bytes, "résumé.bin"), Purpose = "assistants" }, null, Token);
        var other = await client.Files.UploadAsync(new() { File = FileSource.FromBytes("{}\n"u8.ToArray(), "b.jsonl"), Purpose = "batch" }, null, Token);
        var told = await client.Files.RetrieveAsync(file.QualifiedId, null, Token);
        var listed = new List<string>();
        await foreach (var one in client.Files.ListAsync(new() { Limit = 1, Order = "asc" }, null, Token)) listed.Add(one.Filename);
        await using var content = await client.Files.ContentAsync(file.QualifiedId, null, Token);
        var read = await content.ReadBytesAsync(Token);
        var deleted = await client.Files.DeleteAsync(file.QualifiedId, null, Token);

        Assert.Equal(("résumé.bin", 50_000, "assistants"), (told.Filename, told.Bytes, told.Purpose?.Value));
        Assert.Equal(bytes, read);
        Assert.Equal(["b.jsonl", "résumé.bin"], listed.Order(StringComparer.Ordinal));
        Assert.True(deleted.Deleted);
        await Assert.ThrowsAsync<NotFoundException>(() => client.Files.RetrieveAsync(file.QualifiedId, null, Token));
        Assert.NotEqual(file.Id, other.Id);
    }
}
