namespace Muxi.Llm.Tests;

/// <summary>Which models' files a server has servers started for: those that its operator has listed.</summary>
[Collection(LlamaFolder.Collection)]
public sealed class ModelFileRouteTests
{
    [Theory]
    [InlineData("llama_cpp/x.gguf")]
    [InlineData("llamacpp//etc/x.GGUF")]
    [InlineData("llama_cpp/listed.gguf/../x.gguf")]
    public async Task One_that_is_not_listed_is_a_400(string model)
    {
        await using var served = await Served.StartAsync(new() { Environment = static _ => null, Aliases = new Dictionary<string, string> { ["mine"] = "llama_cpp/listed.gguf" } });

        var told = await served.ChatAsync(Served.Ask(model)).ErrorAsync();
        var fallback = await served.ChatAsync(Served.Ask("sandbox/chat", $",\"fallbacks\":[\"{model}\"]")).ErrorAsync();

        Assert.Equal((400, "unknown_model_file", "model"), (told.Status, told.Code, told.Param));
        Assert.Equal((400, "unknown_model_file", "fallbacks"), (fallback.Status, fallback.Code, fallback.Param));
        Assert.StartsWith($"no server is started for '{model}', as this server's configuration does not list it", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_an_address_set_names_are_the_other_servers_matter()
    {
        await using var upstream = await ReplayServer.StartAsync(1, CannedReply.Json(Calls.Reply("attached")));
        await using var served = await Served.StartAsync(Calls.OptionsFor(upstream.Url, "llama_cpp"));

        using var reply = await served.ChatAsync(Served.Ask("llama_cpp/x.gguf"));

        Assert.Equal(200, (int)reply.StatusCode);
    }

    [Fact]
    public async Task Those_of_aliases_fallbacks_and_the_default_model_are_started()
    {
        await using var folder = new LlamaFolder();
        await using var served = await Served.StartAsync(folder.Options() with
        {
            DefaultModel = folder.Name, Fallbacks = new Dictionary<string, IReadOnlyList<Fallback>> { ["vllm/none"] = [folder.Name] }, Aliases = new Dictionary<string, string> { ["tiny"] = folder.Name },
        });

        foreach (var model in (string[])["tiny", folder.Name])
        {
            using var reply = await served.ChatAsync(Served.Ask(model));
            Assert.Contains(LlamaFolder.Answer, await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
    }
}
