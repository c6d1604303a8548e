using System.CommandLine;

namespace Muxi.Llm.Cli;

/// <summary><c>muxi-llm complete</c>: a text that a model goes on with, in the form before chat.</summary>
internal sealed class CompleteCommand : CliCommand
{
    private readonly Terminal _terminal;

    private readonly Argument<string[]> _prompt = new("PROMPT|-")
    {
        Description = "What to go on with. - reads it from stdin, as does leaving it out with stdin redirected; text on stdin beside a prompt follows it.", Arity = ArgumentArity.ZeroOrMore,
    };
    private readonly Option<string> _model = new("--model", "-m") { HelpName = "MODEL", Description = "Who answers, as provider/model; a name without a slash is OpenAI's." };
    private readonly Option<string> _suffix = new("--suffix") { HelpName = "TEXT", Description = "Says what comes behind the text that is asked for." };
    private readonly Option<bool> _echo = new("--echo") { Description = "Repeats the prompt before the answer." };
    private readonly Option<string[]> _stop = new("--stop") { HelpName = "TEXT", Description = "Ends the answer before this text. May be given several times." };
    private readonly Option<int?> _maxTokens = new("--max-tokens") { HelpName = "N", Description = "Limits the answer's length; many providers stop after 16 tokens without it.", CustomParser = Given.Whole("--max-tokens") };
    private readonly Option<double?> _temperature = new("--temperature") { HelpName = "T", Description = "Sets the randomness: 0 for none, 2 is the most at OpenAI.", CustomParser = Given.Fraction("--temperature") };
    private readonly Option<int?> _seed = new("--seed") { HelpName = "N", Description = "Asks for the same answer to the same request.", CustomParser = Given.Whole("--seed", least: 0) };
    private readonly Option<bool> _noStream = new("--no-stream") { Description = "Asks for the whole answer at once instead of showing it as it comes." };
    private readonly Option<bool> _json = new("--json") { Description = "Prints the whole reply as JSON, in OpenAI's form." };
    private readonly Option<string[]> _fallbacks = new("--fallback") { HelpName = "MODEL", Description = "Asks this model when the other one has failed for good. May be given several times." };
    private readonly Option<bool> _usage = new("--usage") { Description = "Tells on stderr how many tokens the call used, how long it took, how many attempts it was, and what is left of the service's limits." };

    public CompleteCommand(Terminal terminal) : base("complete", "Lets a model go on with a text, in the form before chat.")
    {
        _terminal = terminal;
        Add(_prompt);
        foreach (var option in (ReadOnlySpan<Option>)[_model, _suffix, _echo, _stop, _maxTokens, _temperature, _seed, _noStream, _json, _fallbacks, _usage]) Add(option);
        Validators.Add(Given.ModelCheck(_model));
        SetAction(RunAsync);
    }

    public override string Ending => """
        Most models of today only chat: see muxi-llm chat.

        Examples:
          muxi-llm complete "Once upon a time"
          muxi-llm complete -m openai/gpt-3.5-turbo-instruct --max-tokens 60 --stop "." "The sky is blue because"
          muxi-llm complete -m vllm/qwen2.5-coder --suffix "    return total" "def total(prices):"
          cat story.txt | muxi-llm complete -

        """;

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var words = Given.Words(parsed, _prompt, "prompt");
        var prompt = await Given.TextAsync(_terminal, words, "prompt", cancellationToken);
        if (string.IsNullOrEmpty(prompt)) throw new UsageException("There is no prompt: give one as an argument or on stdin.");
        using var client = _terminal.Connect();
        var request = new CompletionRequest
        {
            Model = DefaultModel.Choose(parsed.GetValue(_model), Operations.Completions, client, _terminal), Prompt = prompt, Suffix = parsed.GetValue(_suffix),
            Echo = parsed.GetValue(_echo) ? true : null, Stop = parsed.GetValue(_stop) is { Length: > 0 } stops ? stops : null, MaxTokens = parsed.GetValue(_maxTokens),
            Temperature = parsed.GetValue(_temperature), Seed = parsed.GetValue(_seed),
        };
        var started = _terminal.Clock.GetTimestamp();
        var reply = await AskAsync(client, request, parsed, cancellationToken);
        _terminal.TellWarnings(reply);
        var finish = reply.Choices.Count > 0 ? reply.Choices[0].FinishReason : null;
        if (finish == FinishReason.Length) _terminal.Note("the answer was cut at the token limit");
        else if (finish == FinishReason.ContentFilter) _terminal.Note("the provider's filter cut the answer");
        else if (reply.Text.Length == 0) _terminal.Note("the answer is empty");
        if (parsed.GetValue(_usage)) _terminal.Note(new Spent(reply, reply.Usage, _terminal.Clock.GetElapsedTime(started)).ToString());
        return 0;
    }

    private async Task<Completion> AskAsync(LlmClient client, CompletionRequest request, ParseResult parsed, CancellationToken cancellationToken)
    {
        var options = Given.Options(parsed.GetValue(_fallbacks));
        if (parsed.GetValue(_noStream))
        {
            var whole = await client.Completions.CreateAsync(request, options, cancellationToken);
            _terminal.Write(parsed.GetValue(_json) ? whole.ToIndentedJson() + "\n" : Line(whole.Text));
            return whole;
        }
        var last = '\n';
        try
        {
            var reply = await ShownAsync(client.Completions.StreamAsync(request, options, cancellationToken)).ToCompletionAsync(cancellationToken);
            if (parsed.GetValue(_json)) _terminal.Write(reply.ToIndentedJson() + "\n");
            return reply;
        }
        finally
        {
            // What came stays, on a line of its own.
            if (last != '\n') _terminal.Write("\n");
        }

        async IAsyncEnumerable<CompletionChunk> ShownAsync(IAsyncEnumerable<CompletionChunk> chunks)
        {
            await foreach (var chunk in chunks)
            {
                if (!parsed.GetValue(_json) && chunk.Text is { Length: > 0 } text)
                {
                    _terminal.Write(text);
                    last = text[^1];
                }
                yield return chunk;
            }
        }
    }

    private static string Line(string text) => text.EndsWith('\n') || text.Length == 0 ? text : text + "\n";
}
