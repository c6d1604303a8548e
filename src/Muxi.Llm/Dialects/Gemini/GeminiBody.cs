using System.Text.Json;

namespace Muxi.Llm;

/// <summary>What the bodies and paths of Google's operations have in common.</summary>
internal static class GeminiBody
{
    private const string Collection = "models/";

    /// <summary>A model's name without the collection in front, which the service writes and people leave out.</summary>
    public static string Bare(string model) => model.StartsWith(Collection, StringComparison.Ordinal) ? model[Collection.Length..] : model;

    /// <summary>A model's name with the collection in front; a name with a slash has one already.</summary>
    public static string Resource(string model) => model.Contains('/', StringComparison.Ordinal) ? model : Collection + model;

    /// <summary>A path with the model's name put in. A version behind it (<c>@001</c>) stays readable.</summary>
    public static string Path(string path, string model) => GeminiRequestWriter.PathOf(path, model).Replace("%40", "@", StringComparison.Ordinal);

    /// <summary>Members as somebody writes them; none where nothing is written.</summary>
    public static Extra Members(Action<Utf8JsonWriter> write)
    {
        var utf8 = JsonOut.ToUtf8(write, static (json, write) =>
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        });
        return utf8.Length == "{}".Length ? default : Extra.Trusted(utf8);
    }

    /// <summary>The members of an object that is a member itself; none where it is no object.</summary>
    public static Extra Within(Extra extra, string name) => extra.TryGet(name, out var value) && value.ToElement().ValueKind == JsonValueKind.Object ? Extra.Parse(value.ToString()) : default;

    /// <summary>Writes an object of these members; nothing where there are none.</summary>
    public static void Write(Utf8JsonWriter json, string name, Extra members)
    {
        if (members.IsEmpty) return;
        json.WriteStartObject(name);
        members.WriteMembers(json);
        json.WriteEndObject();
    }

    /// <summary>Names what a request has and the service does not know.</summary>
    public static void LeaveOut(Warnings warnings, params ReadOnlySpan<(string Name, bool IsAsked)> members)
    {
        foreach (var (name, isAsked) in members)
            if (isAsked) warnings.Add(name, "left out: the service does not know it");
    }
}
