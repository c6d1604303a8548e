using System.Text.Json;
using static Muxi.Llm.RequestReading;

namespace Muxi.Llm;

/// <summary>A request for a ranking in Cohere's form, read strictly and written canonically.</summary>
internal static class RerankRequestJson
{
    private const string Name = "A request for a ranking";

    public static RerankRequest Read(ReadOnlySpan<byte> source)
    {
        source = JsonReading.WithoutMark(source);
        var reader = Begin(source, Name);
        string? model = null, query = null, instruction = null;
        List<RerankDocument>? documents = null;
        List<string>? fields = null;
        int? top = null, tokens = null;
        bool? returns = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("model"u8)) model = Text(ref reader, "model");
            else if (reader.Is("query"u8)) query = Text(ref reader, "query");
            else if (reader.Is("documents"u8)) documents = Documents(ref reader, source);
            else if (reader.Is("top_n"u8)) top = Whole(ref reader, "top_n");
            else if (reader.Is("return_documents"u8)) returns = Flag(ref reader, "return_documents");
            else if (reader.Is("rank_fields"u8)) fields = Texts(ref reader, "rank_fields");
            else if (reader.Is("max_tokens_per_doc"u8)) tokens = Whole(ref reader, "max_tokens_per_doc");
            else if (reader.Is("instruction"u8)) instruction = Text(ref reader, "instruction");
            else extra.Take(ref reader, source);
        }
        // What stands behind the object is an error of the reader's own.
        reader.Read();
        if (string.IsNullOrEmpty(model)) throw Missing(Name, "model");
        return new()
        {
            Model = model, Query = query ?? throw Missing(Name, "query"), Documents = documents ?? throw Missing(Name, "documents"), TopN = top, ReturnDocuments = returns,
            RankFields = fields, MaxTokensPerDoc = tokens, Instruction = instruction, Extra = extra.ToExtra(),
        };
    }

    public static void Write(Utf8JsonWriter json, RerankRequest request)
    {
        var members = new MemberWriter(json, request.Extra);
        json.WriteStartObject();
        members.Text("model"u8, request.Model);
        members.Text("query"u8, request.Query);
        if (!members.Overrides("documents"u8))
        {
            json.WriteStartArray("documents"u8);
            foreach (var document in request.Documents) Write(json, document);
            json.WriteEndArray();
        }
        members.Number("top_n"u8, request.TopN);
        members.Flag("return_documents"u8, request.ReturnDocuments);
        members.Texts("rank_fields"u8, request.RankFields);
        members.Number("max_tokens_per_doc"u8, request.MaxTokensPerDoc);
        members.Text("instruction"u8, request.Instruction);
        request.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    /// <summary>A document as it was given.</summary>
    public static void Write(Utf8JsonWriter json, RerankDocument document)
    {
        if (document.Fields.IsEmpty) json.WriteStringValue(document.Text);
        else document.Fields.WriteTo(json);
    }

    private static List<RerankDocument>? Documents(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.EnterArray()) return reader.TokenType == JsonTokenType.Null ? null : throw Wrong("documents", "a list of texts or objects");
        var documents = new List<RerankDocument>();
        while (reader.NextItem())
            documents.Add(RerankReply.Document(ref reader, source) ?? throw Wrong($"documents[{documents.Count}]", "text or an object"));
        return documents;
    }
}
