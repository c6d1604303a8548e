using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>A schema as Anthropic takes it: closed, and without the limits that it refuses, which the model is told in words.</summary>
public sealed class ClosedSchemaTests
{
    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{"type":"integer","minimum":1,"maximum":5,"description":"How many"}}}""",
        """{"type":"object","properties":{"a":{"type":"integer","description":"How many (minimum 1, maximum 5)"}},"additionalProperties":false}""")]
    [InlineData("""{"type":"array","items":{"type":"string","minLength":2},"minItems":1}""", """{"type":"array","items":{"type":"string","description":"minLength 2"},"minItems":1}""")]
    [InlineData("""{"type":"array","items":{"type":"string"},"minItems":2,"maxItems":3}""", """{"type":"array","items":{"type":"string"},"description":"minItems 2, maxItems 3"}""")]
    [InlineData("""{"type":"object","properties":{"minimum":{"type":"string"}},"additionalProperties":false}""", """{"type":"object","properties":{"minimum":{"type":"string"}},"additionalProperties":false}""")]
    public void Limits_are_told_in_words(string schema, string sent)
    {
        var written = JsonOut.ToText(RawJson.Parse(schema).ToElement(), static (json, it) => ClosedSchema.Write(json, it), indented: false);

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(sent), JsonNode.Parse(written)), written);
    }

    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{"$ref":"#"}}}""", true)]
    [InlineData("""{"$defs":{"t":{"type":"object","properties":{"c":{"type":"array","items":{"$ref":"#/$defs/t"}}}}},"type":"object","properties":{"t":{"$ref":"#/$defs/t"}}}""", true)]
    [InlineData("""{"$defs":{"t":{"type":"string"},"u":{"type":"object","properties":{"t":{"$ref":"#/$defs/t"}}}},"type":"object","properties":{"a":{"$ref":"#/$defs/u"},"b":{"$ref":"#/$defs/u"}}}""", false)]
    [InlineData("""{"type":"object","properties":{"$ref":{"type":"string"}}}""", false)]
    public void What_recurs_is_seen(string schema, bool recurs) => Assert.Equal(recurs, ClosedSchema.IsRecursive(RawJson.Parse(schema).ToElement()));

    [Fact]
    public void A_schema_that_recurs_is_asked_for_by_a_tool_where_one_can_be_forced_else_in_the_instructions()
    {
        var request = new ChatCompletionRequest { Model = "m", Messages = [Message.User("Hi")], ResponseFormat = ResponseFormat.FromType(WordsJson.Default.Tree) };
        var dialect = new AnthropicMessages { OutputFormat = true };

        var forced = JsonNode.Parse(dialect.Render(request, new("anthropic", "m", "r", default), stream: false).Body.Span)!;
        var told = dialect with { ForcedTools = false };
        var call = told.Render(request, new("anthropic", "m", "r", default), stream: false);

        Assert.Equal(("answer_in_json", "answer_in_json", null), ((string?)forced["tools"]![0]!["name"], (string?)forced["tool_choice"]!["name"], forced["output_config"]));
        Assert.Contains("follows this JSON schema", JsonNode.Parse(call.Body.Span)!["system"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains(call.Warnings, warning => warning.Param == "response_format");
    }
}
