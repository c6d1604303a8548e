namespace Muxi.Llm;

/// <summary>Where a model's tokenizer is from: a tokenizer that is there already, a published encoding, or a file, which is read when it is first needed. Safe to use from many threads.</summary>
public sealed class TokenizerSource
{
    private readonly Lock _lock = new();
    private readonly string _text;
    private Tokenizer? _tokenizer;

    private TokenizerSource(string text, Tokenizer? tokenizer) => (_text, _tokenizer) = (text, tokenizer);

    /// <summary>A tokenizer that is there already.</summary>
    public static TokenizerSource From(Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        return new(tokenizer.Name, tokenizer);
    }

    /// <summary>A published encoding by its name, such as <c>o200k_base</c>, or a <c>tokenizer.json</c> by its path: what holds a dot or a slash is a path.</summary>
    public static TokenizerSource From(string nameOrPath)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(nameOrPath);
        return new(nameOrPath, null);
    }

    /// <summary>As a configuration file names it.</summary>
    /// <param name="nameOrPath">An encoding's name, or a path.</param>
    /// <param name="folder">Where relative paths begin; null for the working directory.</param>
    /// <param name="place">The setting, for errors.</param>
    internal static TokenizerSource At(string nameOrPath, string? folder, string place) => new(nameOrPath, null) { Folder = folder, Place = place };

    /// <summary>A tokenizer that is there already.</summary>
    public static implicit operator TokenizerSource(Tokenizer tokenizer) => From(tokenizer);

    /// <summary>An encoding's name, or a path.</summary>
    public static implicit operator TokenizerSource(string nameOrPath) => From(nameOrPath);

    /// <summary>The encoding's name, or the path.</summary>
    public override string ToString() => _text;

    /// <summary>Where relative paths begin; null for the working directory.</summary>
    private string? Folder { get; init; }

    /// <summary>Which setting names it, for errors: a file's with its line.</summary>
    private string? Place { get; init; }

    /// <summary>The tokenizer, read at the first call that needs it. One that could not be read is tried again at the next.</summary>
    /// <param name="setting">Which setting names it, where it does not know itself.</param>
    /// <exception cref="ConfigurationException">There is no such encoding, or the file cannot be read or used.</exception>
    internal Tokenizer Get(string setting)
    {
        lock (_lock)
        {
            return _tokenizer ??= Load(Place ?? setting);
        }
    }

    private Tokenizer Load(string place)
    {
        try
        {
            return _text.AsSpan().ContainsAny("./\\") ? Tokenizer.FromFile(Folder is null ? _text : Path.Combine(Folder, _text)) : Encodings.Find(_text) ?? throw new ConfigurationException(Encodings.Lacks(_text));
        }
        catch (Exception e) when (e is ConfigurationException or ArgumentException)
        {
            throw new ConfigurationException($"{place}: '{_text}' cannot be used: {e.Message}", e);
        }
    }
}

/// <summary>Which tokenizers the settings name for which models: the code's before the file's, and of those the most specific before the others.</summary>
internal sealed class OwnTokenizers
{
    private readonly List<(string Glob, TokenizerSource Source)> _rules = [];

    public OwnTokenizers(LlmOptions options)
    {
        foreach (var layer in (ReadOnlySpan<IReadOnlyDictionary<string, TokenizerSource>>)[options.Tokenizers, (options.Configuration ?? LlmConfiguration.Empty).Tokenizers])
            foreach (var (glob, source) in layer.OrderByDescending(static rule => Globs.Weight(rule.Key)))
                _rules.Add((glob, source));
    }

    /// <summary>A model's tokenizer; null where the settings name none.</summary>
    /// <param name="names">As it was called, what that is an alias of, and <c>provider/model</c>.</param>
    /// <exception cref="ConfigurationException">What they name cannot be read or used.</exception>
    public Tokenizer? For(IReadOnlyList<string> names)
    {
        foreach (var (glob, source) in _rules)
            foreach (var name in names)
                if (Globs.Matches(glob, name)) return source.Get($"LlmOptions.Tokenizers[\"{glob}\"]");
        return null;
    }
}
