using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Muxi.Llm.Tests;

internal sealed record Hero([property: Description("As people call it")] string Name, int Age, string? Nickname, string Planet = "Earth");

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Hero))]
[JsonSerializable(typeof(List<int>))]
[JsonSerializable(typeof(Dictionary<string, Hero>))]
internal sealed partial class StructuredSuiteJson : JsonSerializerContext;

/// <summary>A value of a type is the same over every wire format of chat, by every road that a service has for a schema, whole and streamed.</summary>
public sealed class StructuredSuiteTests
{
    private const string Superman = """{"name":"Clark","age":35,"nickname":null,"planet":"Krypton"}""";

    private static readonly ChatCompletionRequest _ask = new() { Model = "", Messages = [Message.System("Be brief."), Message.User("A hero?")], MaxTokens = 500 };

    /// <summary>Each road: the wire format, and what the service is by which it goes.</summary>
    private static readonly Dictionary<string, (string Format, Func<ChatDialect, ChatDialect> Change)> _roads = new()
    {
        ["openai-chat"] = ("openai-chat", dialect => dialect),
        ["anthropic-messages"] = ("anthropic-messages", dialect => dialect),
        ["openai-chat by json_object"] = ("openai-chat", dialect => ((OpenAIChat)dialect) with { ResponseFormats = ["text", "json_object"] }),
        ["openai-chat by instructions"] = ("openai-chat", dialect => ((OpenAIChat)dialect) with { ResponseFormats = ["text"] }),
        ["anthropic-messages by a tool"] = ("anthropic-messages", dialect => ((AnthropicMessages)dialect) with { OutputFormat = false, ForcedTools = true, Variants = [] }),
        ["anthropic-messages by instructions"] = ("anthropic-messages", dialect => ((AnthropicMessages)dialect) with { OutputFormat = false, ForcedTools = false, Variants = [] }),
    };

    public static TheoryData<string, bool> Roads
    {
        get
        {
            var all = new TheoryData<string, bool>();
            // A wire model that is added later is on its own road by its name.
            foreach (var road in _roads.Keys.Union(WireModel.All.Keys).Union(WireModel.Toolless.Keys))
                foreach (var stream in (bool[])[false, true]) all.Add(road, stream);
            return all;
        }
    }

