namespace Muxi.Llm;

/// <summary>What a part of a message is.</summary>
/// <param name="Value">The word as it is on the wire.</param>
public readonly record struct ContentPartType(string Value)
{
    /// <summary>Plain words, in <see cref="ContentPart.Text"/>.</summary>
    public static ContentPartType Text => new("text");
    /// <summary>A picture, in <see cref="ContentPart.ImageUrl"/>.</summary>
    public static ContentPartType ImageUrl => new("image_url");
    /// <summary>Sound, in <see cref="ContentPart.InputAudio"/>.</summary>
    public static ContentPartType InputAudio => new("input_audio");
    /// <summary>A document, in <see cref="ContentPart.File"/>.</summary>
    public static ContentPartType File => new("file");
    /// <summary>Something found for the model to answer from, in <see cref="ContentPart.SearchResult"/>.</summary>
    public static ContentPartType SearchResult => new("search_result");
    /// <summary>The model's refusal, in <see cref="ContentPart.Text"/>.</summary>
    public static ContentPartType Refusal => new("refusal");
    /// <summary>The model's thinking, in <see cref="ContentPart.Text"/>, with <see cref="ContentPart.Signature"/> where the vendor signs it.</summary>
    public static ContentPartType Reasoning => new("reasoning");
    /// <summary>A call of a tool of the caller's, in <see cref="ContentPart.ToolCall"/>.</summary>
    public static ContentPartType ToolCall => new("tool_call");
    /// <summary>A vendor's own block that only that vendor understands, in <see cref="ContentPart.Format"/> and <see cref="ContentPart.Raw"/>.</summary>
    public static ContentPartType Opaque => new("opaque");

    /// <summary>The word as it is on the wire.</summary>
    public static implicit operator ContentPartType(string value) => new(value);
    /// <summary>The word as it is on the wire.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>
/// One piece of a message: what a person sends (text, picture, sound, document) or one ordered block of an assistant's turn (reasoning, text, refusal, tool
/// call, a vendor's opaque block). <see cref="Type"/> says which of the other members is set.
/// </summary>
public sealed record ContentPart
{
    /// <summary>What this part is.</summary>
    public required ContentPartType Type { get; init; }

    /// <summary>The text of a text, refusal or reasoning part.</summary>
    public string? Text { get; init; }

    /// <summary>The picture of an image part.</summary>
    public ImageUrl? ImageUrl { get; init; }

    /// <summary>The sound of an audio part.</summary>
    public InputAudio? InputAudio { get; init; }

    /// <summary>The document of a file part.</summary>
    public InputFile? File { get; init; }

    /// <summary>What was found, of a search result's part.</summary>
    public SearchResult? SearchResult { get; init; }

    /// <summary>The call of a tool-call block.</summary>
    public ToolCall? ToolCall { get; init; }

    /// <summary>The vendor's proof that the block is its own; it goes back unchanged with the block.</summary>
    public string? Signature { get; init; }

    /// <summary>Which wire format an opaque block, or a block's signature, belongs to; it is sent to no other.</summary>
    public string? Format { get; init; }

    /// <summary>The bytes of an opaque block, or of a part of a type that we do not know.</summary>
    public RawJson Raw { get; init; }

    /// <summary>Of a picture that is read as a block: which one of the images beside the blocks it is. Null once it is known, and for anything else.</summary>
    internal int? ImagePlace { get; init; }

    /// <summary>Asks the provider to keep the prompt up to here in its cache (Anthropic's shape, also taken by routers): <c>{"type":"ephemeral"}</c>.</summary>
    public RawJson CacheControl { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }

    /// <summary>What is said in words.</summary>
    public static ContentPart FromText(string text) => new() { Type = ContentPartType.Text, Text = text };

    /// <summary>A reasoning block.</summary>
    public static ContentPart FromReasoning(string text, string? signature = null) => new() { Type = ContentPartType.Reasoning, Text = text, Signature = signature };

    /// <summary>Why the model will not answer.</summary>
    public static ContentPart FromRefusal(string text) => new() { Type = ContentPartType.Refusal, Text = text };

    /// <summary>Something found for the model to answer from, and to cite.</summary>
    public static ContentPart FromSearchResult(SearchResult result) => new() { Type = ContentPartType.SearchResult, SearchResult = result };

    /// <summary>Something found for the model to answer from, and to cite.</summary>
    /// <param name="source">Where it is from: an address, or a name of your own for it.</param>
    /// <param name="title">Its title; null for none.</param>
    /// <param name="content">What was found, in one piece or in several; a citation is of whole pieces.</param>
    public static ContentPart FromSearchResult(string source, string? title, params string[] content) => FromSearchResult(new SearchResult { Source = source, Title = title, Content = content });

    /// <summary>A picture.</summary>
    internal static ContentPart FromImage(ImageUrl image) => new() { Type = ContentPartType.ImageUrl, ImageUrl = image };

    /// <summary>A tool-call block.</summary>
    public static ContentPart FromToolCall(ToolCall call) => new() { Type = ContentPartType.ToolCall, ToolCall = call };

    /// <summary>A vendor's block that is kept and sent back to the same wire format only.</summary>
    public static ContentPart FromOpaque(string format, RawJson raw) => new() { Type = ContentPartType.Opaque, Format = format, Raw = raw };

    /// <summary>The same document or search result, which the answer shall cite: <c>Document.FromFile("hours.pdf").Cited()</c>. Anything else stays as it is.</summary>
    public ContentPart Cited() => this with { File = File is null ? null : File with { Cite = true }, SearchResult = SearchResult is null ? null : SearchResult with { Cite = true } };

    /// <summary>Text is a text part.</summary>
    public static implicit operator ContentPart(string text) => FromText(text);
}

/// <summary>A picture to look at.</summary>
/// <param name="Url">An http(s) URL, or a data URI that holds the picture itself.</param>
/// <param name="Detail"><c>low</c>, <c>high</c> or <c>auto</c>: how closely to look; null leaves it to the provider.</param>
public sealed record ImageUrl(string Url, string? Detail = null)
{
    private readonly string? _url = Url;

    internal ImageUrl(InlineData data, string? detail) : this("", detail) => (_url, Data) = (null, data);

    /// <summary>An http(s) URL, or a data URI that holds the picture itself; one of a picture from a file or from memory is made at each call.</summary>
    public string Url
    {
        get => _url ?? Data!.ToString();
        init => (_url, Data) = (value, null);
    }

    /// <summary>The picture itself, where it is from a file or from memory.</summary>
    internal InlineData? Data { get; private init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }
}

/// <summary>Sound to listen to.</summary>
/// <param name="Data">The file's bytes in base64.</param>
/// <param name="Format"><c>wav</c> or <c>mp3</c> at OpenAI.</param>
public sealed record InputAudio(string Data, string Format)
{
    private readonly string? _data = Data;

    internal InputAudio(ReadOnlyMemory<byte> bytes, string format) : this("", format) => (_data, Bytes) = (null, bytes);

    /// <summary>The file's bytes in base64; those of a sound from a file or from memory are made into it at each call.</summary>
    public string Data
    {
        get => _data ?? Convert.ToBase64String(Bytes!.Value.Span);
        init => (_data, Bytes) = (value, null);
    }

    /// <summary>The sound itself, where it is from a file or from memory.</summary>
    internal ReadOnlyMemory<byte>? Bytes { get; private init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }
}

/// <summary>A document to read: its bytes, or the id of an uploaded file.</summary>
public sealed record InputFile
{
    private readonly string? _fileData;

    /// <summary>The file's name.</summary>
    public string? Filename { get; init; }

    /// <summary>
    /// A data URI that holds the document, or an http(s) address where the provider reads it from; the URI of a document from a file or from memory is made at each call.
    /// </summary>
    public string? FileData
    {
        get => _fileData ?? Data?.ToString();
        init => (_fileData, Data) = (value, null);
    }

    /// <summary>The document itself, where it is from a file or from memory.</summary>
    internal InlineData? Data { get; init; }

    /// <summary>The id of a file at the provider.</summary>
    public string? FileId { get; init; }

    /// <summary>
    /// Whether the answer shall cite it (<see cref="Message.Annotations"/>), for formats that can be told so: Anthropic's messages and Bedrock's Converse. <c>cite</c> in JSON.
    /// </summary>
    public bool Cite { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }
}
