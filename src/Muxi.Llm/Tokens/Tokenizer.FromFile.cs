namespace Muxi.Llm;

public abstract partial class Tokenizer
{
    /// <summary>A tokenizer out of a Hugging Face <c>tokenizer.json</c>: its ids are those that the library <c>tokenizers</c> gives without special tokens set round the text.</summary>
    /// <remarks>
    /// Byte-pair vocabularies are read: byte-level ones (GPT-2, Llama 3, Qwen, Mistral Nemo, DeepSeek) and those of SentencePiece with its byte fallback (Llama 2, Gemma).
    /// Added tokens that are not special always match; special ones only when a call allows them. The parts <c>post_processor</c>, <c>truncation</c> and <c>padding</c> are not read:
    /// the tokens of beginning and end that they set are no part of a text.
    /// </remarks>
    /// <param name="path">Where the file is.</param>
    /// <exception cref="ConfigurationException">The file cannot be read, is no tokenizer.json, or has a part that is not supported; the message names it.</exception>
    public static Tokenizer FromFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return HuggingFaceTokenizer.Load(path);
    }
}
