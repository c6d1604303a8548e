using System.Buffers;
using System.Globalization;
using System.Text;

namespace Muxi.Llm;

/// <summary>
/// A step of turning the names of tokens into text: it makes of a list of texts another. A byte that is no whole character is on its way a lone half of a surrogate pair, U+DC00 and the byte,
/// so that it can be told in the end as U+FFFD or as the byte that it is; U+DD00 and the byte where it belongs to the same U+FFFD as the one before it.
/// </summary>
internal abstract class Decoder
{
    private const string Supported = "ByteLevel, Replace, ByteFallback, Fuse, Strip, Metaspace, Sequence";
    private const char LoneByte = '\uDC00', FurtherByte = '\uDD00', LastByte = '\uDDFF';

    /// <summary>The texts that follow from texts.</summary>
    public abstract IEnumerable<string> Run(IEnumerable<string> texts);

    /// <summary>Whether it changes what stands round tokens and not what one of them stands for.</summary>
    public virtual bool IsOfWhole => false;

    /// <summary>The texts that all steps make of texts.</summary>
    public static IEnumerable<string> Chain(IEnumerable<string> texts, IEnumerable<Decoder> decoders) => decoders.Aggregate(texts, static (texts, decoder) => decoder.Run(texts));

    /// <summary>The steps of a file, in order; without any, texts are set apart by spaces.</summary>
    public static Decoder[] Read(JsonPart part) => part.IsAbsent ? [new Spaces()] : [.. All(part)];

    /// <summary>A text with its lone bytes as U+FFFD.</summary>
    public static string Text(string text)
    {
        if (!HasLone(text)) return text;
        var whole = new StringBuilder(text.Length);
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            if (Rune.DecodeFromUtf16(rest, out var rune, out var length) == OperationStatus.Done) whole.Append(rune);
            else if (rest[0] < FurtherByte) whole.Append('\uFFFD');
            rest = rest[length..];
        }
        return whole.ToString();
    }

    /// <summary>The bytes of a text.</summary>
    public static byte[] Bytes(string text)
    {
        var bytes = new ArrayBufferWriter<byte>(text.Length + 16);
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            if (Rune.DecodeFromUtf16(rest, out var rune, out var length) == OperationStatus.Done) bytes.Advance(rune.EncodeToUtf8(bytes.GetSpan(4)));
            else bytes.Write([(byte)(rest[0] & 0xFF)]);
            rest = rest[length..];
        }
        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>The text of bytes, with those that are no character as lone ones.</summary>
    public static string OfBytes(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out var rune, out var length) == OperationStatus.Done) text.Append(rune);
            else for (var at = 0; at < length; at++) text.Append((char)((at == 0 ? LoneByte : FurtherByte) + bytes[at]));
            bytes = bytes[length..];
        }
        return text.ToString();
    }

    private static bool HasLone(string text)
    {
        for (var rest = text.AsSpan(); rest.IndexOfAnyInRange(LoneByte, LastByte) is >= 0 and var at; rest = rest[(at + 1)..])
            if (at == 0 || !char.IsHighSurrogate(rest[at - 1])) return true;
        return false;
    }

    private static IEnumerable<Decoder> All(JsonPart part) => part.Type switch
    {
        "Sequence" => part.Parts("decoders").SelectMany(All),
        "ByteLevel" => [new ByteLevel()],
        "Replace" => [new Replacement(part)],
        "ByteFallback" => [new ByteFallback()],
        "Fuse" => [new Fuse()],
        "Strip" => [new Trim(part.Character("content"), part.Number("start"), part.Number("stop"))],
        "Metaspace" => [new Metaspace(part)],
        _ => throw part.RefuseType(Supported),
    };

    /// <summary>Reads names of byte-level vocabularies; what is not written so stands for itself.</summary>
    public sealed class ByteLevel : Decoder
    {
        public override IEnumerable<string> Run(IEnumerable<string> texts)
        {
            var bytes = new ArrayBufferWriter<byte>();
            foreach (var text in texts)
            {
                var name = Bytes(text);
                if (!ByteAlphabet.TryRead(name, bytes)) bytes.Write(name);
            }
            return [OfBytes(bytes.WrittenSpan)];
        }
    }

    private sealed class Spaces : Decoder
    {
        public override bool IsOfWhole => true;

        public override IEnumerable<string> Run(IEnumerable<string> texts) => [string.Join(' ', texts)];
    }

    private sealed class Fuse : Decoder
    {
        public override IEnumerable<string> Run(IEnumerable<string> texts) => [string.Concat(texts)];
    }

    private sealed class Replacement(JsonPart part) : Decoder
    {
        private readonly Matcher _what = Matcher.OfReplacement(part);
        private readonly string _with = part.Text("content");

        public override IEnumerable<string> Run(IEnumerable<string> texts) => texts.Select(text => _what.Replace(text, _with) ?? text);
    }

    private sealed class ByteFallback : Decoder
    {
        public override IEnumerable<string> Run(IEnumerable<string> texts)
        {
            var run = new List<byte>();
            foreach (var text in texts)
            {
                if (Byte(text) is { } value)
                {
                    run.Add(value);
                    continue;
                }
                if (run.Count > 0) yield return Taken(run);
                yield return text;
            }
            if (run.Count > 0) yield return Taken(run);
        }

        // The library reads the number as one that may have a plus before it.
        private static byte? Byte(string name) =>
            name is ['<', '0', 'x', var first, _, '>'] && byte.TryParse(first == '+' ? name.AsSpan(4, 1) : name.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) ? value : null;

        // Where one byte of a run is no part of a character, the library gives U+FFFD for each of its bytes.
        private static string Taken(List<byte> run)
        {
            var text = OfBytes([.. run]);
            if (HasLone(text)) text = string.Concat(run.Select(static value => (char)(LoneByte + value)));
            run.Clear();
            return text;
        }
    }

    private sealed class Trim(string character, int start, int stop) : Decoder
    {
        public override bool IsOfWhole => true;

        public override IEnumerable<string> Run(IEnumerable<string> texts) => texts.Select(Cut);

        private string Cut(string text)
        {
            var rest = text.AsSpan();
            for (var count = 0; count < start && rest.StartsWith(character, StringComparison.Ordinal); count++) rest = rest[character.Length..];
            for (var count = 0; count < stop && rest.EndsWith(character, StringComparison.Ordinal); count++) rest = rest[..^character.Length];
            return rest.ToString();
        }
    }

    private sealed class Metaspace(JsonPart part) : Decoder
    {
        private readonly string _character = part.Character("replacement");
        private readonly bool _prepends = (part.Has("prepend_scheme") ? part.Text("prepend_scheme") : part.Flag("add_prefix_space", true) ? "always" : "never") != "never";

        public override IEnumerable<string> Run(IEnumerable<string> texts) =>
            texts.Select((text, at) => text.Replace(_character, at == 0 && _prepends ? "" : " ", StringComparison.Ordinal));
    }
}
