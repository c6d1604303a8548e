namespace Muxi.Llm.Tests;

/// <summary>Whether a prompt was cut to the window, which a server does not say: by what it read of how much.</summary>
public sealed class OllamaPromptTests
{
    [Theory]
    // Half of a window and what is kept in front, as measured in ollama/ollama's issues: 2,050 of 4,096, 16,387 of 32,768, 32,770 of 65,536.
    [InlineData(32_000, null, 2050, true)]
    [InlineData(640_000, null, 16_387, true)]
    [InlineData(300_000, null, 32_770, true)]
    [InlineData(32_000, 4096, 2050, true)]
    [InlineData(62_000, 10_000, 5002, true)]
    // A full window, as older servers cut to.
    [InlineData(20_000, 2048, 2048, true)]
    // Whole messages were left out: less than the window, but far more text than fits into it.
    [InlineData(100_000, 8192, 6000, true)]
    [InlineData(100_000, null, 6000, true)]
    // All of it was read.
    [InlineData(10_000, null, 2050, false)]
    [InlineData(40_000, 16_384, 10_000, false)]
    [InlineData(40_000, null, 10_000, false)]
    [InlineData(5000, null, 400, false)]
    [InlineData(78, null, 25, false)]
    // An older server that had it in its cache counts nothing.
    [InlineData(100_000, null, 0, false)]
    public void A_cut_is_noticed_where_the_numbers_show_it(int characters, int? window, int read, bool isNoticed)
    {
        var request = new ChatCompletionRequest { Model = "m", Messages = [Message.User(new string('x', characters))], Extra = window is null ? default : (Extra)$$"""{"num_ctx":{{window}}}""" };

        var noticed = OllamaPrompt.Of(request).Noticed(new() { PromptTokens = read });

        Assert.Equal(isNoticed, noticed is not null);
    }

    [Fact]
    public void The_warning_says_how_much_was_read_and_what_to_do()
    {
        var request = new ChatCompletionRequest { Model = "m", Messages = [Message.User(new string('x', 32_000))], Extra = """{"options":{"num_ctx":4096},"num_ctx":9}""" };

        var warning = Assert.Single(OllamaPrompt.Of(request).Noticed(new() { PromptTokens = 2050 })!);

        Assert.Equal(new("messages", "the model read 2,050 tokens of a prompt of 32,000 characters: what did not fit into its window was cut off; num_ctx was 4,096. Ask for a larger one with num_ctx"), warning);
    }

    [Fact]
    public void A_request_that_allows_no_cut_is_not_suspected()
    {
        var request = new ChatCompletionRequest { Model = "m", Messages = [Message.User(new string('x', 32_000))], Extra = """{"truncate":false}""" };

        Assert.Null(OllamaPrompt.Of(request).Noticed(new() { PromptTokens = 2050 }));
    }

    [Fact]
    public void Thoughts_and_pictures_count_nothing_as_templates_leave_old_thoughts_out()
    {
        var message = Message.Assistant(ContentPart.FromReasoning(new string('x', 50_000)), Image.FromBytes(new byte[90_000], "image/png"), "Hello!", ContentPart.FromToolCall(new() { Id = "1", Function = new("f", "{}") }));

        Assert.Equal(8, OllamaPrompt.Of(new ChatCompletionRequest { Model = "m", Messages = [message] }).Characters);
    }
}
