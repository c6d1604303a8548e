using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Muxi.Llm.Cli;

/// <summary><c>muxi-llm image</c>: pictures from a description, from other pictures, or like another one.</summary>
internal sealed class ImageCommand : CliCommand
{
    private const int UsualPartials = 2;

    private static readonly string[] _endings = [".png", ".jpg", ".webp"];

    private readonly Terminal _terminal;

    private readonly Argument<string[]> _prompt = new("PROMPT|-")
    {
        Description = "What the picture shows, or what is to be made of the others. - reads it from stdin, as does leaving it out with stdin redirected; text on stdin beside a prompt follows it.",
        Arity = ArgumentArity.ZeroOrMore,
    };
    private readonly Option<string> _model = new("--model", "-m") { HelpName = "MODEL", Description = "Who makes it, as provider/model; a name without a slash is OpenAI's." };
    private readonly Option<int?> _n = new("-n") { HelpName = "N", Description = "Makes so many pictures, 1 to 10.", CustomParser = Given.Whole("-n", 1, 10) };
    private readonly Option<string> _size = new("--size") { HelpName = "WxH|auto", Description = "Sets the size in pixels, as the model knows it: 1024x1024, 1536x1024, ..." };
    private readonly Option<string> _quality = new("--quality") { HelpName = "WORD", Description = "Sets the quality: low, medium, high, auto; standard and hd for DALL-E." };
    private readonly Option<string> _background = new("--background") { HelpName = "WORD", Description = "Sets what is behind the things shown: transparent, opaque, auto." };
    private readonly Option<string> _format = new("--format") { HelpName = "png|jpeg|webp", Description = "Sets the file format." };
    private readonly Option<string[]> _edits = new("--edit") { HelpName = "FILE|URL", Description = "Makes the picture from this one: a file, or an http(s) or data: URL. May be given several times." };
    private readonly Option<string> _mask = new("--mask") { HelpName = "FILE|URL", Description = "Says where the first picture of --edit may be changed: a PNG of its size, wherever it is transparent." };
    private readonly Option<string> _vary = new("--vary") { HelpName = "FILE", Description = "Makes pictures that are like this one; there is no prompt then." };
    private readonly Option<int?> _partial = new("--partial") { HelpName = "N", Description = "Asks for so many unfinished pictures, 0 to 3, and tells on stderr when each is there. 2 on a terminal, else 0; OpenAI counts each as some tokens.", CustomParser = Given.Whole("--partial", 0, 3) };
    private readonly Option<string> _out = new("--output", "-o") { HelpName = "FILE|DIR|-", Description = "Saves the picture as this file, or in this directory; without it here. Several are numbered. - is stdout." };
    private readonly Option<bool> _force = OutputFile.Force();
    private readonly Option<bool> _json = new("--json") { Description = "Prints the whole reply as JSON, in OpenAI's form, pictures included; they are saved only with -o." };

    public ImageCommand(Terminal terminal) : base("image", "Makes pictures, saves them and prints where they are.")
    {
        _terminal = terminal;
        Add(_prompt);
        foreach (var option in (ReadOnlySpan<Option>)[_model, _n, _size, _quality, _background, _format, _edits, _mask, _vary, _partial, _out, _force, _json]) Add(option);
        Validators.Add(Given.ModelCheck(_model));
        Validators.Add(Check);
        SetAction(RunAsync);
    }

    public override string Ending => """
        Pictures are called image-1.png, image-2.png and so on, by what each is; none that is there is replaced, but one that -o names with --force.
        Without -m the model is MUXI_LLM_MODEL, else the configuration's, else that of the first provider that makes pictures and whose key is set, else sandbox/image.

        Examples:
          muxi-llm image "A lighthouse at dusk"
          muxi-llm image -m openai/gpt-image-1 --size 1536x1024 --quality high -o lighthouse.png "A lighthouse at dusk"
          muxi-llm image -n 4 -o pictures/ "A lighthouse at dusk"
          muxi-llm image --edit cat.png --edit hat.png "The cat wears the hat"
          muxi-llm image --edit room.png --mask window.png "A view of the sea"
          muxi-llm image -m openai/dall-e-2 --vary cat.png -n 2
          muxi-llm image --background transparent --format png "A logo: a small fox"

        """;

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var words = Given.Words(parsed, _prompt, "prompt");
        var vary = parsed.GetValue(_vary);
        if (vary is not null && words.Length > 0) throw new UsageException("--vary takes no prompt: the picture says it all.");
        var edits = (parsed.GetValue(_edits) ?? []).Select(source => Input("--edit", source)).ToList();
        var mask = parsed.GetValue(_mask) is { } masked ? Input("--mask", masked) : null;
        var varied = vary is null ? null : Attachments.Read("--vary", vary, FileSource.FromFile);
        var prompt = vary is null ? await Given.TextAsync(_terminal, words, "prompt", cancellationToken) : "";
        if (vary is null && string.IsNullOrWhiteSpace(prompt)) throw new UsageException("There is no prompt: give one as an argument or on stdin.");
        var target = parsed.GetValue(_out);
        CheckTarget(target, parsed);

