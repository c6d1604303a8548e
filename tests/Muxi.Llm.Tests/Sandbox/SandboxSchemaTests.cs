using System.Text.Json;
using System.Text.RegularExpressions;

namespace Muxi.Llm.Tests;

public sealed class SandboxSchemaTests
{
    private static string Made(string schema, string text = "") => SandboxSchema.Instance(JsonElement.Parse(schema), text);

    [Theory]
    [InlineData(1, 100)]
    [InlineData(2, 100)]
    [InlineData(3, 100)]
    [InlineData(4, 100)]
    public void Any_satisfiable_schema_is_satisfied(int block, int count)
    {
        for (var seed = block * 1000; seed < (block * 1000) + count; seed++)
        {
            var schema = new SchemaMaker(seed).Next();

            var instance = Made(schema, "Please book 7 nights in Berlin for Ann Lee at 12.5 each.");

            Assert.True(SchemaJudge.Fault(schema, instance) is null, $"seed {seed}: {SchemaJudge.Fault(schema, instance)}\n{schema}\n{instance}");
            Assert.Equal(instance, Made(schema, "Please book 7 nights in Berlin for Ann Lee at 12.5 each."));
        }
    }

    [Theory]
    [InlineData("""{"type":"string"}""", "\"sandbox\"")]
    [InlineData("""{"type":"integer"}""", "1")]
    [InlineData("""{"type":["null","boolean"]}""", "true")]
    [InlineData("""{"type":"null"}""", "null")]
    [InlineData("""{"const":{"a":[1]}}""", """{"a":[1]}""")]
    [InlineData("""{"enum":[3,4]}""", "3")]
    [InlineData("""{"type":"string","enum":[3,"x"]}""", "\"x\"")]
    [InlineData("""{"type":"number","default":2.5}""", "2.5")]
    [InlineData("""{"type":"string","default":7,"examples":["e"]}""", "\"e\"")]
    [InlineData("""{"type":"string","default":null}""", "\"sandbox\"")]
    [InlineData("""{"type":"string","maxLength":3}""", "\"san\"")]
    [InlineData("""{"type":"string","minLength":9}""", "\"sandbox..\"")]
    [InlineData("""{"exclusiveMinimum":1,"exclusiveMaximum":2}""", "1.5")]
    [InlineData("""{"type":"integer","minimum":10,"multipleOf":4}""", "12")]
    [InlineData("""{"type":"integer","maximum":-3}""", "-3")]
    [InlineData("""{"type":"integer","minimum":0,"exclusiveMinimum":true,"maximum":1}""", "1")]
    [InlineData("""{"type":"number","multipleOf":0.1,"minimum":2.25}""", "3")]
    [InlineData("""{"type":"number","multipleOf":0.1,"minimum":2.25,"maximum":2.5}""", "2.3")]
    [InlineData("""{"type":"array","minItems":2,"items":{"type":"integer"}}""", "[1,2]")]
    [InlineData("""{"type":"array","maxItems":0}""", "[]")]
    [InlineData("""{"type":"array","uniqueItems":true,"minItems":2,"items":{"type":"boolean"}}""", "[true,false]")]
    [InlineData("""{"type":"array","prefixItems":[{"const":1},{"const":2}],"items":false}""", "[1,2]")]
    [InlineData("""{"anyOf":[{"type":"null"},{"type":"integer"}]}""", "1")]
    [InlineData("""{"oneOf":[{"type":"integer"},{"minimum":0,"type":"number"}]}""", "1.5", true)]
    [InlineData("""{"allOf":[{"type":"number"},{"type":"integer","minimum":5}]}""", "5")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"integer"},"b":false},"required":["a","c"]}""", """{"a":1,"c":"sandbox c"}""")]
    [InlineData("""{"type":"object","additionalProperties":{"type":"integer"}}""", """{"key1":1}""")]
    [InlineData("""{"$defs":{"n":{"type":"object","properties":{"next":{"anyOf":[{"$ref":"#/$defs/n"},{"type":"null"}]}},"required":["next"]}},"$ref":"#/$defs/n"}""", """{"next":null}""")]
    [InlineData("""{"type":"object","properties":{"c":{"type":"array","items":{"$ref":"#"}}}}""", """{"c":[{}]}""")]
    [InlineData("true", "\"sandbox\"")]
    public void A_schema_gets_this_instance(string schema, string expected, bool anyValid = false)
    {
        var instance = Made(schema);

        Assert.True(anyValid ? SchemaJudge.Fault(schema.Replace(",\"exclusiveMinimum\":true", "", StringComparison.Ordinal), instance) is null : instance == expected, instance);
    }

    [Theory]
    [InlineData("^[a-z]+$", 0, 99)]
    [InlineData("^[a-z]+$", 20, 30)]
    [InlineData("^\\d{3}-\\d{4}$", 0, 99)]
    [InlineData("^(\\([0-9]{3}\\))?[0-9]{3}-[0-9]{4}$", 0, 99)]
    [InlineData("^(?<year>\\d{4})-(0[1-9]|1[0-2])$", 0, 99)]
    [InlineData("^[^a-z]{3}$", 0, 99)]
    [InlineData("^[\\]\\-x]{2}$", 0, 99)]
    [InlineData("^a{2}b{0,3}c{1,}$", 10, 12)]
    [InlineData("^\\u0041\\x42$", 0, 99)]
    [InlineData("^{not a quantifier}$", 0, 99)]
    public void A_pattern_gets_a_text_that_it_matches(string pattern, int least, int most)
    {
        var text = SandboxPattern.Matching(pattern, least, most);

        Assert.NotNull(text);
        Assert.Matches(pattern, text);
        Assert.InRange(text.Length, least, most);
    }

    [Fact]
    public void A_password_described_by_lookaheads_is_guessed() =>
        Assert.Matches("^(?=.*[A-Z])(?=.*\\d).{8,}$", JsonElement.Parse(Made("""{"type":"string","pattern":"^(?=.*[A-Z])(?=.*\\d).{8,}$"}""")).GetString());

    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{"$ref":"#"},"b":{"$ref":"#"}},"required":["a","b"]}""")]
    [InlineData("""{"$ref":"#"}""")]
    [InlineData("""{"$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}},"$ref":"#/$defs/a"}""")]
    [InlineData("""{"type":"string","pattern":"(((((a*)*)*)*)*)*$b"}""")]
    [InlineData("""{"type":"string","pattern":"((((){9999}){9999}){9999})+x"}""")]
    [InlineData("""{"type":"array","minItems":1000000000}""")]
    [InlineData("""{"type":"string","minLength":1000000000}""")]
    [InlineData("""{"type":"integer","minimum":1e300}""")]
    [InlineData("""{"type":"integer","minimum":5,"maximum":4}""")]
    [InlineData("""{"$ref":"https://example.com/schema"}""")]
    [InlineData("""{"type":7,"properties":[],"required":"x","items":3,"enum":{},"anyOf":{},"pattern":"(","minimum":"low"}""")]
    public void A_schema_that_cannot_be_satisfied_or_read_still_gets_an_answer(string schema) =>
        Assert.NotEqual(JsonValueKind.Undefined, JsonElement.Parse(Made(schema)).ValueKind);

    [Theory]
    [InlineData("What is the weather in Paris, Texas?", "Paris")]
    [InlineData("Compare it with New York.", "New York")]
    [InlineData("Nothing here has a name", "sandbox city")]
    public void Names_of_the_users_text_fill_plain_strings(string text, string expected) =>
        Assert.Equal(expected, JsonElement.Parse(Made("""{"type":"object","properties":{"city":{"type":"string"}}}""", text)).GetProperty("city").GetString());

    [Fact]
    public void Numbers_of_the_users_text_fill_numbers_in_order() =>
        Assert.Equal("""{"a":4,"b":2.5}""", Made("""{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"number"}}}""", "add 4 and 2.5"));

    [Fact]
    public void A_member_called_query_gets_the_whole_text() =>
        Assert.Equal("""{"query":"cats & dogs"}""", Regex.Unescape(Made("""{"type":"object","properties":{"query":{"type":"string"}}}""", "cats & dogs")));
}
