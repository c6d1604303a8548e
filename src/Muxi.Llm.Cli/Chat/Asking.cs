using System.Globalization;

namespace Muxi.Llm.Cli;

/// <summary>One question and its answer, shown as the options say.</summary>
internal sealed class Asking(LlmClient client, Terminal terminal, ChatCompletionRequest request)
{
    /// <summary>Everything but the conversation; of its messages, the instructions.</summary>
    public ChatCompletionRequest Request { get; } = request;

    public bool IsStreamed { get; init; } = true;

    public bool PrintsJson { get; init; }

    public bool TellsUsage { get; init; }

    /// <summary>Asks, shows the answer, and gives it.</summary>
    public async Task<ChatCompletion> AskAsync(IReadOnlyList<Message> messages, CancellationToken cancellationToken)
    {
        var printer = new AnswerPrinter(terminal, isSilent: PrintsJson, mayCall: Request.Tools is not null);
        ChatCompletion reply;
        try
        {
            reply = await ReplyAsync(Request with { Messages = messages }, printer, cancellationToken);
        }
        catch (Exception e) when (e is not OutputClosedException)
        {
            printer.Break();
            throw;
        }
        if (PrintsJson) terminal.Write(reply.ToIndentedJson() + "\n");
        else printer.End(reply);
        Tell(reply);
        return reply;
    }

    private async Task<ChatCompletion> ReplyAsync(ChatCompletionRequest request, AnswerPrinter printer, CancellationToken cancellationToken)
    {
        var completions = client.Chat.Completions;
        if (IsStreamed) return await completions.StreamAsync(request, null, cancellationToken).Tee(printer.Show, cancellationToken).ToCompletionAsync(cancellationToken);
        var reply = await completions.CreateAsync(request, null, cancellationToken);
        printer.Show(reply);
        return reply;
    }

    private void Tell(ChatCompletion reply)
    {
        foreach (var warning in reply.Warnings) terminal.Note($"warning: {warning.Param}: {warning.Message}");
        var answer = reply.Choices.Count > 0 ? reply.Choices[0] : null;
        if (answer?.FinishReason == FinishReason.Length) terminal.Note("the answer was cut at the token limit");
        else if (answer?.FinishReason == FinishReason.ContentFilter) terminal.Note("the provider's filter cut the answer");
        else if (answer?.Message is null or { Content: null or "", Refusal: null or "", ToolCalls.Count: 0 }) terminal.Note("the answer is empty");
        if (TellsUsage) terminal.Note(reply.Usage is { } usage ? Words(usage) : "usage: the provider told none");
    }

    private static string Words(Usage usage)
    {
        var cached = usage.PromptTokensDetails?.CachedTokens is > 0 and var read ? $" ({read} cached)" : "";
        var thought = usage.CompletionTokensDetails?.ReasoningTokens is > 0 and var reasoning ? $" ({reasoning} reasoning)" : "";
        return string.Create(CultureInfo.InvariantCulture, $"usage: {usage.PromptTokens} prompt{cached} + {usage.CompletionTokens} completion{thought} = {usage.TotalTokens} tokens");
    }
}
