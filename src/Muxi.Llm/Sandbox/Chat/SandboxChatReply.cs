using System.Globalization;

namespace Muxi.Llm;

/// <summary>A call of a tool that the reply makes.</summary>
internal sealed record SandboxToolCall(string Id, string Name, bool IsCustom, string Input);

/// <summary>The reply to a chat request, before it is written whole or as a stream; both are written from this, so they cannot differ.</summary>
internal sealed record SandboxChatReply(SandboxChatRequest Request, string Id, long Created, IReadOnlyList<SandboxChoice> Choices)
{
    public int CompletionTokens => Choices.Sum(choice => choice.ReasoningTokens + choice.TextTokens + choice.AudioTokens);
    public int ReasoningTokens => Choices.Sum(choice => choice.ReasoningTokens);
    public int AudioTokens => Choices.Sum(choice => choice.AudioTokens);

    public static SandboxChatReply To(SandboxChatRequest request, DateTimeOffset now) =>
        new(request, request.Id("chatcmpl-", ""), now.ToUnixTimeSeconds(),
            [.. Enumerable.Range(0, request.Choices).Select(index => SandboxChoice.Of(request, index))]);
}

/// <summary>One of the reply's choices. Exactly one of <see cref="Text"/> and <see cref="Calls"/> says something.</summary>
internal sealed record SandboxChoice(int Index)
{
    private const int FilteredAfter = 8;

    public string? Reasoning { get; init; }

    /// <summary>The content, or the transcript of a spoken reply; null with tool calls.</summary>
    public string? Text { get; init; }

    public IReadOnlyList<SandboxToolCall> Calls { get; init; } = [];
    public string? AudioId { get; init; }
    public byte[] Audio { get; init; } = [];
    public string Finish { get; init; } = "stop";

    public int ReasoningTokens => SandboxTokens.Count(Reasoning);
    public int TextTokens => SandboxTokens.Count(Text) + Calls.Sum(call => SandboxTokens.Count(call.Name) + SandboxTokens.Count(call.Input));

    /// <summary>As many as the transcript's: what is spoken counts twice, as text and as sound.</summary>
    public int AudioTokens => AudioId is null ? 0 : SandboxTokens.Count(Text);

    public static SandboxChoice Of(SandboxChatRequest request, int index)
    {
        var reasoning = request.Effort is null ? null : SandboxChatText.Reasoning(request);
        var budget = request.MaxTokens ?? int.MaxValue;
        if (reasoning is not null)
            reasoning = SandboxTokens.Take(reasoning, budget);
        var choice = new SandboxChoice(index) { Reasoning = reasoning };
        var left = budget - choice.ReasoningTokens;
        return request.Tools.Count > 0 && request.Model != SandboxModels.Echo ? choice.Calling(request, left) : choice.Saying(request, left);
    }

    private SandboxChoice Calling(SandboxChatRequest request, int budget)
    {
        var calls = new List<SandboxToolCall>();
        var cut = false;
        foreach (var (number, tool) in request.Tools.Index())
        {
            var whole = SandboxChatText.ToolInput(request, tool);
            var input = SandboxTokens.Take(whole, budget - SandboxTokens.Count(tool.Name));
            cut |= input.Length < whole.Length;
            budget -= SandboxTokens.Count(tool.Name) + SandboxTokens.Count(input);
            calls.Add(new(request.Id("call_", string.Create(CultureInfo.InvariantCulture, $"call {Index} {number}")), tool.Name, tool.IsCustom, input));
        }
        return this with { Calls = calls, Finish = cut ? "length" : request.Legacy ? "function_call" : "tool_calls" };
    }

    private SandboxChoice Saying(SandboxChatRequest request, int budget)
    {
        var whole = SandboxChatText.Reply(request, Index);
        var ends = request.Stop.Where(stop => stop.Length > 0).Select(stop => whole.IndexOf(stop, StringComparison.Ordinal)).Where(at => at >= 0);
        var stopped = whole[..ends.DefaultIfEmpty(whole.Length).Min()];
        var filtered = request.Model == SandboxModels.ContentFilterOutput;
        var text = SandboxTokens.Take(stopped, filtered ? Math.Min(FilteredAfter, budget) : budget);
        var said = this with { Text = text, Finish = filtered ? "content_filter" : text.Length < stopped.Length ? "length" : "stop" };
        return request.AudioFormat is null ? said : said with
        {
            AudioId = request.Id("audio_", string.Create(CultureInfo.InvariantCulture, $"audio {Index}")), Audio = SandboxAudio.Beep(request.AudioFormat),
        };
    }
}
