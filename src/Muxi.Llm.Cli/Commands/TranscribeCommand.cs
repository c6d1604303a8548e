using System.CommandLine;
using System.CommandLine.Parsing;

namespace Muxi.Llm.Cli;

/// <summary><c>muxi-llm transcribe</c>: what is said in a sound file.</summary>
internal sealed class TranscribeCommand : CliCommand
{
    private readonly Terminal _terminal;
    private readonly Argument<string> _file = new("FILE|-") { Description = "The sound: mp3, m4a, wav, flac, ogg, webm, ... - reads it from stdin." };
    private readonly Option<string> _model = new("--model", "-m") { HelpName = "MODEL", Description = "Who listens, as provider/model; a name without a slash is OpenAI's." };
    private readonly Option<string> _language = new("--language") { HelpName = "CODE", Description = "The language that is spoken, such as en: makes it better and faster." };
    private readonly Option<string> _prompt = new("--prompt") { HelpName = "TEXT", Description = "Names and words to be expected, or what was said before." };
    private readonly Option<string> _format = new("--format") { HelpName = "text|srt|vtt|json|verbose_json|diarized_json", Description = "What to print: text; subtitles; or the whole reply in that form. Where it is not given, the ending of -o tells." };
    private readonly Option<string> _timestamps = new("--timestamps") { HelpName = "word,segment", Description = "Tells times of words or segments, each in a line of its own." };
    private readonly Option<double?> _temperature = new("--temperature") { HelpName = "T", Description = "Sets the randomness, 0 to 1.", CustomParser = Given.Between("--temperature", 0, 1) };
    private readonly Option<bool> _json = new("--json") { Description = "Prints the whole reply as JSON, in OpenAI's form." };
    private readonly Option<string> _output = new("--output", "-o") { HelpName = "FILE", Description = "Writes there instead of to stdout." };
    private readonly Option<bool> _force = OutputFile.Force();

    public TranscribeCommand(Terminal terminal) : base("transcribe", "Writes down what is said in a sound file.")
    {
        _terminal = terminal;
        Add(_file);
        foreach (var option in (ReadOnlySpan<Option>)[_model, _language, _prompt, _format, _timestamps, _temperature, _json, _output, _force]) Add(option);
        Validators.Add(Given.ModelCheck(_model));
        Validators.Add(Check);
        SetAction(RunAsync);
    }

    public override string Ending => """
        Text is shown as it comes. Which model gives which form is the provider's matter; OpenAI's whisper-1 gives subtitles and times.
        Without -m the model is MUXI_LLM_MODEL, else the configuration's, else that of the first provider whose key is set, else sandbox/transcription.

        Examples:
          muxi-llm transcribe talk.mp3
          muxi-llm transcribe talk.mp3 -m groq/whisper-large-v3-turbo --language en
          muxi-llm transcribe talk.mp3 -o talk.srt
          muxi-llm transcribe talk.mp3 --timestamps word
          muxi-llm transcribe meeting.m4a -m openai/gpt-4o-transcribe-diarize --format diarized_json
          ffmpeg -i film.mkv -vn -f mp3 - | muxi-llm transcribe -

        """;

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var output = OutputFile.Named(parsed.GetValue(_output));
        OutputFile.Check(_terminal, output, parsed.GetValue(_force));
        var (source, hold) = await SoundInput.OpenAsync(parsed.GetValue(_file)!, _terminal, cancellationToken);
        using var holding = hold;
        using var client = _terminal.Connect();
        var granularities = Granularities(parsed.GetValue(_timestamps));
        var form = granularities is not null ? "verbose_json" : parsed.GetValue(_format) ?? TranscriptText.FormOf(output) ?? "text";
        var request = new TranscriptionRequest
        {
            Model = DefaultModel.Choose(parsed.GetValue(_model), Operations.Transcription, client, _terminal), File = source,
            Language = parsed.GetValue(_language), Prompt = parsed.GetValue(_prompt), Temperature = parsed.GetValue(_temperature), TimestampGranularities = granularities,
            // Text stands in JSON too, with what the call used.
            ResponseFormat = form is "text" or "json" ? default(AudioResponseFormat?) : form,
        };
        var isJson = parsed.GetValue(_json) || (granularities is null && TranscriptText.JsonForms.Contains(form));
        if (form == "text" && !isJson && output is null) await ShowAsync(client, request, cancellationToken);
        else await WriteAsync(client, request, isJson, output, cancellationToken);
        return 0;
    }

    private async Task ShowAsync(LlmClient client, TranscriptionRequest request, CancellationToken cancellationToken)
    {
        var (last, warnings) = ('\n', (IReadOnlyList<Warning>)[]);
        try
        {
            await foreach (var one in client.Audio.Transcriptions.StreamAsync(request, null, cancellationToken))
            {
                warnings = one.Warnings;
                if (one.Delta is not { Length: > 0 } text) continue;
                _terminal.Write(text);
                last = text[^1];
            }
        }
        finally
        {
            if (last != '\n') _terminal.Write("\n");
        }
        _terminal.TellWarnings(warnings);
    }

    private async Task WriteAsync(LlmClient client, TranscriptionRequest request, bool isJson, string? output, CancellationToken cancellationToken)
    {
        var reply = await client.Audio.Transcriptions.CreateAsync(request, null, cancellationToken);
        var text = isJson ? reply.ToIndentedJson() + "\n" : request.TimestampGranularities is not null ? TranscriptText.Timed(reply) : TranscriptText.Plain(reply.Text);
        await OutputFile.WriteAsync(text, output, _terminal, cancellationToken);
        _terminal.TellWarnings(reply);
    }

    private static IReadOnlyList<TimestampGranularity>? Granularities(string? words) =>
        words?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(static word => new TimestampGranularity(word)).ToList();

    private void Check(CommandResult result)
    {
        if (result.GetResult(_timestamps) is not { Tokens: [{ Value: var words }] }) return;
        if (Granularities(words) is not { Count: > 0 } all || all.Any(static one => one.Value is not ("word" or "segment"))) result.AddError($"--timestamps takes word, segment or both, not '{words}'.");
        if (result.GetResult(_format) is { Tokens: [{ Value: not "verbose_json" and var format }] }) result.AddError($"--timestamps needs the form verbose_json, not {format}: leave --format out.");
    }
}
