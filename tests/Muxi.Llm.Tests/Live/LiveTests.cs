using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>
/// One suite of scenarios for every provider. With MUXI_LLM_LIVE they cost money and ask real services; without it they ask a server in this process. What a service does not offer, and what its model
/// cannot do as it says itself, is skipped by name.
/// </summary>
[Collection(nameof(Alone))]
public sealed class LiveTests
{
    private static readonly Tool _weather = Tool.FromFunction("get_weather", "Tells the weather in a city.", """{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}""");

    /// <summary>32 by 32 pixels, all red.</summary>
    private const string Red = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAIAAAD8GO2jAAAAJ0lEQVR42u3NsQkAAAjAsP7/tF7hIASyp6lTCQQCgUAgEAgEgi/BAjLD/C5w/SM9AAAAAElFTkSuQmCC";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Services => [.. LiveService.All];

    [Theory, MemberData(nameof(Services))]
    public async Task It_answers(string service)
    {
        await using var live = await LiveService.StartAsync(service);

        var reply = await live.Client.AskAsync(Ask(live, "Say hello in one short sentence."));

        Assert.False(string.IsNullOrWhiteSpace(reply.Text));
        Assert.Equal(FinishReason.Stop, reply.Choices[0].FinishReason);
        Assert.Single(reply.Attempts);
        if (reply.Usage is { } usage) Assert.True(usage.PromptTokens > 0 && usage.CompletionTokens > 0 && usage.TotalTokens >= usage.PromptTokens + usage.CompletionTokens, $"{usage}");
    }

    [Theory, MemberData(nameof(Services))]
    public async Task It_streams_what_it_would_have_said_whole(string service)
    {
        await using var live = await LiveService.StartAsync(service);
        var request = Ask(live, "Count from one to twenty in words.");

        var (chunks, error) = await live.Client.AskStream(request).ReadAsync();
        var whole = await live.Client.AskAsync(request);

        Assert.Null(error);
        Assert.True(chunks.Count(chunk => chunk.Text is { Length: > 0 }) > 1, $"{chunks.Count} chunks");
        var streamed = await chunks.ToAsyncEnumerable().ToCompletionAsync(Token);
        Assert.Equal(whole.Choices[0].FinishReason, streamed.Choices[0].FinishReason);
        // The same question has the same tokens either way.
        Assert.Equal(whole.Usage?.PromptTokens, streamed.Usage?.PromptTokens);
        if (!live.IsLive) Assert.Equal((whole.Text, whole.Usage), (streamed.Text, streamed.Usage));
    }

    [Theory, MemberData(nameof(Services))]
    public async Task It_calls_a_tool_and_answers_from_its_result(string service)
    {
        await using var live = await LiveService.StartAsync(service);
        foreach (var isStreamed in (bool[])[false, true])
        {
            var request = Ask(live, "What is the weather in Paris? Use the tool.") with { Tools = [_weather], ToolChoice = ToolChoice.Required };

            var asked = await AskedAsync(live, request, isStreamed);
            var call = Assert.Single(asked.ToolCalls.Take(1));
            Assert.Equal(("get_weather", FinishReason.ToolCalls), (call.Function.Name, asked.Choices[0].FinishReason));
            Assert.False(string.IsNullOrWhiteSpace((string?)JsonNode.Parse(call.Function.Arguments)!["city"]));

            var answered = await AskedAsync(live, request with { ToolChoice = null, Messages = [.. request.Messages, asked.Choices[0].Message, .. asked.ToolCalls.Select(one => Message.Tool(one.Id, "21 degrees, sunny"))] }, isStreamed);
            Assert.Contains("21", answered.Text, StringComparison.Ordinal);
        }
    }

    [Theory, MemberData(nameof(Services))]
    public async Task It_answers_after_a_schema(string service)
    {
        await using var live = await LiveService.StartAsync(service);
        var format = ResponseFormat.JsonSchema("person", """{"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer"}},"required":["name","age"],"additionalProperties":false}""");

        var reply = await AskedAsync(live, Ask(live, "Invent a person.") with { ResponseFormat = format }, isStreamed: false);

        var person = JsonNode.Parse(reply.Text!)!.AsObject();
        Assert.Equal(["age", "name"], person.Select(member => member.Key).Order(StringComparer.Ordinal));
        Assert.Equal(System.Text.Json.JsonValueKind.Number, person["age"]!.GetValueKind());
    }

    [Theory, MemberData(nameof(Services))]
    public async Task It_sees_a_picture(string service)
    {
        await using var live = await LiveService.StartAsync(service);
        var request = Ask(live, "") with { Messages = [Message.User(ContentPart.FromText("Which colour is this picture? One word."), new() { Type = ContentPartType.ImageUrl, ImageUrl = new(Red) })] };

        var reply = await AskedAsync(live, request, isStreamed: false);

        Assert.Contains(live.IsLive ? "red" : "image", reply.Text, StringComparison.OrdinalIgnoreCase);
    }

    [Theory, MemberData(nameof(Services))]
    public async Task It_makes_embeddings(string service)
    {
        await using var live = await LiveService.StartAsync(service);
        var model = ModelFor(live, Operations.Embeddings);

        var reply = await live.Client.Embeddings.CreateAsync(new() { Model = model, Input = (string[])["a red apple", "the sea at night"] }, null, Token);

        Assert.Equal([0, 1], reply.Data.Select(one => one.Index));
        Assert.Equal(reply.Data[0].Vector.Length, reply.Data[1].Vector.Length);
        Assert.False(reply.Data[0].Vector.Span.SequenceEqual(reply.Data[1].Vector.Span));
    }

