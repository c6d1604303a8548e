using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;

namespace Muxi.Llm.Cli;

/// <summary><c>muxi-llm tokens</c>: how many tokens texts, files and requests have.</summary>
internal sealed class TokensCommand : CliCommand
{
    private readonly Terminal _terminal;

    private readonly Argument<string[]> _what = new("TEXT|FILE|-")
    {
        Description = "What to count: files, each in a line of its own; what names no file is a text, and stands alone. - reads stdin, as does leaving it out with stdin redirected.", Arity = ArgumentArity.ZeroOrMore,
    };
    private readonly Option<string> _text = new("--text") { HelpName = "TEXT", Description = "Counts this text, whatever files there are." };
    private readonly Option<string> _model = new("--model", "-m") { HelpName = "MODEL", Description = "Whose tokens are counted, as provider/model; the name alone will do." };
    private readonly Option<string> _encoding = new("--encoding") { HelpName = "NAME", Description = $"Counts with this encoding: {string.Join(", ", Tokenizer.Names)}." };
    private readonly Option<string> _tokenizer = new("--tokenizer") { HelpName = "FILE", Description = "Counts with this tokenizer.json." };
    private readonly Option<bool> _show = new("--show") { Description = "Shows the tokens: coloured on a terminal, else each in a line with its id." };
    private readonly Option<bool> _ids = new("--ids") { Description = "Prints the tokens' ids." };
    private readonly Option<bool> _json = new("--json") { Description = "Prints what was found as JSON; with --ids the ids too." };
    private readonly Option<bool> _special = new("--special") { Description = "Takes names of special tokens, such as <|endoftext|>, for these tokens and not for text." };
    private readonly Option<string> _request = new("--request") { HelpName = "FILE", Description = "Counts the prompt of a chat request: JSON in OpenAI's form. - is stdin." };
    private readonly Option<bool> _ask = new("--ask") { Description = "Asks the provider to count the request, where it does." };

    public TokensCommand(Terminal terminal) : base("tokens", "Counts the tokens of texts, files and requests, on this machine.")
    {
        _terminal = terminal;
        Add(_what);
        foreach (var option in (ReadOnlySpan<Option>)[_text, _model, _encoding, _tokenizer, _show, _ids, _json, _special, _request, _ask]) Add(option);
        Validators.Add(Given.ModelCheck(_model));
        Validators.Add(Check);
        SetAction(RunAsync);
    }

