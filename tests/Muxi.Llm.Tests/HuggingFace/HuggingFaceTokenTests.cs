namespace Muxi.Llm.Tests;

/// <summary>The token that Hugging Face's own programs keep in a file.</summary>
public sealed class HuggingFaceTokenTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("muxi-token");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("HF_TOKEN_PATH=*/elsewhere", "elsewhere", "hf_kept")]
    [InlineData("HF_HOME=*", "token", "hf_kept")]
    [InlineData("XDG_CACHE_HOME=*", "huggingface/token", "hf_kept")]
    [InlineData("HOME=*", ".cache/huggingface/token", "hf_kept")]
    [InlineData("HF_HOME=~/hf,HOME=*", "hf/token", "hf_kept")]
    [InlineData("HOME=*,HF_TOKEN=hf_set", ".cache/huggingface/token", "hf_set")]
    public async Task It_is_found_where_it_is_kept_and_a_variable_goes_before_it(string variables, string file, string token)
    {
        var path = Path.Combine(_folder.FullName, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, "hf_kept\n", TestContext.Current.CancellationToken);
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"id":"1","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}]}"""));
        var set = Set(variables);
        using var client = new LlmClient(new() { Environment = set.GetValueOrDefault, BaseUrls = new Dictionary<string, Uri> { ["huggingface"] = server.Url }, Retries = Calls.Once });

        await client.AskAsync("huggingface/org/model:fastest");

        Assert.Equal($"Bearer {token}", server.Requests[0].Headers["Authorization"]);
        Assert.Contains("\"model\":\"org/model:fastest\"", server.Requests[0].Text, StringComparison.Ordinal);
        Assert.Equal(token == "hf_kept" ? path : "HF_TOKEN", client.Targets.KeySource(Providers.HuggingFace));
    }

    [Theory]
    [InlineData("HF_HOME=*/none,HOME=*")]
    [InlineData("XDG_CACHE_HOME=*/none,HOME=*")]
    [InlineData("")]
    public async Task Another_place_than_the_one_that_is_set_is_not_looked_at(string variables)
    {
        Directory.CreateDirectory(Path.Combine(_folder.FullName, ".cache", "huggingface"));
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, ".cache", "huggingface", "token"), "hf_kept", TestContext.Current.CancellationToken);
        using var client = new LlmClient(new() { Environment = Set(variables).GetValueOrDefault, Retries = Calls.Once });

        var missing = await Assert.ThrowsAsync<ConfigurationException>(() => client.AskAsync("hf/org/model"));

        Assert.StartsWith("huggingface needs a key: set HUGGINGFACE_API_KEY or HF_TOKEN", missing.Message, StringComparison.Ordinal);
    }

    private Dictionary<string, string> Set(string variables) =>
        variables.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(static one => one.Split('=')).ToDictionary(static one => one[0], one => one[1].Replace("*", _folder.FullName, StringComparison.Ordinal));
}