    [Theory, MemberData(nameof(Services))]
    public async Task It_lists_its_models(string service)
    {
        await using var live = await LiveService.StartAsync(service);
        if (!live.Offers(Operations.Models)) Assert.Skip("lists no models");

        var page = await live.Client.Models.ListPageAsync(live.Name("").TrimEnd('/'), null, null, Token);

        Assert.NotEmpty(page.Data);
        Assert.All(page.Data, model => Assert.False(string.IsNullOrWhiteSpace(model.Id)));
    }

    [Theory, MemberData(nameof(Services))]
    public async Task A_wrong_key_is_told_as_such(string service)
    {
        await using var live = await LiveService.StartAsync(service);
        if (!live.NeedsKey) Assert.Skip("lets everybody in");

        var error = await Assert.ThrowsAnyAsync<ApiException>(() => live.Client.AskAsync(Ask(live, "Hi"), new RequestOptions { ApiKey = "sk-this-is-no-key-of-anybodys" }));

        Assert.True(error is AuthenticationException or PermissionDeniedException, $"{error}");
        Assert.DoesNotContain("no-key-of-anybodys", error.ToString(), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Services))]
    public async Task A_model_that_there_is_not_is_told_as_such(string service)
    {
        await using var live = await LiveService.StartAsync(service);
        foreach (var isStreamed in (bool[])[false, true])
        {
            var request = Ask(live, "Hi") with { Model = live.Name(live.IsLive ? "no-such-model-0" : "nobody/no-such-model-0") };

            var error = await Assert.ThrowsAnyAsync<ApiException>(() => isStreamed ? live.Client.AskStream(request).WholeAsync() : live.Client.AskAsync(request));

            Assert.True(error is NotFoundException or BadRequestException or PermissionDeniedException or UnprocessableEntityException, $"{error}");
        }
    }

    [Theory, MemberData(nameof(Services))]
    public async Task A_stream_that_is_left_ends_at_once(string service)
    {
        await using var live = await LiveService.StartAsync(service);
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Token);

        var left = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var chunk in live.Client.AskStream(Ask(live, string.Concat(Enumerable.Repeat("Write a long story about the sea. ", 40))), null, leaving.Token))
                if (chunk.Text is { Length: > 0 }) await leaving.CancelAsync();
        }).WaitAsync(TimeSpan.FromSeconds(60), Token);

        Assert.Equal(leaving.Token, left.CancellationToken);
    }

    public static TheoryData<string, string, string> Ways
    {
        get
        {
            var rows = new TheoryData<string, string, string>();
            foreach (var service in LiveService.All)
                foreach (var scenario in Scenario.All.Values.Where(static scenario => scenario is { Fails: null, Leaves: false }))
                    foreach (var road in Road.All.Keys) rows.Add(service, scenario.Name, road);
            return rows;
        }
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task A_scenario_comes_true_by_every_way(string service, string name, string road)
    {
        await using var live = await LiveService.StartAsync(service);
        var scenario = Scenario.All[name];

        var seen = await Road.All[road].GoAsync(scenario, ModelFor(live, scenario.Embed is null ? Operations.Chat : Operations.Embeddings), live.Variables, null);

        if (live.IsLive && seen is { Error: { } error, Kind: null or ErrorKind.BadRequest or ErrorKind.Unsupported, Status: null or 400 }) Assert.Skip(error);
        scenario.Check(seen, isExact: false);
    }

    [Fact]
    public void The_variable_means_all_that_have_a_key_or_those_that_it_names()
    {
        Assert.Equal([LiveService.Here], LiveService.Named(null, static _ => "key"));
        Assert.Equal(["groq"], LiveService.Named("1", static name => name == "GROQ_API_KEY" ? "gsk" : null));
        Assert.Equal(["groq", "openai/gpt-4o"], LiveService.Named("groq, openai/gpt-4o", static _ => null));
    }

    private static ChatCompletionRequest Ask(LiveService live, string prompt) => Calls.Ask(ModelFor(live, Operations.Chat), prompt);

    private static string ModelFor(LiveService live, string operation)
    {
        if (!live.Offers(operation)) Assert.Skip($"does not offer {operation}");
        if (live.ModelFor(operation) is not { } model)
        {
            Assert.Skip($"has no usual model for {operation}: name one in {LiveService.Variable}");
            return "";
        }
        return model;
    }

    /// <summary>Asks; where the service says that its model cannot do such a thing, the test is skipped with its words.</summary>
    private static async Task<ChatCompletion> AskedAsync(LiveService live, ChatCompletionRequest request, bool isStreamed)
    {
        try
        {
            return isStreamed ? await live.Client.AskStream(request).WholeAsync() : await live.Client.AskAsync(request);
        }
        catch (LlmException e) when (live.IsLive && e is UnsupportedFeatureException or BadRequestException { Status: System.Net.HttpStatusCode.BadRequest or System.Net.HttpStatusCode.NotFound })
        {
            Assert.Skip(e.Message);
            throw;
        }
    }
}
