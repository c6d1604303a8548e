using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Muxi.Llm.Tests;

internal enum Colour { Red, Green }
internal enum Size { Small = 1, Large = 10 }

[Description("All that a type may hold")]
internal sealed record Everything(
    string Text, int Whole, double? Maybe, [property: System.ComponentModel.DataAnnotations.Range(0, 1)] double Share, Colour Colour, Size? Size, DateTimeOffset When, Guid Id, Uri? Link,
    [property: MaxLength(3)] List<string> Tags, Dictionary<string, int> Counts, Inner Inner, Inner? Other, bool Flag = true)
{
    [JsonPropertyName("re-named"), StringLength(20, MinimumLength = 2)]
    public required string Renamed { get; init; }

    public string Computed => Text + Whole;

    [JsonIgnore]
    public string? Hidden { get; init; }
}

internal sealed record Inner([Description("What it is worth")] decimal Worth, string[]? Notes);

internal sealed record Tree(string Name, List<Tree> Children, Tree? Twin);

[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind"), JsonDerivedType(typeof(Cat), "cat"), JsonDerivedType(typeof(Dog), "dog")]
internal abstract record Pet(string Name);
internal sealed record Cat(string Name, int Lives) : Pet(Name);
internal sealed record Dog(string Name, bool Barks) : Pet(Name);

internal sealed record Owner(Pet Favourite, List<Pet> Pets);

internal sealed record Anything(JsonElement Any, string Name);

internal sealed record Shared(Inner One, Inner Two);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true)]
[JsonSerializable(typeof(Everything))]
[JsonSerializable(typeof(Tree))]
[JsonSerializable(typeof(Owner))]
[JsonSerializable(typeof(Pet))]
[JsonSerializable(typeof(Shared))]
[JsonSerializable(typeof(List<Tree>))]
[JsonSerializable(typeof(Dictionary<string, Tree>))]
[JsonSerializable(typeof(Colour))]
[JsonSerializable(typeof(Anything))]
internal sealed partial class WordsJson : JsonSerializerContext;

[JsonSerializable(typeof(Everything))]
[JsonSerializable(typeof(Tree))]
internal sealed partial class PlainJson : JsonSerializerContext;

/// <summary>A type's schema is one that services keep to, that judges of other people take, and whose values the type's serialiser reads.</summary>
public sealed class TypeSchemaTests
{
    /// <summary>Compiles schemas as strictly as can be, and holds values against them.</summary>
    private const string Judge = """
        import fs from "node:fs";
        import { createRequire } from "node:module";
        const require = createRequire(process.cwd() + "/");
        const Ajv = require("ajv/dist/2020.js"), addFormats = require("ajv-formats");
        for (const [name, schema, value] of JSON.parse(fs.readFileSync(0))) {
          const ajv = new (Ajv.default ?? Ajv)({ strict: true, allowUnionTypes: true, allErrors: true });
          (addFormats.default ?? addFormats)(ajv);
          const validate = ajv.compile(schema);
          if (!validate(value)) console.log(name, JSON.stringify(value), JSON.stringify(validate.errors));
        }
        console.log("done");
        """;

    private static readonly JsonTypeInfo[] _types =
    [
        WordsJson.Default.Everything, WordsJson.Default.Tree, WordsJson.Default.Owner, WordsJson.Default.Pet, WordsJson.Default.Shared, WordsJson.Default.ListTree,
        WordsJson.Default.DictionaryStringTree, WordsJson.Default.Colour, PlainJson.Default.Everything, PlainJson.Default.Tree,
    ];

    public static TheoryData<int> Types => [.. Enumerable.Range(0, _types.Length)];

    [Theory, MemberData(nameof(Types))]
    public void Its_schema_keeps_to_the_rules_of_strict_ones(int type)
    {
        var format = AnswerSchema.Of(_types[type]).Format;

        Assert.True(format.Strict);
        StrictRules.Hold(JsonNode.Parse(format.Schema.ToString())!);
    }

