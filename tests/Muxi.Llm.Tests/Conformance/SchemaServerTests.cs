using System.Text;

namespace Muxi.Llm.Tests;

/// <summary>The judge itself: that it lets good requests pass and finds what is wrong with others. What we send is judged beside each operation.</summary>
[Collection(OneSchemaServer.Name)]
public sealed class SchemaServerTests(SchemaServer server)
{
    [Theory]
    [InlineData("embeddings", """{"model":"m","input":"a","dimensions":3,"encoding_format":"base64","user":"u"}""")]
    [InlineData("completions", """{"model":"m","prompt":[[1,2],[3]],"stop":["a"]}""")]
    [InlineData("moderations", """{"input":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"https://example.com/a.png"}}]}""")]
    public async Task A_good_request_is_accepted(string path, string body)
    {
        var judged = await server.ExpectAcceptedAsync(client => SendAsync(client, path, Json(body)));

        Assert.Equal($"/{path}", Assert.Single(judged).Path);
    }

    [Theory]
    [InlineData("embeddings", """{"model":"m"}""", "input")]
    [InlineData("embeddings", """{"model":"m","input":3}""", "body.input")]
    [InlineData("embeddings", """{"model":"m","input":"a","dimensions":0}""", "body.dimensions")]
    [InlineData("embeddings", """{"model":"m","input":"a","encoding_format":"float64"}""", "body.encoding_format")]
    [InlineData("embeddings", """{"model":"m","input":"a","dimension":5}""", "dimension")]
    [InlineData("completions", """{"model":"m","prompt":"a","logprobs":6}""", "body.logprobs")]
    [InlineData("moderations", """{"input":[{"type":"sound"}]}""", "body.input")]
    [InlineData("nothing", "{}", "/nothing")]
    public async Task A_wrong_request_is_found_out(string path, string body, string told)
    {
        var request = Assert.Single(await server.JudgeAsync(client => SendAsync(client, path, Json(body))));

        Assert.Contains(request.Faults, fault => fault.Contains(told, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_good_form_is_accepted()
    {
        await server.ExpectAcceptedAsync(client => SendAsync(client, "audio/transcriptions", Form(("file", "RIFF", "a.wav"), ("model", "whisper-1", null), ("timestamp_granularities[]", "word", null), ("timestamp_granularities[]", "segment", null))));
    }

    [Theory]
    [InlineData("model", "whisper-1", null, "file", "not a file", null, "form.file")]
    [InlineData("model", "whisper-1", "model.txt", "file", "RIFF", "a.wav", "form.model")]
    [InlineData("temperature", "hot", null, "file", "RIFF", "a.wav", "body.temperature")]
    [InlineData("timestamp_granularities[]", "letter", null, "file", "RIFF", "a.wav", "timestamp_granularities")]
    [InlineData("colour", "red", null, "file", "RIFF", "a.wav", "colour")]
    public async Task A_wrong_form_is_found_out(string first, string value, string? name, string second, string otherValue, string? otherName, string told)
    {
        var form = Form((first, value, name), (second, otherValue, otherName), (first == "model" ? "language" : "model", "en", null));

        var request = Assert.Single(await server.JudgeAsync(client => SendAsync(client, "audio/transcriptions", form)));

        Assert.Contains(request.Faults, fault => fault.Contains(told, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_answer_can_be_the_tests_own()
    {
        await server.ExpectAcceptedAsync(
            async client =>
            {
                using var reply = await client.Raw.SendAsync("openai", HttpMethod.Post, "embeddings", Json("""{"model":"m","input":"a"}"""), TestContext.Current.CancellationToken);
                Assert.Equal("mine", await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            },
            CannedReply.Json("mine"));
    }

    [Fact]
    public void The_document_tells_the_schema_of_a_body_its_members_and_the_fields_of_a_form()
    {
        Assert.Equal("CreateEmbeddingRequest", OpenAIDocument.BodyOf("POST", "/embeddings"));
        Assert.Contains("max_tokens", OpenAIDocument.MembersOf("CreateCompletionRequest"));
        var form = OpenAIDocument.FormOf("POST", "/images/edits");
        Assert.True(form["image"]);
        Assert.False(form["prompt"]);
    }

    private static async Task SendAsync(LlmClient client, string path, HttpContent content)
    {
        using var reply = await client.Raw.SendAsync("openai", HttpMethod.Post, path, content, TestContext.Current.CancellationToken);
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static MultipartFormDataContent Form(params (string Name, string Value, string? FileName)[] fields)
    {
        var form = new MultipartFormDataContent();
        foreach (var (name, value, fileName) in fields)
            if (fileName is null) form.Add(new StringContent(value), $"\"{name}\"");
            else form.Add(new StringContent(value), $"\"{name}\"", $"\"{fileName}\"");
        return form;
    }
}