    public override string Ending => """
        Prints the number; for files a line each, and their total. What is no more than an estimate is said on stderr, with how far off it may be.
        Without -m the model is MUXI_LLM_MODEL, else the configuration's, else that of the first provider whose key is set, else one of OpenAI's.

        Examples:
          muxi-llm tokens "Hello, world"
          muxi-llm tokens -m openai/gpt-4o README.md docs/*.md
          git diff | muxi-llm tokens
          muxi-llm tokens --encoding cl100k_base --show "Where does a token end?"
          muxi-llm tokens --tokenizer llama-3/tokenizer.json --ids "Hello"
          muxi-llm tokens --request chat.json -m anthropic/claude-sonnet-4-5 --ask

        """;

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(_request) is { } request)
        {
            await new RequestCounting(_terminal) { Model = parsed.GetValue(_model), Asks = parsed.GetValue(_ask), PrintsJson = parsed.GetValue(_json) }.RunAsync(request, cancellationToken);
            return 0;
        }
        var sources = await SourcesAsync(parsed, cancellationToken);
        var tokens = Tokens(parsed);
        var view = parsed.GetValue(_show) ? TokenView.Pieces : parsed.GetValue(_ids) && !parsed.GetValue(_json) ? TokenView.Ids : TokenView.Count;
        var counting = new Counting(tokens.Tokenizer, _terminal)
        {
            View = view, KeepsIds = parsed.GetValue(_ids) && parsed.GetValue(_json), Specials = parsed.GetValue(_special) ? SpecialTokens.All : SpecialTokens.None,
        };
        var counts = new List<TextCount>();
        foreach (var source in sources) counts.Add(await counting.CountAsync(source, cancellationToken));
        if (parsed.GetValue(_json)) _terminal.Write(Json(tokens, counts));
        else if (view == TokenView.Count) _terminal.Write(Lines(tokens, counts));
        else _terminal.Note(Shown(tokens, counts));
        if (tokens.ErrorBand > 0) _terminal.Note(string.Create(CultureInfo.InvariantCulture, $"an estimate: no tokenizer of {tokens.Model} is known, so {tokens.Tokenizer.Name} was taken; 9 in 10 such counts are no more than {tokens.ErrorBand * 100:0.#} % off"));
        return 0;
    }

    /// <summary>How to count: as told, or as the model that is meant does.</summary>
    private TextTokens Tokens(ParseResult parsed)
    {
        if (parsed.GetValue(_encoding) is { } name) return new("", EncodingOf(name));
        if (parsed.GetValue(_tokenizer) is { } file) return new("", Tokenizer.FromFile(file.Length > 0 ? Path.GetFullPath(file, _terminal.WorkingDirectory) : throw new UsageException("--tokenizer names no file.")));
        using var client = _terminal.Connect();
        if (parsed.GetValue(_model) is { } model) return client.Tokens.TextOf(model);
        var chosen = DefaultModel.Find(Operations.Chat, client, _terminal);
        var tokens = client.Tokens.TextOf(chosen.Name);
        if (client.Targets.Known(chosen.Name).Provider == Providers.Sandbox.Name)
        {
            // The simulator's tokens are nobody else's: whoever has set up nothing gets those of the newest encoding.
            _terminal.Note($"counted with {tokens.Tokenizer.Name}, as OpenAI's models count; -m names another model");
            return new("", tokens.Tokenizer);
        }
        _terminal.Note($"counted as for {chosen.Name} ({chosen.Why}), with {tokens.Tokenizer.Name}");
        return tokens;
    }

    private static Tokenizer EncodingOf(string name)
    {
        if (Tokenizer.Names.Contains(name)) return Tokenizer.Get(name);
        var near = Tokenizer.Names.FirstOrDefault(known => name.Length > 0 && known.StartsWith(name, StringComparison.OrdinalIgnoreCase)) ?? Nearest.Of(name, Tokenizer.Names);
        throw new UsageException($"There is no encoding '{name}'. {(near is null ? $"There are {string.Join(", ", Tokenizer.Names)}" : $"Did you mean {near}?")}");
    }

    private async Task<IReadOnlyList<TextSource>> SourcesAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var words = parsed.GetValue(_what) ?? [];
        Given.CheckOptions(parsed, words, "text");
        if (parsed.GetValue(_text) is { } text) return words.Length == 0 ? [TextSource.Of(text)] : throw new UsageException("--text stands alone: count files by themselves.");
        if (words.Count(static word => word == "-") > 1) throw new UsageException("stdin can be read once: write - once.");
        if (words.Length == 0 && _terminal.IsInTerminal) throw new UsageException("There is nothing to count: give a text, files, or something on stdin.");
        if (words.Length == 0 || words is ["-"]) return [await InputAsync(null, cancellationToken)];
        if (words is [var one] && !Names(one)) return [Text(one)];
        var sources = new List<TextSource>();
        foreach (var word in words)
            sources.Add(word == "-" ? await InputAsync(word, cancellationToken)
                : Names(word) ? TextSource.OfFile(word, _terminal.WorkingDirectory)
                : throw new FailureException(NamesFolder(word) ? $"'{word}' is a folder: name the files in it" : $"there is no file '{word}' (a text stands alone, in quotes)"));
        return sources;
    }

    /// <summary>A word that names no file. Whoever meant one must not take the tokens of its name for those of what is in it.</summary>
    private TextSource Text(string word)
    {
        if (NamesFolder(word)) throw new FailureException($"'{word}' is a folder: name the files in it, or give the word with --text");
        if (LooksLikeFile(word)) _terminal.Note($"there is no file '{word}': it is counted as a text");
        return TextSource.Of(word);
    }

    /// <summary>One word with a slash in it, or with an ending as files have; an address is none.</summary>
    private static bool LooksLikeFile(string word) =>
        !word.Any(char.IsWhiteSpace) && !word.Contains("://", StringComparison.Ordinal) && (word.AsSpan().ContainsAny('/', '\\') || Path.GetExtension(word).Any(char.IsAsciiLetter));

    /// <summary>Standard input as it comes; what somebody types is taken whole.</summary>
    private async Task<TextSource> InputAsync(string? name, CancellationToken cancellationToken)
    {
        if (!_terminal.IsInTerminal) return new(name, () => _terminal.In);
        return TextSource.Of((await _terminal.ReadAllAsync(Timeout.InfiniteTimeSpan, cancellationToken))!) with { File = name };
    }

    private bool Names(string word) => File.Exists(PathOf(word));

    private bool NamesFolder(string word) => Directory.Exists(PathOf(word));

    /// <summary>Where a file of this name would be; null where none can be.</summary>
    private string? PathOf(string word) => word.Length > 0 && !word.Contains('\0', StringComparison.Ordinal) ? Path.GetFullPath(word, _terminal.WorkingDirectory) : null;

    /// <summary>How many tokens were shown; of a model whose tokenizer is not known, how many of its own they stand for.</summary>
    private static string Shown(TextTokens tokens, List<TextCount> counts)
    {
        var (shown, meant) = (counts.Sum(static count => count.Tokens), counts.Sum(count => tokens.Of(count.Tokens)));
        var number = shown == 1 ? "1 token" : $"{Number(shown)} tokens";
        return shown == meant ? number : $"{number} of {tokens.Tokenizer.Name}, about {Number(meant)} of {tokens.Model}";
    }

    /// <summary>As <c>wc</c> prints them: numbers under each other, then the names.</summary>
    private static string Lines(TextTokens tokens, List<TextCount> counts)
    {
        var lines = counts.Select(count => (Number: Number(tokens.Of(count.Tokens)), count.File)).ToList();
        if (lines.Count > 1) lines.Add((Number(counts.Sum(count => tokens.Of(count.Tokens))), "total"));
        var width = lines.Max(static line => line.Number.Length);
        return string.Concat(lines.Select(line => line.File is null ? line.Number + "\n" : $"{line.Number.PadLeft(width)} {line.File}\n"));
    }

    private static string Json(TextTokens tokens, List<TextCount> counts) => JsonText.Of(json =>
    {
        json.WriteStartObject();
        if (tokens.Model.Length > 0) json.WriteString("model", tokens.Model);
        json.WriteString("encoding", tokens.Tokenizer.Name);
        json.WriteNumber("tokens", counts.Sum(count => tokens.Of(count.Tokens)));
        json.WriteBoolean("exact", tokens.ErrorBand == 0);
        if (tokens.ErrorBand > 0) json.WriteNumber("error_band", tokens.ErrorBand);
        json.WriteStartArray("counts");
        foreach (var count in counts)
        {
            json.WriteStartObject();
            if (count.File is { } file) json.WriteString("file", file);
            json.WriteNumber("tokens", tokens.Of(count.Tokens));
            if (count.Ids is { } ids)
            {
                json.WriteStartArray("ids");
                foreach (var id in ids) json.WriteNumberValue(id);
                json.WriteEndArray();
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private void Check(CommandResult result)
    {
        Alone(result, "both say how to count", _model, _encoding, _tokenizer);
        Alone(result, "both say what to print", _show, _ids);
        Alone(result, "both say what to print", _show, _json);
        if (result.GetResult(_request) is null)
        {
            if (result.GetResult(_ask) is not null) result.AddError("--ask goes with --request.");
            return;
        }
        foreach (var other in (ReadOnlySpan<Option>)[_text, _encoding, _tokenizer, _show, _ids, _special])
            if (result.GetResult(other) is not null) result.AddError($"{other.Name} does not go with --request, which is counted as its model counts it.");
        if (result.GetResult(_what) is { Tokens.Count: > 0 }) result.AddError("--request stands alone: count texts and files by themselves.");
    }

    private static void Alone(CommandResult result, string why, params ReadOnlySpan<Option> options)
    {
        Option? first = null;
        foreach (var option in options)
            if (result.GetResult(option) is not null)
            {
                if (first is not null) result.AddError($"{first.Name} and {option.Name} {why}: give one of them.");
                first = option;
            }
    }
}
