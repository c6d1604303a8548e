using System.CommandLine;
using System.CommandLine.Parsing;

namespace Muxi.Llm.Cli;

/// <summary><c>muxi-llm speak</c>: a text said aloud, into a file or a pipe.</summary>
internal sealed class SpeakCommand : CliCommand
{
    private static readonly string[] _endings = ["mp3", "opus", "aac", "flac", "wav", "pcm"];

    private readonly Terminal _terminal;
    private readonly Argument<string[]> _text = new("TEXT|-") { Description = "What to say. - reads it from stdin, as does leaving it out with stdin redirected.", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string> _model = new("--model", "-m") { HelpName = "MODEL", Description = "Who speaks, as provider/model; a name without a slash is OpenAI's." };
    private readonly Option<string> _voice = new("--voice") { HelpName = "NAME", Description = "Which of the service's voices: alloy, coral, ... at OpenAI." };
    private readonly Option<string> _voiceId = new("--voice-id") { HelpName = "ID", Description = "A voice of your own, by its id." };
    private readonly Option<string> _format = new("--format") { HelpName = "mp3|opus|aac|flac|wav|pcm", Description = "The form of the sound. Where it is not given, the ending of -o tells, else the service chooses." };
    private readonly Option<double?> _speed = new("--speed") { HelpName = "N", Description = "How fast, 0.25 to 4; 1 is as usual.", CustomParser = Given.Between("--speed", 0.25, 4) };
    private readonly Option<string> _instructions = new("--instructions") { HelpName = "TEXT", Description = "How to say it, for models that take that." };
    private readonly Option<string> _output = new("--output", "-o") { HelpName = "FILE", Description = "Writes the sound there; without it, or as -, to stdout, which must not be a terminal then." };
    private readonly Option<bool> _force = OutputFile.Force();

    public SpeakCommand(Terminal terminal) : base("speak", "Says a text: writes the sound to a file, or to stdout as it comes.")
    {
        _terminal = terminal;
        Add(_text);
        foreach (var option in (ReadOnlySpan<Option>)[_model, _voice, _voiceId, _format, _speed, _instructions, _output, _force]) Add(option);
        Validators.Add(Given.ModelCheck(_model));
        Validators.Add(Check);
        SetAction(RunAsync);
    }

    public override string Ending => """
        A WAV file gets its true lengths, also where the service streams it without; PCM (24 kHz, 16 bits, one channel) becomes one with --format pcm -o x.wav.
        Without -m the model is MUXI_LLM_MODEL, else the configuration's, else that of the first provider whose key is set, else sandbox/speech.

        Examples:
          muxi-llm speak "Good morning" -o morning.mp3
          muxi-llm speak "Good morning" --voice coral --instructions "cheerful" -o morning.wav
          cat letter.txt | muxi-llm speak - -o letter.opus
          muxi-llm speak "Good morning" --format pcm | ffplay -f s16le -ar 24000 -ac 1 -nodisp -autoexit -

        """;

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var words = parsed.GetValue(_text) ?? [];
        Given.CheckOptions(parsed, words, "text");
        if (words.Length > 1) throw new UsageException("There is more than one text: put it in quotes.");
        var output = OutputFile.Named(parsed.GetValue(_output));
        OutputFile.Check(_terminal, output, parsed.GetValue(_force));
        if (output is null && _terminal.IsOutTerminal) throw new UsageException("Sound is nothing to show: name a file with -o, or pipe it into a player.");
        var text = await TextAsync(words is [var given] ? given : null, cancellationToken);
        if (string.IsNullOrWhiteSpace(text)) throw new UsageException("There is nothing to say: give a text as an argument or on stdin.");
        using var client = _terminal.Connect();
        var format = parsed.GetValue(_format) ?? FormatOf(output);
        await using var speech = await client.Audio.Speech.CreateAsync(new()
        {
            Model = DefaultModel.Choose(parsed.GetValue(_model), Operations.Speech, client, _terminal), Input = text,
            Voice = parsed.GetValue(_voiceId) is { } id ? SpeechVoice.Custom(id) : parsed.GetValue(_voice),
            ResponseFormat = format is null ? default(SpeechFormat?) : format, Speed = parsed.GetValue(_speed), Instructions = parsed.GetValue(_instructions),
        }, null, cancellationToken);
        if (output is null) await _terminal.CopyToOutputAsync(speech.Content, cancellationToken);
        else await SaveAsync(speech, output, cancellationToken);
        _terminal.TellWarnings(speech);
        return 0;
    }

    private async Task SaveAsync(Speech speech, string output, CancellationToken cancellationToken)
    {
        var ending = FormatOf(output);
        // A service that gives something else than was asked for is told of, and its sound kept.
        if (ending is not null && ending != speech.Format.Value && !IsWavOfPcm(ending, speech.Format.Value)) _terminal.Note($"warning: {output} holds {speech.Format}: the service gives no {ending}");
        await OutputFile.TryAsync(() => ending is not null && IsWavOfPcm(ending, speech.Format.Value) ? speech.SaveWavAsync(output, null, cancellationToken) : speech.SaveAsync(output, null, cancellationToken));
        OutputFile.Tell(output, _terminal);
    }

    private async Task<string?> TextAsync(string? text, CancellationToken cancellationToken)
    {
        if (text is not (null or "-")) return text;
        if (text is null && _terminal.IsInTerminal) return null;
        return (await _terminal.ReadAllAsync(Timeout.InfiniteTimeSpan, cancellationToken))?.Trim();
    }

    /// <summary>The form that a file's ending asks for; null for another one.</summary>
    private static string? FormatOf(string? path) => Path.GetExtension(path)?.ToLowerInvariant() switch
    {
        ".ogg" or ".oga" => "opus",
        { Length: > 1 } ending when _endings.Contains(ending[1..]) => ending[1..],
        _ => null,
    };

    private static bool IsWavOfPcm(string ending, string format) => ending == "wav" && format == "pcm";

    private void Check(CommandResult result)
    {
        if (result.GetResult(_voice) is not null && result.GetResult(_voiceId) is not null) result.AddError("--voice and --voice-id exclude each other.");
        if (result.GetResult(_format) is not { Tokens: [{ Value: var format }] } || result.GetResult(_output) is not { Tokens: [{ Value: var output }] }) return;
        if (FormatOf(output) is { } ending && ending != format && !IsWavOfPcm(ending, format)) result.AddError($"{output} is named as {ending} and --format says {format}: leave one of them out.");
    }
}
