using System.Buffers;
using System.Text;

namespace Muxi.Llm;

/// <summary>
/// Turns text into the tokens that a model reads, and back. Safe to use from many threads. What is no Unicode (a lone surrogate) counts as U+FFFD, as it would on its way to a service.
/// </summary>
/// <remarks>Tokens that the wire or the chat template sets round a text (beginning, end, roles) are not counted here: <c>client.Tokens.Count</c> does.</remarks>
public abstract partial class Tokenizer
{
    private protected Tokenizer() { }

    /// <summary>The names that <see cref="Get"/> knows.</summary>
    public static IReadOnlyCollection<string> Names => Encodings.Known;

    /// <summary>One of OpenAI's encodings, the same one each time: <c>o200k_base</c>, <c>o200k_harmony</c>, <c>cl100k_base</c>, <c>p50k_base</c>, <c>p50k_edit</c>, <c>r50k_base</c>.</summary>
    /// <param name="name">One of <see cref="Names"/>, in lower case.</param>
    /// <exception cref="ArgumentException">There is none of this name.</exception>
    public static Tokenizer Get(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Encodings.Find(name) ?? throw new ArgumentException(Encodings.Lacks(name), nameof(name));
    }

    /// <summary>The encoding of OpenAI's that a model has; <c>o200k_base</c> for one of which none is public, whose texts it counts as an estimate.</summary>
    /// <param name="model">The model's name, with or without its provider: <c>openai/gpt-4o</c>, <c>gpt-4o</c>. No name is refused.</param>
    public static Tokenizer ForModel(string model)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        return Get(TokenFacts.Of(model).Encoding);
    }

    /// <summary>What it is called: the name of the encoding, such as <c>o200k_base</c>, or the path of its file.</summary>
    public abstract string Name { get; }

    /// <summary>One more than the highest id.</summary>
    public abstract int VocabularySize { get; }

    /// <summary>The tokens that stand for themselves and not for text, such as <c>&lt;|endoftext|&gt;</c>, and their ids.</summary>
    public abstract IReadOnlyDictionary<string, int> Specials { get; }

    /// <summary>How many tokens a text has. Nothing is kept of them.</summary>
    /// <param name="text">The text.</param>
    /// <param name="specials">Which special tokens it may hold; none where it is left out, so that their names are text like any other.</param>
    public int Count(ReadOnlySpan<char> text, SpecialTokens? specials = null)
    {
        var sink = new CountSink(int.MaxValue);
        Run(text, specials, ref sink);
        return sink.Count;
    }

    /// <summary>How many tokens a text has, but no more than asked for: counting ends at the limit, however long the text is.</summary>
    /// <param name="text">The text.</param>
    /// <param name="limit">How many tokens are counted at most; from 0 up.</param>
    /// <param name="specials">Which special tokens it may hold; none where it is left out, so that their names are text like any other.</param>
    /// <returns>The count, or <paramref name="limit"/> + 1 where it is more.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The limit is below 0.</exception>
    public int CountUpTo(ReadOnlySpan<char> text, int limit, SpecialTokens? specials = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        var sink = new CountSink(limit);
        Run(text, specials, ref sink);
        return sink.Count;
    }

    /// <summary>The ids of a text's tokens.</summary>
    /// <param name="text">The text.</param>
    /// <param name="specials">Which special tokens it may hold; none where it is left out, so that their names are text like any other.</param>
    public int[] Encode(ReadOnlySpan<char> text, SpecialTokens? specials = null)
    {
        var sink = new ListSink { Ids = new(text.Length / 3 + 4) };
        Run(text, specials, ref sink);
        return [.. sink.Ids];
    }

    /// <summary>Writes the ids of a text's tokens.</summary>
    /// <param name="text">The text.</param>
    /// <param name="to">Takes the ids, in their order.</param>
    /// <param name="specials">Which special tokens it may hold; none where it is left out, so that their names are text like any other.</param>
    public void Encode(ReadOnlySpan<char> text, IBufferWriter<int> to, SpecialTokens? specials = null)
    {
        ArgumentNullException.ThrowIfNull(to);
        var sink = new WriterSink { To = to };
        Run(text, specials, ref sink);
    }

    /// <summary>The text of tokens. Bytes that are no whole character become U+FFFD; <see cref="DecodeBytes"/> has them.</summary>
    /// <param name="ids">Tokens of this vocabulary, special ones too, which become their names.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no token of such an id.</exception>
    public virtual string Decode(params ReadOnlySpan<int> ids) => Encoding.UTF8.GetString(DecodeBytes(ids));

    /// <summary>The bytes (UTF-8) of tokens, as they are: a token may begin or end inside a character.</summary>
    /// <param name="ids">Tokens of this vocabulary, special ones too, which become their names.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no token of such an id.</exception>
    public virtual byte[] DecodeBytes(params ReadOnlySpan<int> ids)
    {
        var bytes = new ArrayBufferWriter<byte>(ids.Length * 4 + 16);
        foreach (var id in ids) bytes.Write(Bytes(id));
        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>Hands a text's ids to the sink, in order, until it has enough.</summary>
    internal abstract void Run<TSink>(ReadOnlySpan<char> text, SpecialTokens? specials, ref TSink sink) where TSink : struct, ITokenSink;

    /// <summary>The bytes that a token stands for; for a special one those of its name.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no token of such an id.</exception>
    internal abstract ReadOnlySpan<byte> Bytes(int id);
}
