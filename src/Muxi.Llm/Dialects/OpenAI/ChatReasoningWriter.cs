using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Writes how much the model is to think, in the words of a service: an effort, a switch, or both, each in a member of its own or within an object.</summary>
internal static class ChatReasoningWriter
{
    private const string Asked = "reasoning_effort", Off = "none";

    public static void Write(Utf8JsonWriter json, string effort, OpenAIChat quirks, Extra extra, Warnings warnings)
    {
        var word = quirks.Efforts.GetValueOrDefault(effort, effort);
        if (quirks.ThinkingField is { } field)
        {
            var isOn = effort != Off;
            if (extra.TryGet(Head(field), out _)) return;
            var hasEffort = isOn ? word.Length > 0 && quirks.EffortField is not null : quirks.EffortField is not null && quirks.Efforts.ContainsKey(Off) && word.Length > 0;
            if (isOn && quirks.EffortField is null && effort != "medium") warnings.Add(Asked, "reasoning was switched on; the service knows no efforts");
            if (isOn) Note(effort, word, quirks, warnings);
            if (hasEffort && extra.TryGet(Head(quirks.EffortField!), out _)) hasEffort = false;
            WriteBoth(json, field, isOn, hasEffort ? quirks.EffortField : null, word, quirks);
            return;
        }
        if (quirks.EffortField is not { } member || word.Length == 0)
        {
            warnings.Add(Asked, effort == Off ? "left out: the service cannot switch reasoning off" : "left out: the service does not take it");
            return;
        }
        if (extra.TryGet(Head(member), out _)) return;
        Note(effort, word, quirks, warnings);
        WriteAt(json, member, word);
    }

    private static void Note(string effort, string word, OpenAIChat quirks, Warnings warnings)
    {
        if (quirks.EffortField is not null && word != effort) warnings.Add(Asked, word.Length == 0 ? $"'{effort}' was left out: the service does not take it" : $"sent as '{word}': the service does not take '{effort}'");
    }

    /// <summary>The switch and the effort, which may be in one object.</summary>
    private static void WriteBoth(Utf8JsonWriter json, string field, bool isOn, string? effortField, string effort, OpenAIChat quirks)
    {
        var (head, member) = Split(field);
        if (member is null) WriteSwitch(json, field, isOn, quirks);
        else
        {
            json.WriteStartObject(head);
            WriteSwitch(json, member, isOn, quirks);
            if (effortField is not null && Split(effortField) is (var other, { } within) && other == head)
            {
                json.WriteString(within, effort);
                effortField = null;
            }
            json.WriteEndObject();
        }
        if (effortField is not null) WriteAt(json, effortField, effort);
    }

    private static void WriteSwitch(Utf8JsonWriter json, string member, bool isOn, OpenAIChat quirks)
    {
        if (quirks.ThinkingWords is [var on, var off, ..]) json.WriteString(member, isOn ? on : off);
        else json.WriteBoolean(member, isOn);
    }

    private static void WriteAt(Utf8JsonWriter json, string field, string value)
    {
        var (head, member) = Split(field);
        if (member is null)
        {
            json.WriteString(field, value);
            return;
        }
        json.WriteStartObject(head);
        json.WriteString(member, value);
        json.WriteEndObject();
    }

    private static string Head(string field) => Split(field).Head;

    private static (string Head, string? Member) Split(string field) => field.IndexOf('.') is var dot and >= 0 ? (field[..dot], field[(dot + 1)..]) : (field, null);
}
