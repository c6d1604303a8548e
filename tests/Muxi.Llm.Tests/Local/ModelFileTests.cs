namespace Muxi.Llm.Tests;

/// <summary>Which file a model's name means.</summary>
public sealed class ModelFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("muxi-models");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_whole_path_one_in_the_home_folder_and_one_in_the_folder_of_models_are_found()
    {
        Write("a.gguf", "sub/B.GGUF");
        var options = new LlmOptions { Environment = name => name == "HOME" ? _folder.FullName : null };

        Assert.Equal(PathTo("a.gguf"), Found(PathTo("a.gguf"), options));
        Assert.Equal(PathTo("a.gguf"), Found("~/a.gguf", options));
        Assert.Equal(PathTo("sub/B.GGUF"), Found("sub/B.GGUF", options with { LocalServers = new() { ModelsFolder = "~" } }));
        Assert.Equal(PathTo("sub/B.GGUF"), Found("B.GGUF", options with { Environment = name => name == "LLAMA_ARG_MODELS_DIR" ? PathTo("sub") : null }));
        Assert.Equal(PathTo("a.gguf"), Found("a.gguf", options with { Configuration = LlmConfiguration.Parse($"local_servers: {{models_folder: \"{_folder.FullName}\"}}") }));
    }

    [Fact]
    public void One_that_was_pulled_from_the_hub_is_found_in_its_cache_and_listed()
    {
        var commit = new string('a', 40);
        Write($"hub/models--org--repo/snapshots/{commit}/m-Q4_K_M.gguf", $"hub/models--org--repo/snapshots/{commit}/config.json");
        Directory.CreateDirectory(PathTo("hub/models--org--repo/refs"));
        File.WriteAllText(PathTo("hub/models--org--repo/refs/main"), commit);
        var options = new LlmOptions { Environment = name => name == "HF_HUB_CACHE" ? PathTo("hub") : null, LocalServers = new() { ModelsFolder = PathTo("nowhere") } };
        using var client = new LlmClient(options);

        foreach (var name in (string[])["hf:org/repo/m-Q4_K_M.gguf", "hf:org/repo:Q4_K_M", $"hf:org/repo/m-Q4_K_M.gguf@{commit}"])
            Assert.Equal(PathTo($"hub/models--org--repo/snapshots/{commit}/m-Q4_K_M.gguf"), Found(name, options));
        Assert.Equal(["llama_cpp/hf:org/repo/m-Q4_K_M.gguf"], client.Models.ListFiles("llama_cpp"));
        Assert.Empty(client.Models.ListFiles("vllm"));
        Assert.EndsWith("bring it with 'muxi-llm pull hf:org/repo:Q8_0'", Assert.Throws<ConfigurationException>(() => Found("hf:org/repo:Q8_0", options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_size_is_that_of_the_file_which_a_link_of_the_hubs_cache_leads_to()
    {
        Write("hub/models--org--repo/snapshots/c/other.gguf");
        await File.WriteAllBytesAsync(PathTo("blob"), new byte[5000], TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(PathTo("near.gguf"), "blob");
        File.CreateSymbolicLink(PathTo("hub/models--org--repo/snapshots/c/m.gguf"), "../../../../near.gguf");
        var program = Providers.LlamaCpp.Launch!;

        Assert.Equal((5000, 5000), (new ModelFile(program, PathTo("hub/models--org--repo/snapshots/c/m.gguf")).Bytes, new ModelFile(program, PathTo("blob")).Bytes));
    }

    [Fact]
    public async Task The_command_line_lists_them_though_no_server_runs()
    {
        Write("models/a.gguf");
        await File.WriteAllTextAsync(PathTo("config.yaml"), $"local_servers: {{models_folder: models}}", TestContext.Current.CancellationToken);
        var run = new CliRun { Environment = new() { ["MUXI_LLM_CONFIG"] = PathTo("config.yaml"), ["HF_HUB_CACHE"] = PathTo("hub") } };

        var listed = await run.RunAsync("models", "llama_cpp");

        Assert.Equal((0, "llama_cpp/a.gguf\n"), (listed.ExitCode, listed.Output));
        Assert.Contains($"local_servers.models_folder", (await run.RunAsync("config", "show")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("llama_cpp/qwen3")]
    [InlineData("llama_cpp/a.gguf@gpu-box:8080")]
    [InlineData("openai/a.gguf")]
    [InlineData("vllm/a.gguf")]
    public void Other_names_mean_none(string name) => Assert.Null(ModelFile.Find(Catalog.Resolve(name), new() { Environment = static _ => null }));

    [Fact]
    public void A_file_that_is_not_there_is_told_with_each_place_and_the_names_that_are_near()
    {
        Write("qwen3-8b.gguf", "gemma.gguf");
        var options = new LlmOptions { Environment = static _ => null };

        var near = Assert.Throws<ConfigurationException>(() => Found(PathTo("qwen3-9b.gguf"), options));
        var far = Assert.Throws<ConfigurationException>(() => Found("mistral-small.gguf", options with { LocalServers = new() { ModelsFolder = _folder.FullName } }));

        Assert.Equal($"llama_cpp: there is no file {PathTo("qwen3-9b.gguf")}; did you mean qwen3-8b.gguf; a server that runs already is asked where LLAMA_CPP_BASE_URL is set, or by llama_cpp/MODEL@HOST:PORT", near.Message);
        Assert.Equal(("llama_cpp", PathTo("qwen3-9b.gguf")), (near.Provider, near.Model));
        Assert.StartsWith($"llama_cpp: there is no file {Path.GetFullPath("mistral-small.gguf")} or {PathTo("mistral-small.gguf")}; there are gemma.gguf, qwen3-8b.gguf there; ", far.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("m-Q4_K_M.gguf", "mmproj-model-f16.gguf")]
    [InlineData("m-00001-of-00002.gguf", "m-00002-of-00002.gguf,mmproj-model-f16.gguf", "mmproj-model-f16.gguf")]
    [InlineData("gemma-3-4b-it-Q4_K_M.gguf", "other.gguf,mmproj-other.gguf,mmproj-gemma-3-4b-it-f16.gguf", "mmproj-gemma-3-4b-it-f16.gguf")]
    [InlineData("alone-Q4.gguf", "other.gguf,mmproj-other.gguf", null)]
    [InlineData("alone-Q4.gguf", "other.gguf", null)]
    public void What_goes_along_with_a_model_is_found_beside_it(string model, string others, string? companion = "mmproj-model-f16.gguf")
    {
        Write([model, .. others.Split(',')]);

        Assert.Equal(companion, Path.GetFileName(new ModelFile(Providers.LlamaCpp.Launch!, PathTo(model)).Companion()));
    }

    [Fact]
    public void A_folder_lists_its_models_without_later_parts_and_what_merely_goes_along()
    {
        Write("b.gguf", "sub/a.gguf", "big-00001-of-00003.gguf", "big-00002-of-00003.gguf", "mmproj-b.gguf", "notes.txt");

        Assert.Equal(["b.gguf", "big-00001-of-00003.gguf", "sub/a.gguf"], ModelFile.In(_folder.FullName, Providers.LlamaCpp.Launch!));
        Assert.Empty(ModelFile.In(PathTo("nowhere"), Providers.LlamaCpp.Launch!));
    }

    [Fact]
    public void The_programs_arguments_are_the_models_the_operations_and_the_users_own()
    {
        Write("m.gguf", "mmproj-m.gguf");
        var options = new LlmOptions { LocalServers = new() { Arguments = ["--ctx-size", "4096"] }, Environment = static _ => null };
        string[] always = ["--model", PathTo("m.gguf"), "--host", "127.0.0.1", "--port", "81", "--alias", "m.gguf"];

        Assert.Equal([.. always, "--mmproj", PathTo("mmproj-m.gguf"), "--ctx-size", "4096"], Order("chat", options).Arguments(81));
        Assert.Equal([.. always, "--embeddings", "--ctx-size", "4096"], Order("embeddings", options).Arguments(81));
        Assert.Equal([.. always, "--reranking", "--ctx-size", "4096"], Order("rerank", options).Arguments(81));
        Assert.Equal(Order("chat", options).Key, Order("completions", options).Key);
        Assert.NotEqual(Order("chat", options).Key, Order("embeddings", options).Key);
        Assert.NotEqual(Order("chat", options).Key, Order("chat", new()).Key);
    }

    [Theory]
    [InlineData("local_servers: {max_servers: 0}", "MaxServers is 0")]
    [InlineData("local_servers: {start_timeout: 0s}", "StartTimeout is 00:00:00")]
    [InlineData("local_servers: {idel_time: 1m}", "did you mean idle_time")]
    public void A_setting_that_cannot_work_is_told_with_its_line(string yaml, string fault)
    {
        var error = Assert.Throws<ConfigurationException>(() => LlmConfiguration.Parse(yaml));

        Assert.StartsWith("muxi-llm.yaml:1: local_servers", error.Message, StringComparison.Ordinal);
        Assert.Contains(fault, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("command: ./evil", "command: a program")]
    [InlineData("arguments: [--log-file, /home/me/.bashrc]", "arguments: a program's arguments")]
    [InlineData("models_folder: .", "models_folder: a folder")]
    public void A_file_that_was_merely_found_names_no_program_no_arguments_and_no_folder(string setting, string what)
    {
        File.WriteAllText(PathTo(LlmConfiguration.FileName), $"local_servers: {{{setting}}}");

        var error = Assert.Throws<ConfigurationException>(() => LlmConfiguration.Find(static _ => null, _folder.FullName));

        Assert.Contains($"local_servers.{what} is not for a file that was merely found in the working directory", error.Message, StringComparison.Ordinal);
    }

    private ServerOrder Order(string operation, LlmOptions options) =>
        new(new(Providers.LlamaCpp.Launch!, PathTo("m.gguf")), operation, options) { Name = "llama_cpp/m.gguf", Logger = Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance };

    private static string? Found(string model, LlmOptions options) => ModelFile.Find(Catalog.Resolve("llama_cpp/" + model), options)?.Path;

    private string PathTo(string name) => Path.Combine(_folder.FullName, name);

    private void Write(params string[] names)
    {
        foreach (var name in names)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(PathTo(name))!);
            File.WriteAllText(PathTo(name), "");
        }
    }
}
