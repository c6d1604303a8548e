using System.Text.Json;

namespace Muxi.Llm;

/// <summary>What a stretch of the answer rests on.</summary>
/// <param name="Start">Where in its text it begins, in characters.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Text">The stretch itself.</param>
/// <param name="Content">In which part of the content it is, counted from 0; null where that is not told.</param>
/// <param name="Type">Of what it is a stretch: <c>TEXT_CONTENT</c>, <c>THINKING_CONTENT</c> or <c>PLAN</c>; null where that is not told, and then it is the answer's text.</param>
/// <param name="Sources">The documents and results.</param>
internal readonly record struct CohereCitation(long? Start, long? End, string? Text, int? Content, string? Type, List<CohereSource> Sources)
{
    public static CohereCitation Read(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        long? start = null, end = null, content = null;
        string? text = null, type = null;
        List<CohereSource>? sources = null;
        while (reader.NextMember())
        {
            if (reader.NextIsNull()) reader.SkipMember();
            else if (reader.Is("start"u8)) start = reader.ReadLong();
            else if (reader.Is("end"u8)) end = reader.ReadLong();
            else if (reader.Is("text"u8)) text = reader.ReadString(source);
            else if (reader.Is("content_index"u8)) content = reader.ReadLong();
            else if (reader.Is("type"u8)) type = reader.ReadString(source);
            else if (reader.Is("sources"u8)) sources = CohereMessage.Many(ref reader, source, CohereSource.Read);
            else reader.SkipMember();
        }
        return new(start, end, text, (int?)content, type, sources ?? []);
    }

    /// <summary>One annotation for each source, or one without a source.</summary>
    /// <param name="lengths">How long the texts of the content's parts are, by their places: the places here count within one part, ours within all of them.</param>
    public IEnumerable<Annotation> ToAnnotations(IReadOnlyDictionary<int, int> lengths)
    {
        long before = 0;
        if (Content is { } place)
            foreach (var (at, length) in lengths)
                if (at < place) before += length;
        var isOfText = Type is null or "TEXT_CONTENT";
        var plain = new Annotation { Type = "document_citation", StartIndex = isOfText ? Start + before : null, EndIndex = isOfText ? End + before : null, Extra = Beside(isOfText) };
        return Sources.Count == 0 ? [plain] : Sources.Select(source => source.Cited(plain));
    }

    /// <summary>The stretch itself; and its place where it is none in the text, but in the thinking or in the plan.</summary>
    private Extra Beside(bool isOfText) => Extra.Trusted(JsonOut.ToUtf8((Citation: this, isOfText), static (json, it) =>
    {
        json.WriteStartObject();
        if (it.Citation.Text is { } text) json.WriteString("text"u8, text);
        if (!it.isOfText)
        {
            json.WriteString("of"u8, it.Citation.Type);
            if (it.Citation.Start is { } start) json.WriteNumber("start"u8, start);
            if (it.Citation.End is { } end) json.WriteNumber("end"u8, end);
        }
        json.WriteEndObject();
    }));
}

/// <summary>A document or a tool's result that was cited.</summary>
/// <param name="Id">Its id: as it was given, or the call's with the place in its result.</param>
/// <param name="Url">Its address, where it names one.</param>
/// <param name="Title">Its title, where it has one.</param>
/// <param name="Text">Its words, where they stand under one of the usual names.</param>
/// <param name="Raw">All that the service tells of it.</param>
internal readonly record struct CohereSource(string? Id, string? Url, string? Title, string? Text, RawJson Raw)
{
    public static CohereSource Read(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        var raw = reader.RawValue(source);
        var members = Extra.Trusted(raw.Utf8.ToArray());
        var held = members["document"] is { IsEmpty: false } document ? document : members["tool_output"];
        var data = !held.IsEmpty && held.ToElement().ValueKind == JsonValueKind.Object ? Extra.Trusted(held.Utf8.ToArray()) : default;
        // A result that was given as text comes back as content.
        return new(members.GetString("id") ?? data.GetString("id"), data.GetString("url"), data.GetString("title"), data.GetString("text") ?? data.GetString("snippet") ?? data.GetString("content"), raw);
    }

    public Annotation Cited(Annotation plain) => plain with
    {
        Type = string.IsNullOrEmpty(Url) ? plain.Type : "url_citation", Url = string.IsNullOrEmpty(Url) ? null : Url, Title = Title, CitedText = Text, DocumentId = Id, Extra = plain.Extra.With("source", Raw),
    };
}
