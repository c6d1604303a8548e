using System.CommandLine;
using System.CommandLine.Parsing;

namespace Muxi.Llm.Cli;

/// <summary><c>muxi-llm chat</c>: one question, or a conversation.</summary>
internal sealed class ChatCommand : CliCommand
{
    private readonly Terminal _terminal;

    private readonly Argument<string[]> _prompt = new("PROMPT|-")
    {
        Description = "What to ask. - reads it from stdin, as does leaving it out with stdin redirected; text on stdin beside a prompt follows it. Without any, on a terminal: a conversation.",
        Arity = ArgumentArity.ZeroOrMore,
    };
    private readonly Option<string> _model = new("--model", "-m") { HelpName = "MODEL", Description = "Who answers, as provider/model; a name without a slash is OpenAI's." };
    private readonly Option<string> _system = new("--system", "-s") { HelpName = "TEXT", Description = "Instructions that stand before the conversation." };
    private readonly Option<string[]> _images = new("--image") { HelpName = "FILE|URL", Description = "Shows a picture: a file, or an http(s) or data: URL. May be given several times." };
    private readonly Option<string[]> _audio = new("--audio") { HelpName = "FILE", Description = "Plays a sound file (wav, mp3, ...). May be given several times." };
    private readonly Option<string[]> _files = new("--file") { HelpName = "FILE", Description = "Hands over a document (PDF, text, ...). May be given several times." };
    private readonly Option<bool> _noStream = new("--no-stream") { Description = "Asks for the whole answer at once instead of showing it as it comes." };
    private readonly Option<bool> _json = new("--json") { Description = "Prints the whole reply as JSON, in OpenAI's form." };
    private readonly Option<string> _schema = new("--schema") { HelpName = "FILE", Description = "Makes the answer JSON after the JSON schema in this file." };
    private readonly Option<string> _tools = new("--tools") { HelpName = "FILE", Description = "Offers the tools in this file, a JSON array in OpenAI's form. A reply that ends in calls prints them as JSON." };
    private readonly Option<string> _toolChoice = new("--tool-choice") { HelpName = "none|auto|required|NAME", Description = "Says whether tools may or must be called, or names the one that must." };
    private readonly Option<int?> _maxTokens = new("--max-tokens") { HelpName = "N", Description = "Limits the answer's length, thinking included.", CustomParser = Given.Whole("--max-tokens") };
    private readonly Option<double?> _temperature = new("--temperature") { HelpName = "T", Description = "Sets the randomness: 0 for none, 2 is the most at OpenAI.", CustomParser = Given.Fraction("--temperature") };
    private readonly Option<string> _reasoning = new("--reasoning") { HelpName = "EFFORT", Description = "Sets how much to think: none, minimal, low, medium, high, ..." };
    private readonly Option<string[]> _fallbacks = new("--fallback") { HelpName = "MODEL", Description = "Asks this model when the other one has failed for good. May be given several times." };
    private readonly Option<bool> _usage = new("--usage") { Description = "Tells on stderr how many tokens the call used, how long it took, how many attempts it was, and what is left of the service's limits." };

    public ChatCommand(Terminal terminal) : base("chat", "Asks a model and prints its answer as it comes.")
    {
        _terminal = terminal;
        Add(_prompt);
        foreach (var option in (ReadOnlySpan<Option>)[_model, _system, _images, _audio, _files, _noStream, _json, _schema, _tools, _toolChoice, _maxTokens, _temperature, _reasoning, _fallbacks, _usage])
            Add(option);
        Validators.Add(Check);
        SetAction(RunAsync);
    }

    public override string Ending => """
        A conversation ends with Ctrl-D or /exit; Ctrl-C breaks off the answer that is coming.
        In it, /help lists what can be said besides questions, and a line that ends in \ goes on in the next.
        Without -m the model is MUXI_LLM_MODEL, else the configuration's, else that of the first provider whose key is set, else sandbox/chat.

        Examples:
          muxi-llm chat "Why is the sky blue?"
          muxi-llm chat -m openai/gpt-4o-mini --image photo.jpg "What is this?"
          git diff | muxi-llm chat -s "Write a commit message" -
          muxi-llm chat -m groq/openai/gpt-oss-120b --fallback openai/gpt-4o-mini "Why is the sky blue?"
          muxi-llm chat --schema city.json "Where is the Eiffel Tower?"
          muxi-llm chat --tools tools.json --tool-choice required "Weather in Oslo?"
          muxi-llm chat --json --no-stream "Say hello"

        """;

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var words = Given.Words(parsed, _prompt, "prompt");
        var request = Request(parsed);
        IReadOnlyList<ContentPart> attachments =
        [
            .. (parsed.GetValue(_images) ?? []).Select(file => Attachments.Image(file)),
            .. (parsed.GetValue(_audio) ?? []).Select(file => Attachments.Audio(file)),
            .. (parsed.GetValue(_files) ?? []).Select(file => Attachments.Document(file)),
        ];
        var prompt = await Given.TextAsync(_terminal, words, "prompt", cancellationToken);
        if (prompt is { Length: 0 } && attachments.Count == 0) throw new UsageException("There is no prompt: give one as an argument or on stdin.");

        using var client = _terminal.Connect();
        var asking = new Asking(client, _terminal, request with { Model = DefaultModel.Choose(request.Model.Length > 0 ? request.Model : null, Operations.Chat, client, _terminal) })
        {
            IsStreamed = !parsed.GetValue(_noStream), PrintsJson = parsed.GetValue(_json), TellsUsage = parsed.GetValue(_usage), Options = Given.Options(parsed.GetValue(_fallbacks)),
        };
        client.Targets.Plan(asking.Request.Model, asking.Options);
        if (prompt is null) await new Conversation(asking, _terminal, attachments).RunAsync();
        else await asking.AskAsync([.. request.Messages, Question(prompt, attachments)], cancellationToken);
        return 0;
    }

    /// <summary>A person's turn.</summary>
    public static Message Question(string text, IReadOnlyList<ContentPart> attachments) =>
        attachments.Count == 0 ? Message.User(text) : Message.User(text.Length == 0 ? [.. attachments] : [ContentPart.FromText(text), .. attachments]);

    /// <summary>Everything but the question; of the messages, the instructions.</summary>
    private ChatCompletionRequest Request(ParseResult parsed)
    {
        var tools = parsed.GetValue(_tools) is { } file ? RequestFiles.Tools(file) : null;
        return new()
        {
            Model = parsed.GetValue(_model) ?? "",
            Messages = parsed.GetValue(_system) is { Length: > 0 } system ? [Message.System(system)] : [],
            Tools = tools,
            ToolChoice = parsed.GetValue(_toolChoice) is { } choice ? RequestFiles.Choice(choice, tools ?? []) : null,
            ResponseFormat = parsed.GetValue(_schema) is { } schema ? RequestFiles.Schema(schema) : null,
            MaxTokens = parsed.GetValue(_maxTokens),
            Temperature = parsed.GetValue(_temperature),
            ReasoningEffort = parsed.GetValue(_reasoning) is { } effort ? new ReasoningEffort(effort) : default(ReasoningEffort?),
        };
    }

    private void Check(CommandResult result)
    {
        Given.ModelCheck(_model)(result);
        if (result.GetResult(_toolChoice) is not null && result.GetResult(_tools) is null) result.AddError("--tool-choice needs --tools.");
    }
}
