using System.Text.Json;

namespace Muxi.Llm;

/// <summary><c>POST /rerank</c>: a document fits as well as it has words of the query, from 0 for none to 1 for all. A simulator's rule; nothing is understood.</summary>
internal static class SandboxRerank
{
    private const int MostDocuments = 1000;

    public static SandboxAnswer Answer(SandboxCall call)
    {
        var request = new SandboxRequest(call);
        var model = request.Model();
        var query = request.Text("query") is { Length: > 0 } asked ? asked : throw SandboxChatReader.Missing("query");
        var documents = Documents(request);
        var top = request.Integer("top_n", 1, int.MaxValue) ?? documents.Count;
        request.Integer("max_tokens_per_doc", 1, int.MaxValue);
        var returns = request.Flag("return_documents");
        var wanted = Words(query);
        var texts = documents.Select(document => Text(request, document)).ToList();
        var ranking = texts.Select((text, index) => (Score: Share(wanted, text), Index: index)).OrderByDescending(one => one.Score).Take(top).ToList();
        var tokens = (SandboxTokens.Count(query) * texts.Count) + texts.Sum(SandboxTokens.Count);
        return SandboxAnswer.Json(json =>
        {
            json.WriteStartObject();
            json.WriteString("id", request.Id("rerank-"));
            json.WriteString("model", model);
            json.WriteStartArray("results");
            foreach (var (score, index) in ranking) Write(json, score, index, returns ? documents[index] : null);
            json.WriteEndArray();
            json.WriteStartObject("usage");
            json.WriteNumber("prompt_tokens", tokens);
            json.WriteNumber("total_tokens", tokens);
            json.WriteEndObject();
            json.WriteEndObject();
        }) with { Model = model, PromptTokens = tokens };
    }

    private static List<JsonElement> Documents(SandboxRequest request)
    {
        if (request["documents"] is not { } list) throw SandboxChatReader.Missing("documents");
        if (list.ValueKind != JsonValueKind.Array) throw SandboxChatReader.WrongType("documents", "an array of strings or objects", list);
        if (list.GetArrayLength() == 0) throw new SandboxRefusal("Invalid 'documents': empty array. At least one is needed.", "documents", "empty_array");
        if (list.GetArrayLength() > MostDocuments) throw new SandboxRefusal($"Invalid 'documents': array too long. At most {MostDocuments} are taken.", "documents", "array_above_max_length");
        foreach (var (at, document) in list.EnumerateArray().Index())
            if (document.ValueKind is not (JsonValueKind.String or JsonValueKind.Object)) throw SandboxChatReader.WrongType($"documents[{at}]", "a string or an object", document);
        return [.. list.EnumerateArray()];
    }

    /// <summary>What is read of a document: of an object the fields that are named, else its text.</summary>
    private static string Text(SandboxRequest request, JsonElement document)
    {
        if (document.ValueKind == JsonValueKind.String) return document.GetString()!;
        IEnumerable<string> fields = request["rank_fields"] is { ValueKind: JsonValueKind.Array } named ? named.EnumerateArray().Select(name => name.ToString()) : ["text"];
        return string.Join(' ', fields.Select(name => document.Get(name)).Where(value => value is not null).Select(value => value.ToString()));
    }

    private static double Share(HashSet<string> wanted, string text) => wanted.Count == 0 ? 0 : (double)wanted.Intersect(Words(text)).Count() / wanted.Count;

    private static HashSet<string> Words(string text) =>
        [.. new string([.. text.ToLowerInvariant().Select(static letter => char.IsLetterOrDigit(letter) ? letter : ' ')]).Split(' ', StringSplitOptions.RemoveEmptyEntries)];

    private static void Write(Utf8JsonWriter json, double score, int index, JsonElement? document)
    {
        json.WriteStartObject();
        json.WriteNumber("index", index);
        json.WriteNumber("relevance_score", Math.Round(score, 4));
        if (document is { } given)
        {
            json.WritePropertyName("document");
            if (given.ValueKind == JsonValueKind.Object) given.WriteTo(json);
            else
            {
                json.WriteStartObject();
                json.WriteString("text", given.GetString());
                json.WriteEndObject();
            }
        }
        json.WriteEndObject();
    }
}
