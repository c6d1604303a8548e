using System.Text.Json;

namespace Muxi.Llm;

/// <summary>What is ranked: a text, or an object with fields (<c>text</c>, <c>title</c>, ...) or a picture (<c>image</c>). A text can be given as it is.</summary>
public sealed record RerankDocument
{
    private RerankDocument(string? text, RawJson fields) => (Text, Fields) = (text, fields);

    /// <summary>The text; of an object its member <c>text</c>. Null where there is none.</summary>
    public string? Text { get; }

    /// <summary>The object, or another JSON form that a service has (a list of parts); an empty one where a text was given.</summary>
    public RawJson Fields { get; }

    /// <summary>A document that is a text alone.</summary>
    public static RerankDocument FromText(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new(text, default);
    }

    /// <summary>An object with fields: <c>RerankDocument.FromFields("""{"title":"Pandas","text":"It is a bear."}""")</c>.</summary>
    /// <exception cref="ArgumentException">It is no object and no list.</exception>
    public static RerankDocument FromFields(RawJson fields) => fields.ToElement().ValueKind is JsonValueKind.Object or JsonValueKind.Array ? Of(fields)
        : throw new ArgumentException("The fields of a document must be a JSON object.", nameof(fields));

    /// <summary>A picture, for models that look at them: <c>RerankDocument.FromImage(Image.FromFile("panda.png"))</c>.</summary>
    /// <param name="image">The picture: an address that the service reads, or the picture itself.</param>
    /// <param name="text">What is said beside it; null for nothing.</param>
    /// <exception cref="ArgumentException">The part is no picture.</exception>
    public static RerankDocument FromImage(ContentPart image, string? text = null)
    {
        ArgumentNullException.ThrowIfNull(image);
        var url = image.ImageUrl?.Url ?? throw new ArgumentException("The part is no picture.", nameof(image));
        return new(text, JsonOut.ToText((text, url), static (json, it) =>
        {
            json.WriteStartObject();
            if (it.text is not null) json.WriteString("text"u8, it.text);
            json.WriteString("image"u8, it.url);
            json.WriteEndObject();
        }, indented: false));
    }

    /// <summary>A text, given as it is.</summary>
    public static implicit operator RerankDocument(string text) => FromText(text);

    /// <summary>The text; else the object.</summary>
    public override string ToString() => Fields.IsEmpty ? Text! : Fields.ToString();

    /// <summary>The picture's address; null where there is none.</summary>
    internal string? Picture => Fields.IsEmpty || Fields.ToElement() is not { ValueKind: JsonValueKind.Object } element ? null
        : element.TryGetProperty("image"u8, out var image) && image.ValueKind == JsonValueKind.String ? image.Text() : null;

    /// <summary>An object or another form, which is known to be JSON.</summary>
    internal static RerankDocument Of(RawJson fields) => new(TextIn(fields.ToElement()), fields);

    private static string? TextIn(JsonElement element) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty("text"u8, out var text) && text.ValueKind == JsonValueKind.String ? text.Text() : null;
}
