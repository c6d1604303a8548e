namespace Muxi.Llm.Tests;

/// <summary>A service that calls no tools says so before anything is sent, and takes over conversations in which others called some.</summary>
public sealed class ToollessTests
{
    private static readonly Tool _weather = Tool.FromFunction("get_weather", "The weather of a city");
    private static readonly Said.Call _oslo = new("calloslo1", "get_weather", """{"city":"Oslo"}""");
    private static readonly ChatCompletionRequest _ask = new() { Model = "", Messages = [Message.System("Be brief."), Message.User("Weather in Oslo?")], MaxTokens = 500 };

    public static TheoryData<string, bool> Formats
    {
        get
        {
            var all = new TheoryData<string, bool>();
            foreach (var format in WireModel.Toolless.Keys)
                foreach (var stream in (bool[])[false, true]) all.Add(format, stream);
            return all;
        }
    }

    [Theory, MemberData(nameof(Formats))]
    public async Task Tools_are_refused_before_anything_is_sent(string format, bool stream)
    {
        await using var talk = await Conversing.BeginAsync(stream);

        var error = await Assert.ThrowsAsync<UnsupportedFeatureException>(() => talk.AskAsync(WireModel.Toolless[format], _ask with { Tools = [_weather] }));

        Assert.Contains("tools", error.Message, StringComparison.Ordinal);
        Assert.Empty(talk.Seen);
    }

    [Theory, MemberData(nameof(Formats))]
    public async Task Another_target_may_have_what_it_lacks(string format, bool stream)
    {
        await using var talk = await Conversing.BeginAsync(stream, options => options with { Fallbacks = new Dictionary<string, IReadOnlyList<Fallback>> { [WireModel.Toolless[format].Name] = [new(WireModel.All["openai-chat"].Name)] } });
        talk.Expect(WireModel.All["openai-chat"], _oslo);

        var reply = await talk.AskAsync(WireModel.Toolless[format].Name, _ask with { Tools = [_weather] });

        Assert.Equal(("openai", "get_weather"), (reply.Provider, Assert.Single(reply.ToolCalls).Function.Name));
    }

    [Theory, MemberData(nameof(Formats))]
    public async Task Earlier_calls_and_what_they_gave_are_told_in_words(string format, bool stream)
    {
        await using var talk = await Conversing.BeginAsync(stream);
        var first = await talk.AskAsync(WireModel.All["openai-chat"], _ask with { Tools = [_weather] }, new Said.Words("Let me look."), _oslo);

        var reply = await talk.AskAsync(WireModel.Toolless[format], _ask with { Messages = [.. _ask.Messages, first.Choices[0].Message, Message.Tool(_oslo.Id, "3 °C"), Message.User("So?")] }, new Said.Words("Cold."));

        Assert.Equal("Cold.", reply.Text);
        Assert.Equal(["user: Weather in Oslo?", "assistant: Let me look.\n\n(Called the tool get_weather as calloslo1 with {\"city\":\"Oslo\"})", "user: The tool call calloslo1 returned:\n3 °C\n\nSo?"], talk.Last.Lines);
    }
}