    [Fact]
    public async Task A_judge_of_other_people_takes_it_and_values_that_are_made_by_it_are_read()
    {
        using var client = new LlmClient(new() { Environment = static _ => null });
        var made = new List<(string, RawJson, string)>
        {
            await MakeAsync(client, WordsJson.Default.Everything), await MakeAsync(client, WordsJson.Default.Tree), await MakeAsync(client, WordsJson.Default.Owner),
            await MakeAsync(client, WordsJson.Default.Pet), await MakeAsync(client, WordsJson.Default.Shared), await MakeAsync(client, WordsJson.Default.ListTree),
            await MakeAsync(client, WordsJson.Default.DictionaryStringTree), await MakeAsync(client, WordsJson.Default.Colour), await MakeAsync(client, PlainJson.Default.Everything),
            await MakeAsync(client, PlainJson.Default.Tree),
        };

        Assert.Equal("done\n", await JudgeAsync(made));
        Assert.NotEqual("done\n", await JudgeAsync([("wrong", made[0].Item2, "{}")]));
    }

    [Fact]
    public void It_says_what_the_type_says()
    {
        var schema = JsonNode.Parse(AnswerSchema.Of(WordsJson.Default.Everything).Format.Schema.ToString())!;
        var properties = schema["properties"]!;

        Assert.Equal("All that a type may hold", (string?)schema["description"]);
        Assert.Equal(
            ["text", "whole", "maybe", "share", "colour", "size", "when", "id", "link", "tags", "counts", "inner", "other", "flag", "re-named"],
            properties.AsObject().Select(property => property.Key));
        Assert.Equal("""{"type":"integer"}""", properties["whole"]!.ToJsonString());
        Assert.Equal("""{"type":["number","null"]}""", properties["maybe"]!.ToJsonString());
        Assert.Equal((0, 1), ((int)properties["share"]!["minimum"]!, (int)properties["share"]!["maximum"]!));
        Assert.Equal("""{"enum":["Red","Green"],"type":"string"}""", properties["colour"]!.ToJsonString());
        Assert.Contains("null", properties["size"]!["type"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal("date-time", (string?)properties["when"]!["format"]);
        Assert.Equal(3, (int)properties["tags"]!["maxItems"]!);
        Assert.Equal("minLength 2, maxLength 20", (string?)properties["re-named"]!["description"]);
        Assert.Equal("array", (string?)properties["counts"]!["type"]);
        Assert.Equal("What it is worth", (string?)properties["inner"]!["properties"]!["worth"]!["description"]);
        Assert.Equal("""["boolean","null"]""", properties["flag"]!["type"]!.ToJsonString());
        Assert.Equal("""{"type":"integer","enum":[0,1],"description":"0 is Red, 1 is Green"}""", JsonNode.Parse(AnswerSchema.Of(PlainJson.Default.Everything).Format.Schema.ToString())!["properties"]!["Colour"]!.ToJsonString());
    }

    [Fact]
    public void What_recurs_is_named_once()
    {
        var schema = JsonNode.Parse(AnswerSchema.Of(WordsJson.Default.ListTree).Format.Schema.ToString())!;

        Assert.Equal(["value"], schema["properties"]!.AsObject().Select(property => property.Key));
        Assert.NotEmpty(schema["$defs"]!.AsObject());
    }

    [Fact]
    public void A_place_for_anything_cannot_be_kept_to_but_is_asked_for()
    {
        var format = AnswerSchema.Of(WordsJson.Default.Anything).Format;

        Assert.False(format.Strict);
        var read = new ChatCompletion { Id = "1", Model = "m", Choices = [new() { Message = Message.Assistant("""{"any":{"x":[1]},"name":"n"}"""), FinishReason = FinishReason.Stop }] }.GetValue(WordsJson.Default.Anything);
        Assert.Equal("n", read.Name);
        Assert.Equal("""{"x":[1]}""", read.Any.GetRawText());
    }

    [Theory]
    [InlineData("""{"text":"a"}""", "whole is missing")]
    [InlineData("[]", "the value must be object, not an array")]
    [InlineData("no JSON at all", "the answer holds no JSON")]
    [InlineData("", "the answer is empty")]
    [InlineData("""{"name":1,"name":2}""", "the answer holds no JSON")]
    public void What_is_wrong_with_an_answer_is_said(string text, string fault)
    {
        var reply = new ChatCompletion { Id = "1", Model = "m", Choices = [new() { Message = Message.Assistant(text), FinishReason = FinishReason.Stop }] };

        var error = Assert.Throws<StructuredOutputException>(() => reply.GetValue(WordsJson.Default.Everything));

        Assert.Equal(fault, error.Faults[0]);
    }

    [Theory]
    [InlineData("""{"type":"string","minLength":2}""", "\"a\"", "the value must have 2 characters at least")]
    [InlineData("""{"type":"string","pattern":"^a+$"}""", "\"ab\"", "the value must match ^a+$")]
    [InlineData("""{"type":"number","maximum":1.5}""", "2", "the value must be 1.5 or less")]
    [InlineData("""{"type":"number","exclusiveMinimum":1}""", "1", "the value must be more than 1")]
    [InlineData("""{"enum":["a",null]}""", "\"b\"", """the value must be one of ["a",null]""")]
    [InlineData("""{"const":"a"}""", "\"b\"", """the value must be "a" """)]
    [InlineData("""{"type":"array","maxItems":1,"items":{"type":"integer"}}""", "[1,2.5]", "the value must have 1 items at most; [1] must be integer, not a number")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"array","items":{"type":"string"}}},"additionalProperties":false}""", """{"a":[1],"b":2}""", "a[0] must be string, not a number; b is not a member")]
    [InlineData("""{"anyOf":[{"type":"string"},{"type":"null"}]}""", "1", "the value fits none of its 2 forms; of the nearest: the value must be string, not a number")]
    [InlineData("""{"$ref":"#/$defs/a","$defs":{"a":{"type":"integer"}}}""", "\"x\"", "the value must be integer, not a string")]
    [InlineData("""{"type":"integer"}""", "5.0", "")]
    [InlineData("""{"type":"object","required":["a"],"properties":{"a":{"type":["string","null"]}}}""", "{}", "")]
    [InlineData("""{"type":"object","required":["a"]}""", "{}", "a is missing")]
    public void Values_are_held_against_schemas(string schema, string value, string faults)
    {
        var root = JsonNode.Parse(schema)!;

        Assert.Equal(faults.TrimEnd(), string.Join("; ", SchemaCheck.Faults(JsonNode.Parse(value), root, root)));
    }

    private static async Task<(string, RawJson, string)> MakeAsync<T>(LlmClient client, JsonTypeInfo<T> type)
    {
        var reply = await client.Chat.Completions.CreateAsync(Calls.Ask("sandbox/chat"), type, null, TestContext.Current.CancellationToken);
        Assert.Single(reply.Rounds);
        return (type.Type.Name, AnswerSchema.Of(type).Format.Schema, reply.Completion.Text);
    }

    private static async Task<string> JudgeAsync(IEnumerable<(string Name, RawJson Schema, string Value)> all)
    {
        NpmPackages.Require("ajv");
        NpmPackages.Require("ajv-formats");
        var folder = Directory.CreateTempSubdirectory("muxi-llm-strict-");
        try
        {
            var script = Path.Combine(folder.FullName, "judge.mjs");
            await File.WriteAllTextAsync(script, Judge, TestContext.Current.CancellationToken);
            var result = await NodeScript.RunAsync(script, [], $"[{string.Join(',', all.Select(one => $"[\"{one.Name}\",{one.Schema},{one.Value}]"))}]", TestContext.Current.CancellationToken);
            Assert.True(result.ExitCode == 0, result.Errors);
            return result.Output;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
