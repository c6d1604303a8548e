using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>The simulator's completions, embeddings and moderations: honest, the same for equal input, and as strict as OpenAI.</summary>
public sealed class SandboxTextTests : IDisposable
{
    private readonly SandboxClient _sandbox = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _sandbox.Dispose();

    [Theory]
    [InlineData("completions", """{"model":"chat","prompt":["a","b"],"n":2,"logprobs":2}""")]
    [InlineData("embeddings", """{"model":"embed","input":["a b","c"],"dimensions":5}""")]
    [InlineData("moderations", """{"model":"moderate","input":"hate and violence/graphic"}""")]
    public async Task Equal_requests_get_equal_answers_and_others_do_not(string path, string body)
    {
        var first = await ReplyAsync(path, body);

        Assert.Equal(first.ToJsonString(), (await ReplyAsync(path, body)).ToJsonString());
        Assert.NotEqual(first.ToJsonString(), (await ReplyAsync(path, body.Replace("\"a", "\"z", StringComparison.Ordinal).Replace("hate", "love", StringComparison.Ordinal))).ToJsonString());
    }

    [Fact]
    public async Task A_completion_says_what_it_is_and_keeps_to_its_options()
    {
        var reply = await ReplyAsync("completions", """{"model":"chat","prompt":"Once","max_tokens":100,"suffix":"end"}""");
        var cut = await ReplyAsync("completions", """{"model":"chat","prompt":"Once"}""");
        var stopped = await ReplyAsync("completions", """{"model":"chat","prompt":"Once","max_tokens":100,"stop":[" a simulator"],"echo":true}""");

        Assert.Contains("a simulator and not a model. The prompt was: \"Once\". What comes after it is: \"end\".", (string?)reply["choices"]![0]!["text"], StringComparison.Ordinal);
        Assert.Equal(("length", 16), ((string?)cut["choices"]![0]!["finish_reason"], (int)cut["usage"]!["completion_tokens"]!));
        Assert.Equal(("Once I am the muxi-llm sandbox,", "stop"), ((string?)stopped["choices"]![0]!["text"], (string?)stopped["choices"]![0]!["finish_reason"]));
    }

    [Fact]
    public async Task A_streamed_completion_is_the_unstreamed_one_in_pieces()
    {
        const string body = """{"model":"chat","prompt":["Once","twice"],"n":2,"max_tokens":30,"echo":true,"logprobs":1}""";
        var whole = await ReplyAsync("completions", body);
        using var response = await _sandbox.SendAsync(body[..^1] + ""","stream":true,"stream_options":{"include_usage":true}}""", "completions");
        var events = SandboxClient.Events(await response.Content.ReadAsStringAsync(Cancel));

        var chunks = events[..^1].Select(data => JsonNode.Parse(data)!).ToList();
        Assert.Equal("[DONE]", events[^1]);
        for (var index = 0; index < 4; index++)
        {
            var pieces = chunks.SelectMany(chunk => chunk["choices"]!.AsArray()).Where(choice => (int)choice!["index"]! == index).ToList();
            Assert.Equal((string?)whole["choices"]![index]!["text"], string.Concat(pieces.Select(piece => (string?)piece!["text"])));
            Assert.Equal((string?)whole["choices"]![index]!["finish_reason"], (string?)pieces[^1]!["finish_reason"]);
        }
        Assert.Equal(whole["usage"]!.ToJsonString(), chunks[^1]["usage"]!.ToJsonString());
        Assert.Equal((string?)whole["id"], (string?)chunks[0]["id"]);
    }

    [Fact]
    public async Task Embeddings_are_one_long_alike_where_words_are_and_the_same_in_both_forms()
    {
        var floats = await ReplyAsync("embeddings", """{"model":"embed","input":["a red rose","a red tulip","quantum physics","a red rose"],"dimensions":256}""");
        var base64 = await ReplyAsync("embeddings", """{"model":"embed","input":["a red rose"],"dimensions":256,"encoding_format":"base64"}""");
        var vectors = floats["data"]!.AsArray().Select(one => new Embedding { Vector = one!["embedding"]!.AsArray().Select(number => (float)number!).ToArray() }).ToList();

        Assert.All(vectors, vector => Assert.Equal(1, Math.Sqrt(vector.Vector.ToArray().Sum(number => (double)number * number)), 1e-5));
        Assert.Equal([0, 3, 1, 2], vectors[0].Nearest(vectors, 4).Select(near => near.Index));
        Assert.Equal(vectors[0].Vector.ToArray(), System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(Convert.FromBase64String((string)base64["data"]![0]!["embedding"]!)).ToArray());
        Assert.Equal((1536, 13), ((await ReplyAsync("embeddings", """{"model":"embed","input":"a"}"""))["data"]![0]!["embedding"]!.AsArray().Count, (int)floats["usage"]!["prompt_tokens"]!));
    }

    [Theory]
    [InlineData("completions", """{"prompt":"a"}""", "model")]
    [InlineData("completions", """{"model":"chat","prompt":"a","max_tokens":-1}""", "max_tokens")]
    [InlineData("completions", """{"model":"chat","prompt":"a","logprobs":6}""", "logprobs")]
    [InlineData("completions", """{"model":"chat","prompt":"a","n":3,"best_of":2}""", "best_of")]
    [InlineData("completions", """{"model":"chat","prompt":[]}""", "prompt")]
    [InlineData("completions", """{"model":"chat","prompt":["a",1]}""", "prompt[1]")]
    [InlineData("completions", """{"model":"chat","prompt":"a","stop":["1","2","3","4","5"]}""", "stop")]
    [InlineData("completions", """{"model":"chat","prompt":"a","stream_options":{}}""", "stream_options")]
    [InlineData("embeddings", """{"model":"embed"}""", "input")]
    [InlineData("embeddings", """{"model":"embed","input":["a",""]}""", "input[1]")]
    [InlineData("embeddings", """{"model":"embed","input":[1,-2]}""", "input[1]")]
    [InlineData("embeddings", """{"model":"embed","input":"a","dimensions":0}""", "dimensions")]
    [InlineData("embeddings", """{"model":"embed","input":"a","encoding_format":"int8"}""", "encoding_format")]
    [InlineData("moderations", """{"model":"moderate"}""", "input")]
    [InlineData("moderations", """{"model":"moderate","input":[{"type":"image_url"}]}""", "input[0].image_url")]
    public async Task A_wrong_request_is_refused_as_OpenAI_does(string path, string body, string param)
    {
        using var response = await _sandbox.SendAsync(body, path);

        Assert.Equal((400, param), ((int)response.StatusCode, (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!["error"]!["param"]));
    }

    [Theory]
    [InlineData("rate-limit", 429)]
    [InlineData("overloaded", 503)]
    [InlineData("auth", 401)]
    [InlineData("html-error", 502)]
    public async Task The_models_that_misbehave_do_so_in_every_operation(string model, int status)
    {
        foreach (var (path, input) in ((string, string)[])[("completions", "prompt"), ("embeddings", "input"), ("moderations", "input")])
        {
            using var response = await _sandbox.SendAsync($$"""{"model":"{{model}}","{{input}}":"a"}""", path);
            Assert.Equal(status, (int)response.StatusCode);
        }
    }

    private async Task<JsonNode> ReplyAsync(string path, string body)
    {
        using var response = await _sandbox.SendAsync(body, path);
        var text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }
}