    [Theory, MemberData(nameof(Roads))]
    public async Task A_value_is_asked_for_and_read(string road, bool stream)
    {
        await using var talk = await BeginAsync(road, stream);
        talk.Expect(Model(road), Answer(road, Superman));

        var reply = await talk.AskAsync(Model(road).Name, _ask, StructuredSuiteJson.Default.Hero);

        Assert.Equal(new("Clark", 35, null, "Krypton"), reply.Value);
        Assert.Equal((1, 30L), (reply.Rounds.Count, reply.Usage!.TotalTokens));
        Assert.Equal(Model(road).Name.Split('/')[0], reply.Provider);
        Assert.Equal(road.Contains("object") || road.Contains("instructions") || !Model(road).TakesSchemas, reply.Warnings.Any(warning => warning.Param == "response_format"));
        var schema = talk.Last.Schema ?? talk.Last.Tools.SingleOrDefault()?.Schema;
        if (schema is null) Assert.Contains("As people call it", talk.Last.System, StringComparison.Ordinal);
        else
        {
            Assert.Equal("As people call it", (string?)schema["properties"]!["name"]!["description"]);
            Assert.Equal(["name", "age", "nickname", "planet"], schema["required"]!.AsArray().Select(name => (string)name!));
        }
        Assert.StartsWith("Be brief.", talk.Last.System, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Roads))]
    public async Task An_optional_member_is_null_where_it_is_left_out(string road, bool stream)
    {
        await using var talk = await BeginAsync(road, stream);
        talk.Expect(Model(road), Answer(road, """{"name":"Bruce","age":40,"nickname":"Bat","planet":null}"""));

        Assert.Equal(new("Bruce", 40, "Bat", "Earth"), (await talk.AskAsync(Model(road).Name, _ask, StructuredSuiteJson.Default.Hero)).Value);
    }

    [Theory, MemberData(nameof(Roads))]
    public async Task What_is_no_object_is_wrapped_in_one_and_a_dictionary_comes_as_entries(string road, bool stream)
    {
        await using var talk = await BeginAsync(road, stream);
        talk.Expect(Model(road), Answer(road, """{"value":[1,2,3]}""")).Expect(Model(road), Answer(road, $$"""{"value":[{"key":"one","value":{{Superman}}}]}"""));

        Assert.Equal([1, 2, 3], (await talk.AskAsync(Model(road).Name, _ask, StructuredSuiteJson.Default.ListInt32)).Value);
        var heroes = (await talk.AskAsync(Model(road).Name, _ask, StructuredSuiteJson.Default.DictionaryStringHero)).Value;
        Assert.Equal(new("Clark", 35, null, "Krypton"), Assert.Single(heroes, hero => hero.Key == "one").Value);
    }

    [Theory, MemberData(nameof(Roads))]
    public async Task An_answer_that_does_not_follow_the_schema_is_mended_once(string road, bool stream)
    {
        await using var talk = await BeginAsync(road, stream);
        talk.Expect(Model(road), Answer(road, """{"name":"Clark","age":"old","nickname":null,"planet":"Krypton"}""")).Expect(Model(road), Answer(road, Superman));

        var reply = await talk.AskAsync(Model(road).Name, _ask, StructuredSuiteJson.Default.Hero);

        Assert.Equal((35, 2, 2, 60L), (reply.Value.Age, reply.Rounds.Count, reply.Attempts.Count, reply.Usage!.TotalTokens));
        Assert.Contains("\"old\"", talk.Last.Lines.ElementAt(1), StringComparison.Ordinal);
        Assert.Contains("age must be integer, not a string", talk.Last.Lines.ElementAt(2), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Roads))]
    public async Task An_answer_that_is_wrong_again_is_an_error_that_holds_it(string road, bool stream)
    {
        await using var talk = await BeginAsync(road, stream);
        talk.Expect(Model(road), Answer(road, """{"name":"Clark"}""")).Expect(Model(road), Answer(road, """{"name":"Clark","age":3.5}"""));

        var error = await Assert.ThrowsAsync<StructuredOutputException>(() => talk.AskAsync(Model(road).Name, _ask, StructuredSuiteJson.Default.Hero));

        Assert.Equal(["age must be integer, not a number"], error.Faults);
        Assert.Contains("3.5", error.Text, StringComparison.Ordinal);
        Assert.Equal((ErrorKind.Answer, Model(road).Name.Split('/')[0]), (error.Kind, error.Provider));
    }

    [Theory, MemberData(nameof(Roads))]
    public async Task A_refusal_and_a_cut_are_errors_of_their_own_and_nobody_is_asked_again(string road, bool stream)
    {
        await using var talk = await BeginAsync(road, stream);
        if (!Model(road).TellsCuts)
        {
            // What is cut and not said to be is no JSON, and the model is told so.
            talk.Expect(Model(road), new Said.Words("""{"name":"Cl""")).Expect(Model(road), Answer(road, Superman));
            Assert.Equal(2, (await talk.AskAsync(Model(road).Name, _ask, StructuredSuiteJson.Default.Hero)).Rounds.Count);
            return;
        }
        if (Model(road).Refuses) talk.Expect(Model(road), new Said.Refusal("I will not."));
        talk.Expect(Model(road), new Said.Words("""{"name":"Cl"""), new Said.Cut());

        var refusal = !Model(road).Refuses ? null : await Assert.ThrowsAnyAsync<StructuredOutputException>(() => talk.AskAsync(Model(road).Name, _ask, StructuredSuiteJson.Default.Hero));
        var cut = await Assert.ThrowsAsync<LengthFinishReasonException>(() => talk.AskAsync(Model(road).Name, _ask, StructuredSuiteJson.Default.Hero));

        if (refusal is not null && Model(road).TellsRefusals) Assert.Equal("I will not.", Assert.IsType<RefusalException>(refusal).Refusal);
        else if (refusal is not null) Assert.Equal("I will not.", Assert.IsType<ContentFilterFinishReasonException>(refusal).Text);
        Assert.Equal("""{"name":"Cl""", cut.Text);
        Assert.Equal(Model(road).Refuses ? 2 : 1, talk.Seen.Count);
    }

    [Theory, MemberData(nameof(Roads))]
    public async Task Words_and_a_fence_around_the_JSON_do_no_harm(string road, bool stream)
    {
        await using var talk = await BeginAsync(road, stream);
        talk.Expect(Model(road), new Said.Words($"Here {{it}} is:\n```json\n{Superman}\n```\nEnjoy!"));

        Assert.Equal("Clark", (await talk.AskAsync(Model(road).Name, _ask, StructuredSuiteJson.Default.Hero)).Value.Name);
    }

    private static WireModel Model(string road) => WireModel.Toolless.GetValueOrDefault(road) ?? WireModel.All[_roads.TryGetValue(road, out var known) ? known.Format : road];

    private static Said Answer(string road, string json) => road.EndsWith("by a tool", StringComparison.Ordinal) ? new Said.Call("call_1", "answer_in_json", json) : new Said.Words(json);

    private static Task<Conversing> BeginAsync(string road, bool stream) => Conversing.BeginAsync(stream, options =>
    {
        if (!_roads.TryGetValue(road, out var known)) return options;
        var service = Catalog.Resolve(WireModel.All[known.Format].Name).Provider;
        return options with { Providers = [service with { Chat = known.Change(service.Chat!) }] };
    });
}
