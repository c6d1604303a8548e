using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Anthropic's format as other clouds have it: the model in the path, version and beta values in the body.</summary>
public sealed class AnthropicElsewhereTests
{
    private static readonly AnthropicMessages _cloud = new()
    {
        Path = "model/{model}/invoke", StreamPath = "model/{model}/invoke-with-stream", ModelPrefix = "invoke/", BodyVersion = "cloud-2023-05-31", ModelInBody = false, StreamInBody = false, BetasInBody = true,
        Betas = _betas,
    };

    private static ImmutableDictionary<string, string> _betas =>
        new Dictionary<string, string> { ["computer_20250124"] = "computer-use-2025-01-24" }.ToImmutableDictionary();

    [Theory, InlineData(false, "model/vendor.claude%3A0/invoke"), InlineData(true, "model/vendor.claude%3A0/invoke-with-stream")]
    public void The_path_names_the_model_and_the_body_the_version(bool stream, string path)
    {
        var call = _cloud.Render(new() { Model = "cloud/x", Messages = [Message.User("Hi")], MaxTokens = 5 }, new("cloud", "invoke/vendor.claude:0", "r", DateTimeOffset.UnixEpoch), stream);

        Assert.Equal(path, call.Path);
        JsonComparison.Same("the body", JsonNode.Parse("""{"anthropic_version":"cloud-2023-05-31","max_tokens":5,"messages":[{"role":"user","content":"Hi"}]}"""), JsonNode.Parse(call.Body.Span)!);
    }

    [Fact]
    public void Beta_values_go_into_the_body_beside_the_callers_own()
    {
        var asked = new ChatCompletionRequest
        {
            Model = "cloud/x", Messages = [Message.User("Hi")], MaxTokens = 5, Tools = [new() { Type = "computer_20250124", Extra = """{"name":"computer"}""" }], Extra = """{"anthropic_beta":["mine-2025-01-01"]}""",
        };

        var call = _cloud.Render(asked, new("cloud", "vendor.claude", "r", DateTimeOffset.UnixEpoch), stream: false);

        Assert.Empty(call.AddedHeaders);
        Assert.Equal("""["mine-2025-01-01","computer-use-2025-01-24"]""", JsonNode.Parse(call.Body.Span)!["anthropic_beta"]!.ToJsonString());
    }
}
