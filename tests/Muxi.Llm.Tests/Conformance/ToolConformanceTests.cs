using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Tools mean the same in every wire format, whole and streamed: what the model is told, what it calls, and what its calls gave.</summary>
public sealed class ToolConformanceTests
{
    private const string Schema = """{"type":"object","properties":{"city":{"type":"string","description":"Where"}},"required":["city"]}""";

    private static readonly Tool _weather = Tool.FromFunction("get_weather", "The weather of a city", Schema);
    private static readonly Tool _clock = Tool.FromFunction("now");
    private static readonly ChatCompletionRequest _ask = new() { Model = "", Messages = [Message.System("Be brief."), Message.User("Weather in Oslo?")], Tools = [_weather, _clock], MaxTokens = 500 };
    private static readonly Said.Call _oslo = new("calloslo1", "get_weather", """{"city":"Oslo"}""");

    public static TheoryData<string, bool> Formats
    {
        get
        {
            var all = new TheoryData<string, bool>();
            foreach (var format in WireModel.All.Keys)
                foreach (var stream in (bool[])[false, true]) all.Add(format, stream);
            return all;
        }
    }

    [Theory, MemberData(nameof(Formats))]
    public async Task Tools_are_described_and_the_model_may_decide(string format, bool stream)
    {
        await using var talk = await Conversing.BeginAsync(stream);

        var reply = await talk.AskAsync(WireModel.All[format], _ask with { ToolChoice = ToolChoice.Auto }, new Said.Words("Let me look. "), _oslo);

        Assert.Equal(("Be brief.", WireModel.All[format].Chooses ? "auto" : null), (talk.Last.System, talk.Last.ToolChoice));
        Assert.Equal(["get_weather", "now"], talk.Last.Tools.Select(tool => tool.Name));
        Assert.Equal("The weather of a city", talk.Last.Tools[0].Description);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Schema), talk.Last.Tools[0].Schema));
        Assert.Equal("Let me look. ", reply.Text);
        Assert.Equal(FinishReason.ToolCalls, reply.Choices[0].FinishReason);
        var call = Assert.Single(reply.ToolCalls);
        Assert.Equal(("calloslo1", "function", "get_weather", """{"city":"Oslo"}"""), (call.Id, call.Type, call.Function.Name, call.Function.Arguments));
    }

    [Theory, MemberData(nameof(Formats))]
    public async Task A_choice_says_whether_and_which(string format, bool stream)
    {
        await using var talk = await Conversing.BeginAsync(stream);
        foreach (var (choice, seen) in ((ToolChoice, string)[])[(ToolChoice.None, "none"), (ToolChoice.Required, "required"), (ToolChoice.Function("get_weather"), "the tool get_weather")])
        {
            await talk.AskAsync(WireModel.All[format], _ask with { ToolChoice = choice }, choice == ToolChoice.None ? new Said.Words("Cold.") : _oslo);
            // Where the format has no choice, a model that is to call nothing is shown nothing, and the rest is a warning.
            if (WireModel.All[format].Forces || choice == ToolChoice.None) Assert.Equal(seen, SeenChoice(talk.Last));
            else Assert.Contains(talk.Last.ToolChoice, (string?[])[null, "auto"]);
        }
        await talk.AskAsync(WireModel.All[format], _ask, _oslo);
        Assert.Contains(talk.Last.ToolChoice, (string?[])[null, "auto"]);
    }

    [Theory, MemberData(nameof(Formats))]
    public async Task Several_calls_at_once_keep_their_order_and_ids_or_are_forbidden(string format, bool stream)
    {
        await using var talk = await Conversing.BeginAsync(stream);
        Said[] calls = [_oslo, new Said.Call("callrome1", "get_weather", """{"city":"Rome"}"""), new Said.Call("callnow01", "now", "{}")];

        var reply = await talk.AskAsync(WireModel.All[format], _ask, calls);
        var parallel = talk.Last.Parallel;
        await talk.AskAsync(WireModel.All[format], _ask with { ParallelToolCalls = false }, _oslo);

        Assert.Equal(["calloslo1 get_weather", "callrome1 get_weather", "callnow01 now"], reply.ToolCalls.Select(call => $"{call.Id} {call.Function.Name}"));
        // Google's format cannot forbid it, and Ollama's knows no choices at all: a warning says so.
        Assert.Equal((null, WireModel.All[format].ForbidsParallelCalls ? false : default(bool?)), (parallel, talk.Last.Parallel));
    }

    [Theory, MemberData(nameof(Formats))]
    public async Task A_tool_without_arguments_is_called_with_an_empty_object_and_goes_back_so(string format, bool stream)
    {
        await using var talk = await Conversing.BeginAsync(stream);
        var model = WireModel.All[format];

        var reply = await talk.AskAsync(model, _ask, new Said.Call("callnow01", "now", "{}"));
        await talk.AskAsync(model, Next(_ask, reply, Message.Tool("callnow01", "12:00")), new Said.Words("Noon."));

        Assert.Equal("object", (string?)(talk.Last.Tools[1].Schema?["type"] ?? "object"));
        Assert.Equal("{}", JsonNode.Parse(Assert.Single(reply.ToolCalls).Function.Arguments)!.ToJsonString());
        Assert.Equal(["user: Weather in Oslo?", "assistant: callnow01=now({})", "tool: callnow01: 12:00"], talk.Last.Lines);
    }

    [Theory, MemberData(nameof(Formats))]
    public async Task Arguments_of_any_size_and_script_arrive_whole(string format, bool stream)
    {
        var text = new StringBuilder();
        while (text.Length < 60_000) text.Append("\"quoted\" \\back\\ \t\n سلام دنیا — 你好 👩‍👩‍👧‍👦 é̂ 𝔘𝔫𝔦 ");
        var arguments = new JsonObject { ["city"] = text.ToString(), ["n"] = 1.5e300, ["deep"] = new JsonArray(new JsonObject { ["x"] = null }, true) };
        await using var talk = await Conversing.BeginAsync(stream, seed: 7);
        var model = WireModel.All[format];

        var reply = await talk.AskAsync(model, _ask, new Said.Call("callbig01", "get_weather", arguments.ToJsonString()));
        await talk.AskAsync(model, Next(_ask, reply, Message.Tool("callbig01", text.ToString())), new Said.Words("Done."));

        Assert.True(JsonNode.DeepEquals(arguments, JsonNode.Parse(Assert.Single(reply.ToolCalls).Function.Arguments)));
        var back = Assert.IsType<SeenPart.Call>(Assert.Single(talk.Last.Turns[1].Parts));
        Assert.True(JsonNode.DeepEquals(arguments, back.Arguments));
        Assert.Equal(text.ToString(), Assert.IsType<SeenPart.Words>(Assert.Single(Assert.IsType<SeenPart.Result>(Assert.Single(talk.Last.Turns[2].Parts)).Parts)).Text);
    }

    [Theory, MemberData(nameof(Formats))]
    public async Task A_tool_that_failed_is_told_of(string format, bool stream)
    {
        await using var talk = await Conversing.BeginAsync(stream);
        var model = WireModel.All[format];

        var reply = await talk.AskAsync(model, _ask, _oslo);
        await talk.AskAsync(model, Next(_ask, reply, Message.Tool(_oslo.Id, "no such city") with { IsError = true }), new Said.Words("I could not find it."));

        var result = Assert.IsType<SeenPart.Result>(Assert.Single(talk.Last.Turns[2].Parts));
        Assert.Equal("no such city", Assert.Single(result.Parts).ToString());
        // OpenAI's formats have no member for it: there the words say it alone.
        Assert.Equal(format is "anthropic-messages" or "gemini-chat" or "bedrock-converse", result.IsError);
    }

    [Theory, MemberData(nameof(Formats))]
    public async Task A_result_may_hold_a_picture(string format, bool stream)
    {
        var picture = Image.FromBytes([0x89, .. "PNG"u8, 13, 10, 26, 10, 1, 2, 3]);
        await using var talk = await Conversing.BeginAsync(stream);
        var model = WireModel.All[format];

        var reply = await talk.AskAsync(model, _ask, _oslo, new Said.Call("callnow01", "now", "{}"));
        Message[] results = [new() { Role = Role.Tool, ToolCallId = _oslo.Id, Blocks = ["The radar:", picture] }, Message.Tool("callnow01", "12:00")];
        await talk.AskAsync(model, Next(_ask, reply, [.. results, Message.User("Well?")]), new Said.Words("Rain is coming."));

        var shown = talk.Last.Turns.SelectMany(turn => turn.Parts).SelectMany(part => part is SeenPart.Result result ? result.Parts : [part]).ToList();
        Assert.Equal($"<image/png {Convert.ToBase64String([0x89, .. "PNG"u8, 13, 10, 26, 10, 1, 2, 3])}>", Assert.Single(shown.OfType<SeenPart.Picture>()).ToString());
        Assert.Contains(shown, part => part.ToString() == "The radar:");
        Assert.Equal("Well?", shown[^1].ToString());
        Assert.Equal(["callnow01: 12:00", $"{_oslo.Id}: The radar:"], talk.Last.Turns.Where(turn => turn.Role == "tool").Select(turn => turn.Parts[0].ToString()!.Split(" + ")[0]).Order(StringComparer.Ordinal));
    }

    [Theory, MemberData(nameof(Formats))]
    public async Task Two_rounds_of_calls_make_one_conversation(string format, bool stream)
    {
        await using var talk = await Conversing.BeginAsync(stream);
        var model = WireModel.All[format];

        var first = await talk.AskAsync(model, _ask, new Said.Words("Looking."), _oslo);
        var request = Next(_ask, first, Message.Tool(_oslo.Id, "3 °C"));
        var second = await talk.AskAsync(model, request, new Said.Call("callrome1", "get_weather", """{"city":"Rome"}"""));
        request = Next(request, second, Message.Tool("callrome1", ""));
        var last = await talk.AskAsync(model, request, new Said.Words("3 °C in Oslo; Rome is silent."));

        Assert.Equal(("3 °C in Oslo; Rome is silent.", FinishReason.Stop), (last.Text, last.Choices[0].FinishReason));
        Assert.Equal(
            ["user: Weather in Oslo?", "assistant: Looking. | calloslo1=get_weather({\"city\":\"Oslo\"})", "tool: calloslo1: 3 °C",
             "assistant: callrome1=get_weather({\"city\":\"Rome\"})"],
            talk.Last.Lines.Take(4));
        Assert.StartsWith("tool: callrome1: ", talk.Last.Lines.Last(), StringComparison.Ordinal);
        Assert.Equal(3, talk.Seen.Count);
    }

    [Theory, MemberData(nameof(Formats))]
    public async Task Usage_is_counted_alike(string format, bool stream)
    {
        await using var talk = await Conversing.BeginAsync(stream);

        var reply = await talk.AskAsync(WireModel.All[format], _ask, _oslo);

        Assert.Equal((20, 10, 30), (reply.Usage!.PromptTokens, reply.Usage.CompletionTokens, reply.Usage.TotalTokens));
    }

    public static TheoryData<string, string, bool> Pairs
    {
        get
        {
            var pairs = new TheoryData<string, string, bool>();
            foreach (var here in WireModel.All.Keys)
                foreach (var there in WireModel.All.Keys)
                    foreach (var stream in (bool[])[false, true])
                        if (here != there) pairs.Add(here, there, stream);
            return pairs;
        }
    }

    [Theory, MemberData(nameof(Pairs))]
    public async Task A_history_of_one_format_goes_on_in_the_other_and_back(string here, string there, bool stream)
    {
        await using var talk = await Conversing.BeginAsync(stream);
        var (one, other) = (WireModel.All[here], WireModel.All[there]);
        Said[] thinking = one.Thinks ? [new Said.Thinking("Oslo is north.", "c2lnbmVk+/=="), new Said.Words("Looking."), _oslo] : [new Said.Words("Looking."), _oslo];

        var first = await talk.AskAsync(one, _ask, thinking);
        var request = Next(_ask, first, Message.Tool(_oslo.Id, "3 °C"));
        var second = await talk.AskAsync(other, request, new Said.Call("callrome1", "get_weather", """{"city":"Rome"}"""));
        // Unsigned thinking is text that any model may be told again; signed is the business of the service that signed it.
        var told = one is { Thinks: true, Signs: false } && other is { Thinks: true, Signs: false } ? "(Oslo is north./) | " : "";
        Assert.Equal(["user: Weather in Oslo?", $"assistant: {told}Looking. | calloslo1=get_weather({{\"city\":\"Oslo\"}})", "tool: calloslo1: 3 °C"], talk.Last.Lines);

        request = Next(request, second, Message.Tool("callrome1", "20 °C"));
        await talk.AskAsync(one, request, new Said.Words("Done."));

        var signed = one.Thinks ? $"(Oslo is north./{(one.Signs ? "c2lnbmVk+/==" : "")}) | " : "";
        Assert.Equal(
            ["user: Weather in Oslo?", $"assistant: {signed}Looking. | calloslo1=get_weather({{\"city\":\"Oslo\"}})", "tool: calloslo1: 3 °C",
             "assistant: callrome1=get_weather({\"city\":\"Rome\"})", "tool: callrome1: 20 °C"],
            talk.Last.Lines);
    }

    /// <summary>What the choice comes to: one tool alone that must be called is that tool, and who is shown none calls none.</summary>
    private static string? SeenChoice(SeenChat seen) => seen switch
    {
        { Tools: [] } => "none",
        { ToolChoice: "required", Tools: [var only] } => $"the tool {only.Name}",
        _ => seen.ToolChoice,
    };

    /// <summary>The conversation with the reply and what follows it.</summary>
    private static ChatCompletionRequest Next(ChatCompletionRequest request, ChatCompletion reply, params Message[] more) =>
        request with { Messages = [.. request.Messages, reply.Choices[0].Message, .. more] };
}
