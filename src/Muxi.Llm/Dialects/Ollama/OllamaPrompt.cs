using System.Globalization;

namespace Muxi.Llm;

/// <summary>
/// What is known of a prompt beforehand, to tell afterwards whether the server read all of it. A prompt that does not fit into the model's window is cut without a word: whole
/// messages are left out from the front, or its tokens are cut to half of the window. The reply says nothing but how many tokens were read.
/// </summary>
/// <remarks>
/// Sources: chatPrompt in server/prompt.go of ollama/ollama; its issues 3839 and 17427 (2026-07: a window of 65,536 tokens reads 65,530 of a prompt of as many, and 32,770 of one of
/// 65,550); its pull request 16428 (<c>prompt_eval_count</c> includes what was in the cache).
/// </remarks>
/// <param name="Characters">How many UTF-16 characters of text there are; tools' schemas and pictures come on top.</param>
/// <param name="Window">The <c>num_ctx</c> that the request asks for; null where it leaves it to the server.</param>
/// <param name="MayBeCut">Whether the request lets the server cut.</param>
internal readonly record struct OllamaPrompt(long Characters, long? Window, bool MayBeCut)
{
    /// <summary>Prose and code have up to 5.0 characters in a token (measured in 2026-11 with two of OpenAI's encodings, on this project's pages and sources and a licence); the other is nearly twice as many.</summary>
    private const int MostPerToken = 6, SurelyTooMany = 9;

    /// <summary>A shorter prompt fits into any window that a server gives by itself (2,048 tokens at least).</summary>
    private const int LeastCharacters = 6000;

    public static OllamaPrompt Of(ChatCompletionRequest request)
    {
        long characters = 0;
        foreach (var message in request.Messages)
            foreach (var block in message.Blocks) characters += (block.Type == ContentPartType.Reasoning ? null : block.SearchResult is { } found ? SearchResultText.Of(found) : block.Text)?.Length ?? block.ToolCall?.Function.Arguments.Length ?? 0;
        return Of(characters, request.Extra);
    }

    public static OllamaPrompt Of(CompletionRequest request) => Of(request.Prompt?.Texts.Sum(static text => (long)text.Length) ?? 0, request.Extra);

    /// <summary>What to tell of a reply; null for nothing.</summary>
    public IReadOnlyList<Warning>? Noticed(Usage? usage)
    {
        if (!MayBeCut || usage is not { PromptTokens: > 0 and var read } || !IsCut(read)) return null;
        var text = string.Create(CultureInfo.InvariantCulture, $"the model read {read:N0} tokens of a prompt of {Characters:N0} characters: what did not fit into its window was cut off{(Window is { } window ? $"; num_ctx was {window:N0}" : "")}. Ask for a larger one with num_ctx");
        return [new("messages", text)];
    }

    private bool IsCut(long read)
    {
        // The window is full to the last token, which an answer leaves no room in unless the prompt was made to fit.
        if (Window is { } window && read >= window) return true;
        if (Window is { } known && Characters > known * MostPerToken) return true;
        if (IsHalf(read) && Characters > read * MostPerToken) return true;
        return Characters > LeastCharacters && Characters > read * SurelyTooMany;
    }

    /// <summary>Whether it is the half of a window and the few tokens that are kept in front: what is left of a prompt that was cut.</summary>
    private bool IsHalf(long read)
    {
        const int Kept = 4;
        if (Window is { } window) return read >= window / 2 && read <= (window / 2) + Kept;
        for (var half = 1024L; half <= 1 << 20; half *= 2)
            if (read >= half && read <= half + Kept) return true;
        return false;
    }

    private static OllamaPrompt Of(long characters, Extra extra)
    {
        if (extra.IsEmpty) return new(characters, null, true);
        var window = extra["num_ctx"];
        if (extra["options"] is { IsEmpty: false } options && options.ToElement().ValueKind == System.Text.Json.JsonValueKind.Object && Extra.Trusted(options.Utf8.ToArray()).TryGet("num_ctx", out var own)) window = own;
        return new(characters, long.TryParse(window.ToString(), CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null, extra["truncate"].ToString() != "false");
    }
}
