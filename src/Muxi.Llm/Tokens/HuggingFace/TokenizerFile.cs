using System.Text.Json;
using System.Text.Unicode;

namespace Muxi.Llm;

/// <summary>A <c>tokenizer.json</c> as it was read: its vocabulary, and its other parts as they stand there.</summary>
internal sealed class TokenizerFile
{
    private const int LongestFault = 2000;

    // The longest that are known have some 35 million bytes.
    private const int Most = 1 << 29;

    /// <summary>Where it is.</summary>
    public required string Path { get; init; }

    /// <summary>The vocabulary and its merges.</summary>
    public required Vocabulary Vocabulary { get; init; }

    /// <summary>The tokens that are looked for before the vocabulary's.</summary>
    public IReadOnlyList<AddedToken> AddedTokens { get; private set; } = [];

    /// <summary>How the text is changed first.</summary>
    public JsonPart Normalizer { get; private set; }

    /// <summary>How it is cut.</summary>
    public JsonPart PreTokenizer { get; private set; }

    /// <summary>How tokens become text again.</summary>
    public JsonPart Decoder { get; private set; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="ConfigurationException">It cannot be read, or is no tokenizer.json.</exception>
    public static TokenizerFile Read(string path)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > Most and var length }) throw Fault(path, $"has {length} bytes; supported: up to {Most}");
            ReadOnlySpan<byte> json = File.ReadAllBytes(path);
            return Read(path, json.StartsWith("\uFEFF"u8) ? json[3..] : json);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            // Opening a folder is refused as if it were another's file.
            var what = Directory.Exists(path) ? "is a folder, not a file" : e is FileNotFoundException or DirectoryNotFoundException ? "is not there" : $"cannot be read: {e.Message}";
            throw Fault(path, what, e);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw Fault(path, $"is no tokenizer.json: {e.Message}", e);
        }
    }

    /// <summary>What to throw where something is wrong with a file: one line, however the file has it.</summary>
    public static ConfigurationException Fault(string? path, string what, Exception? inner = null) => new($"the tokenizer {path} {ErrorText.Cut(ErrorText.OneLine(what), LongestFault)}", inner);

    private static TokenizerFile Read(string path, ReadOnlySpan<byte> json)
    {
        // A reader of JSON does not look into texts; two names that are none would be one.
        if (!Utf8.IsValid(json)) throw new JsonException("it is not UTF-8");
        var reader = new Utf8JsonReader(json);
        var file = new TokenizerFile { Path = path, Vocabulary = new(path, json.Length) };
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException("it is not an object");
        var hasModel = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (hasModel && name == "model") throw new JsonException("it has two models");
            hasModel |= name == "model";
            try
            {
                file.ReadMember(name, ref reader);
            }
            catch (Exception e) when (e is InvalidOperationException or FormatException)
            {
                throw new JsonException($"its {name} has what does not belong there: {e.Message}", e);
            }
        }
        // What follows the object would be wrong too.
        reader.Read();
        if (!hasModel) throw new JsonException("it has no model");
        return file;
    }

    private void ReadMember(string name, ref Utf8JsonReader reader)
    {
        switch (name)
        {
            case "model":
                Vocabulary.Read(ref reader);
                break;
            case "added_tokens":
                AddedTokens = [.. Part("added token", ref reader).List()];
                break;
            case "normalizer":
                Normalizer = Part(name, ref reader);
                break;
            case "pre_tokenizer":
                PreTokenizer = Part(name, ref reader);
                break;
            case "decoder":
                Decoder = Part(name, ref reader);
                break;
            default:
                reader.Skip();
                break;
        }
    }

    private JsonPart Part(string name, ref Utf8JsonReader reader) => new(Path, name, JsonElement.ParseValue(ref reader));
}
