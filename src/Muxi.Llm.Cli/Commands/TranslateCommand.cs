using System.CommandLine;
using System.CommandLine.Parsing;

namespace Muxi.Llm.Cli;

/// <summary><c>muxi-llm translate</c>: what is said in a sound file, in English.</summary>
internal sealed class TranslateCommand : CliCommand
{
    private readonly Terminal _terminal;
    private readonly Argument<string> _file = new("FILE|-") { Description = "The sound: mp3, m4a, wav, flac, ogg, webm, ... - reads it from stdin." };
    private readonly Option<string> _model = new("--model", "-m") { HelpName = "MODEL", Description = "Who listens, as provider/model; a name without a slash is OpenAI's." };
    private readonly Option<string> _prompt = new("--prompt") { HelpName = "TEXT", Description = "English names and words to be expected, or what was said before." };
    private readonly Option<string> _format = new("--format") { HelpName = "text|srt|vtt|json|verbose_json", Description = "What to print: text; subtitles; or the whole reply in that form. Where it is not given, the ending of -o tells." };
    private readonly Option<double?> _temperature = new("--temperature") { HelpName = "T", Description = "Sets the randomness, 0 to 1.", CustomParser = Given.Between("--temperature", 0, 1) };
    private readonly Option<bool> _json = new("--json") { Description = "Prints the whole reply as JSON, in OpenAI's form." };
    private readonly Option<string> _output = new("--output", "-o") { HelpName = "FILE", Description = "Writes there instead of to stdout." };
    private readonly Option<bool> _force = OutputFile.Force();

    public TranslateCommand(Terminal terminal) : base("translate", "Writes down in English what is said in a sound file.")
    {
        _terminal = terminal;
        Add(_file);
        foreach (var option in (ReadOnlySpan<Option>)[_model, _prompt, _format, _temperature, _json, _output, _force]) Add(option);
        Validators.Add(Given.ModelCheck(_model));
        Validators.Add(Check);
        SetAction(RunAsync);
    }

    public override string Ending => """
        Without -m the model is MUXI_LLM_MODEL, else the configuration's, else that of the first provider whose key is set, else sandbox/translation.

        Examples:
          muxi-llm translate rede.mp3
          muxi-llm translate rede.mp3 -o speech.vtt
          muxi-llm translate rede.mp3 -m groq/whisper-large-v3 --json

        """;

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var output = OutputFile.Named(parsed.GetValue(_output));
        OutputFile.Check(_terminal, output, parsed.GetValue(_force));
        var (source, hold) = await SoundInput.OpenAsync(parsed.GetValue(_file)!, _terminal, cancellationToken);
        using var holding = hold;
        using var client = _terminal.Connect();
        var form = parsed.GetValue(_format) ?? TranscriptText.FormOf(output) ?? "text";
        var reply = await client.Audio.Translations.CreateAsync(new()
        {
            Model = DefaultModel.Choose(parsed.GetValue(_model), Operations.Translation, client, _terminal), File = source, Prompt = parsed.GetValue(_prompt),
            Temperature = parsed.GetValue(_temperature), ResponseFormat = form is "text" or "json" ? default(AudioResponseFormat?) : form,
        }, null, cancellationToken);
        var isJson = parsed.GetValue(_json) || TranscriptText.JsonForms.Contains(form);
        await OutputFile.WriteAsync(isJson ? reply.ToIndentedJson() + "\n" : TranscriptText.Plain(reply.Text), output, _terminal, cancellationToken);
        _terminal.TellWarnings(reply);
        return 0;
    }

    private void Check(CommandResult result)
    {
        if (result.GetResult(_format) is { Tokens: [{ Value: "diarized_json" }] }) result.AddError("--format diarized_json is a form of transcripts, not of translations.");
    }
}
