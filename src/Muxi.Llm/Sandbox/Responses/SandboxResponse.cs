using System.Globalization;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>A response before it is written whole or as a stream; both are written from this, so they cannot differ.</summary>
internal sealed record SandboxResponse
{
    private const string SearchAddress = "https://sandbox.invalid/search?q=";

    public required SandboxResponseRequest Request { get; init; }
    public required string Id { get; init; }
    public required long CreatedAt { get; init; }
    public required IReadOnlyList<SandboxItem> Items { get; init; }

    /// <summary>Why it is cut: <c>max_output_tokens</c> or <c>content_filter</c>; null for a whole one.</summary>
    public string? Cut { get; init; }

    public int ReasoningTokens { get; init; }
    public int OutputTokens { get; init; }

    public string Status => Cut is null ? "completed" : "incomplete";

    public static SandboxResponse To(SandboxResponseRequest request, DateTimeOffset now)
    {
        var choice = SandboxChoice.Of(request.Chat, 0);
        var cut = choice.Finish switch { "length" => "max_output_tokens", "content_filter" => "content_filter", _ => null };
        return new()
        {
            Request = request, Id = request.Id("resp_", "response"), CreatedAt = now.ToUnixTimeSeconds(), Cut = cut, Items = [.. Made(request, choice, cut is not null)],
            ReasoningTokens = choice.ReasoningTokens, OutputTokens = choice.ReasoningTokens + choice.TextTokens,
        };
    }

    private static IEnumerable<SandboxItem> Made(SandboxResponseRequest request, SandboxChoice choice, bool cut)
    {
        if (choice.Reasoning is not null)
        {
            var id = request.Id("rs_", "reasoning");
            yield return new SandboxReasoning(id, request.Summarises ? choice.Reasoning : null) { Seal = request.Seals ? SandboxSeal.Close(id, choice.Reasoning) : null };
        }
        foreach (var tool in request.Own)
            yield return tool.Name == "web_search" ? new SandboxSearch(request.Id("ws_", "search"), request.Chat.UserText) : SandboxPainting.Of(request, tool);
        if (choice.Text is { } text && (text.Length > 0 || !cut))
            yield return Message(request, text, cut);
        foreach (var (index, call) in choice.Calls.Index())
            yield return new SandboxCallItem(request.Id(call.IsCustom ? "ctc_" : "fc_", string.Create(CultureInfo.InvariantCulture, $"call {index}")), call)
            {
                IsCut = cut && index == choice.Calls.Count - 1,
            };
    }

    /// <summary>What is said; where the web was searched and no other form was asked for, with a word on where it is from.</summary>
    private static SandboxSaid Message(SandboxResponseRequest request, string text, bool cut)
    {
        var said = new SandboxSaid(request.Id("msg_", "message"), text) { IsCut = cut, Chat = request.Chat };
        if (cut || request.Chat.Json.Get("response_format") is { } format && format.Text("type") != "text" || !request.Own.Any(static tool => tool.Name == "web_search")) return said;
        var source = $"{SearchAddress}{Uri.EscapeDataString(SandboxSearch.Words(request.Chat.UserText))}";
        var cited = $"([sandbox.invalid]({source}))";
        return said with { Text = $"{text} {cited}", Source = source, CitedFrom = text.Length + 1 };
    }
}
