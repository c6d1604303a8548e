using System.Text.Json;
using static Muxi.Llm.RequestReading;

namespace Muxi.Llm;

/// <summary>A moderation request in OpenAI's form.</summary>
internal static class ModerationRequestJson
{
    public static ModerationRequest Read(ReadOnlySpan<byte> source)
    {
        source = JsonReading.WithoutMark(source);
        var reader = Begin(source, "A moderation request");
        string? model = null;
        ModerationInput? input = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("model"u8)) model = Text(ref reader, "model");
            else if (reader.Is("input"u8)) input = ModerationInput.Read(ref reader, source);
            else extra.Take(ref reader, source);
        }
        // What stands behind the object is an error of the reader's own.
        reader.Read();
        return new() { Model = model ?? "", Input = input ?? throw Missing("A moderation request", "input"), Extra = extra.ToExtra() };
    }

    public static void Write(Utf8JsonWriter json, ModerationRequest request)
    {
        var members = new MemberWriter(json, request.Extra, [], new());
        json.WriteStartObject();
        if (request.Model.Length > 0) members.Text("model"u8, request.Model);
        if (!members.Overrides("input"u8)) request.Input.Write(json);
        request.Extra.WriteMembers(json);
        json.WriteEndObject();
    }
}