        using var client = _terminal.Connect();
        var model = DefaultModel.Choose(parsed.GetValue(_model), Operations.Images, client, _terminal);
        var reply = varied is not null ? await client.Images.CreateVariationAsync(new() { Model = model, Image = varied, N = parsed.GetValue(_n), Size = Word(parsed, _size, static word => new ImageSize(word)) }, null, cancellationToken)
            : edits.Count > 0 ? await EditAsync(client, Edit(parsed, model, prompt!, edits) with { Mask = mask }, cancellationToken)
            : await GenerateAsync(client, Generation(parsed, model, prompt!), cancellationToken);
        _terminal.TellWarnings(reply);
        if (reply.Data.Count == 0) throw new FailureException($"{reply.Provider}: the reply holds no picture");
        var printsJson = parsed.GetValue(_json);
        if (target == "-")
        {
            using var picture = new MemoryStream((await reply.Data[0].ReadBytesAsync(cancellationToken)).ToArray(), writable: false);
            await _terminal.CopyToOutputAsync(picture, cancellationToken);
            return 0;
        }
        if (printsJson) _terminal.Write(reply.ToIndentedJson() + "\n");
        if (!printsJson || target is not null) await SaveAsync(reply, target ?? ".", isQuiet: printsJson, cancellationToken);
        return 0;
    }

    private ImageGenerationRequest Generation(ParseResult parsed, string model, string prompt) => new()
    {
        Model = model, Prompt = prompt, N = parsed.GetValue(_n), PartialImages = Partials(parsed), Size = Word(parsed, _size, static word => new ImageSize(word)),
        Quality = Word(parsed, _quality, static word => new ImageQuality(word)), Background = Word(parsed, _background, static word => new ImageBackground(word)),
        OutputFormat = Word(parsed, _format, static word => new ImageOutputFormat(word)),
    };

    private ImageEditRequest Edit(ParseResult parsed, string model, string prompt, IReadOnlyList<ImageInput> images) => new()
    {
        Model = model, Prompt = prompt, Images = images, N = parsed.GetValue(_n), PartialImages = Partials(parsed), Size = Word(parsed, _size, static word => new ImageSize(word)),
        Quality = Word(parsed, _quality, static word => new ImageQuality(word)), Background = Word(parsed, _background, static word => new ImageBackground(word)),
        OutputFormat = Word(parsed, _format, static word => new ImageOutputFormat(word)),
    };

    /// <summary>How many unfinished pictures are asked for; null asks for no stream. Of several pictures none is shown: their unfinished ones could not be told apart.</summary>
    private int? Partials(ParseResult parsed)
    {
        var usual = _terminal.IsErrorTerminal && !parsed.GetValue(_json) && (parsed.GetValue(_n) ?? 1) == 1 ? UsualPartials : 0;
        return (parsed.GetValue(_partial) ?? usual) is > 0 and var partials ? partials : null;
    }

    private Task<ImagesResponse> GenerateAsync(LlmClient client, ImageGenerationRequest request, CancellationToken cancellationToken)
    {
        var plain = request with { PartialImages = null };
        return WatchedAsync(request.PartialImages, () => client.Images.GenerateStreamAsync(request, null, cancellationToken), () => client.Images.GenerateAsync(plain, null, cancellationToken));
    }

    private Task<ImagesResponse> EditAsync(LlmClient client, ImageEditRequest request, CancellationToken cancellationToken)
    {
        var plain = request with { PartialImages = null };
        return WatchedAsync(request.PartialImages, () => client.Images.EditStreamAsync(request, null, cancellationToken), () => client.Images.EditAsync(plain, null, cancellationToken));
    }

    /// <summary>Asks for a stream and tells of its unfinished pictures; a model or a service that does not stream is asked without.</summary>
    private async Task<ImagesResponse> WatchedAsync(int? partials, Func<IAsyncEnumerable<ImageStreamEvent>> stream, Func<Task<ImagesResponse>> whole)
    {
        if (partials is null) return await whole();
        var accumulator = new ImageAccumulator();
        var started = _terminal.Clock.GetTimestamp();
        try
        {
            await foreach (var one in stream())
            {
                accumulator.Add(one);
                if (one.IsPartial) _terminal.Note(string.Create(CultureInfo.InvariantCulture, $"unfinished picture {(one.PartialImageIndex ?? 0) + 1} of {partials} after {_terminal.Clock.GetElapsedTime(started).TotalSeconds:0.0} s"));
            }
        }
        catch (Exception e) when (e is UnsupportedFeatureException or BadRequestException { Param: "stream" or "partial_images" })
        {
            return await whole();
        }
        return accumulator.Finished()!;
    }

    /// <summary>Refuses what cannot be written later: a picture that was made and paid for is not to be lost, nor one that is there already.</summary>
    private void CheckTarget(string? target, ParseResult parsed)
    {
        if (target is null) return;
        if (target.Length == 0) throw new UsageException("-o names no file and no directory.");
        if (target == "-")
        {
            if (parsed.GetValue(_json) || parsed.GetValue(_n) > 1) throw new UsageException("-o - writes one picture to stdout, and nothing beside it.");
            if (_terminal.IsOutTerminal) throw new UsageException("Pictures are not shown here: name a file with -o, or pipe it into a viewer.");
            return;
        }
        if (target[^1] is '/' or '\\' || Directory.Exists(Path.GetFullPath(target, _terminal.WorkingDirectory))) return;
        // Several get numbers that are free; one without an ending gets that of the picture, which nobody knows yet.
        var isThere = Path.HasExtension(target) ? null : _endings.Select(ending => target + ending).FirstOrDefault(name => File.Exists(Path.GetFullPath(name, _terminal.WorkingDirectory)));
        OutputFile.Check(_terminal, isThere ?? target, parsed.GetValue(_force) || parsed.GetValue(_n) > 1);
    }

    private async Task SaveAsync(ImagesResponse reply, string target, bool isQuiet, CancellationToken cancellationToken)
    {
        var paths = await Failures.OnDiskAsync("cannot save the picture", () =>
        {
            if (target[^1] is '/' or '\\') Directory.CreateDirectory(target);
            return reply.SaveAsync(target == "." ? _terminal.WorkingDirectory : target, cancellationToken);
        });
        foreach (var (path, image) in paths.Zip(reply.Data))
        {
            if (Media.TypeByName(path) is { } promised && Media.TypeOf(image.Bytes.Span) is { } type && promised != type) _terminal.Note($"{path} is {type}, whatever its name says (--format asks for another)");
            var shown = target == "." ? Path.GetRelativePath(_terminal.WorkingDirectory, path) : path;
            if (isQuiet) _terminal.Note($"saved {shown}");
            else _terminal.Write(shown + "\n");
        }
    }

    private static ImageInput Input(string option, string source) =>
        Attachments.IsUrl(source) ? ImageInput.FromUrl(source) : Attachments.Read(option, source, ImageInput.FromFile);

    private static T? Word<T>(ParseResult parsed, Option<string> option, Func<string, T> make) where T : struct => parsed.GetValue(option) is { Length: > 0 } word ? make(word) : null;

    private void Check(CommandResult result)
    {
        if (result.GetResult(_mask) is not null && result.GetResult(_edits) is null) result.AddError("--mask needs --edit: it says where that picture may be changed.");
        if (result.GetResult(_vary) is null) return;
        foreach (var other in (ReadOnlySpan<Option>)[_edits, _quality, _background, _format, _partial])
            if (result.GetResult(other) is not null) result.AddError($"{other.Name} does not go with --vary.");
    }
}
