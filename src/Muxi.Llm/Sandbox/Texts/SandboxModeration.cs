using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// <c>POST /moderations</c>: a category is found where its name, or the part before the slash, stands in a text as a word. A simulator's rule, and no judgement: it lets a
/// program see either answer.
/// </summary>
internal static class SandboxModeration
{
    private static readonly string[] _categories =
    [
        "harassment", "harassment/threatening", "hate", "hate/threatening", "illicit", "illicit/violent", "self-harm", "self-harm/instructions", "self-harm/intent",
        "sexual", "sexual/minors", "violence", "violence/graphic",
    ];

    /// <summary>What OpenAI's model looks for in pictures as well.</summary>
    private static readonly string[] _ofPictures = ["self-harm", "self-harm/instructions", "self-harm/intent", "sexual", "violence", "violence/graphic"];

    public static SandboxAnswer Answer(SandboxCall call)
    {
        var request = new SandboxRequest(call);
        var model = request.Text("model") is { Length: > 0 } named ? named : "moderate";
        var looked = Inputs(request).ToList();
        return SandboxAnswer.Json(json =>
        {
            json.WriteStartObject();
            json.WriteString("id", request.Id("modr-"));
            json.WriteString("model", model);
            json.WriteStartArray("results");
            foreach (var (text, hasPicture) in looked) Write(json, text, hasPicture);
            json.WriteEndArray();
            json.WriteEndObject();
        }) with { Model = model, PromptTokens = looked.Sum(input => SandboxTokens.Count(input.Text)) };
    }

    private static IEnumerable<(string Text, bool HasPicture)> Inputs(SandboxRequest request)
    {
        if (request["input"] is not { } input) throw SandboxChatReader.Missing("input");
        if (input.ValueKind == JsonValueKind.String) return [(input.GetString()!, false)];
        if (input.ValueKind != JsonValueKind.Array) throw SandboxChatReader.WrongType("input", "a string, an array of strings, or an array of objects", input);
        if (input.GetArrayLength() == 0) throw new SandboxRefusal("Invalid 'input': empty array. At least one is needed.", "input", "empty_array");
        if (input[0].ValueKind == JsonValueKind.Object) return [Parts(input)];
        return input.EnumerateArray().Select((item, at) => item.ValueKind == JsonValueKind.String ? (item.GetString()!, false) : throw SandboxChatReader.WrongType($"input[{at}]", "a string", item));
    }

    private static (string Text, bool HasPicture) Parts(JsonElement input)
    {
        var (text, hasPicture) = ("", false);
        foreach (var (at, part) in input.EnumerateArray().Index())
        {
            var type = SandboxChatReader.Required(part, "type", $"input[{at}]");
            if (type == "text") text += SandboxChatReader.Required(part, "text", $"input[{at}]") + "\n";
            else if (type == "image_url")
            {
                SandboxChatReader.Required(part.Get("image_url") ?? throw SandboxChatReader.Missing($"input[{at}].image_url"), "url", $"input[{at}].image_url");
                hasPicture = true;
            }
            else throw SandboxChatReader.Unknown($"input[{at}].type", type, ["text", "image_url"]);
        }
        return (text, hasPicture);
    }

    private static void Write(Utf8JsonWriter json, string text, bool hasPicture)
    {
        var words = text.ToLowerInvariant().Split([.. text.ToLowerInvariant().Where(letter => !char.IsLetterOrDigit(letter) && letter is not ('-' or '/')).Distinct()]);
        var found = _categories.Where(category => words.Contains(category) || words.Contains(category.Split('/')[^1]) && category.Contains('/', StringComparison.Ordinal)).ToHashSet();
        json.WriteStartObject();
        json.WriteBoolean("flagged", found.Count > 0);
        json.WriteStartObject("categories");
        foreach (var category in _categories) json.WriteBoolean(category, found.Contains(category));
        json.WriteEndObject();
        json.WriteStartObject("category_scores");
        foreach (var category in _categories) json.WriteNumber(category, found.Contains(category) ? 0.97 : 0.0001);
        json.WriteEndObject();
        json.WriteStartObject("category_applied_input_types");
        foreach (var category in _categories)
        {
            json.WriteStartArray(category);
            if (text.Length > 0) json.WriteStringValue("text");
            if (hasPicture && _ofPictures.Contains(category)) json.WriteStringValue("image");
            json.WriteEndArray();
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
