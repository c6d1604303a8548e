using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Which values of <c>anthropic-beta</c> a request needs, by what it uses.</summary>
internal sealed class MessagesBetas(AnthropicMessages quirks)
{
    private SortedSet<string>? _needed;

    /// <summary>Something is used that may need a value.</summary>
    public void Use(string what)
    {
        if (quirks.Betas.TryGetValue(what, out var value)) (_needed ??= new(StringComparer.Ordinal)).Add(value);
    }

    public void Note(ChatCompletionRequest request, IReadOnlyList<Tool> tools)
    {
        if (quirks.Betas.IsEmpty) return;
        foreach (var tool in tools)
            if (tool.Function is null) Use(tool.Type);
        if (request.Extra.IsEmpty) return;
        foreach (var name in request.Extra.Names)
        {
            Use(name);
            var element = request.Extra[name].ToElement();
            if (name == "tools") NoteTypes(element);
            if (element.ValueKind != JsonValueKind.Object) continue;
            foreach (var member in element.EnumerateObject())
            {
                Use($"{name}.{member.Name}");
                if (member.Name == "edits") NoteTypes(member.Value);
            }
        }
    }

    public IReadOnlyList<KeyValuePair<string, string>> Headers() => _needed is null ? [] : [new("anthropic-beta", string.Join(',', _needed))];

    /// <summary>The members with the needed values among those of the caller's own <c>anthropic_beta</c>.</summary>
    public Extra Into(Extra members)
    {
        if (_needed is null) return members;
        IEnumerable<string> own = members["anthropic_beta"] is { IsEmpty: false } raw && raw.ToElement() is { ValueKind: JsonValueKind.Array } list
            ? list.EnumerateArray().Where(static value => value.ValueKind == JsonValueKind.String).Select(static value => value.GetString()!) : [];
        return members.With("anthropic_beta", RawJson.Trusted(JsonOut.ToUtf8(own.Concat(_needed).Distinct(), static (json, values) =>
        {
            json.WriteStartArray();
            foreach (var value in values) json.WriteStringValue(value);
            json.WriteEndArray();
        })));
    }

    private void NoteTypes(JsonElement items)
    {
        if (items.ValueKind != JsonValueKind.Array) return;
        foreach (var item in items.EnumerateArray())
            if (item.ValueKind == JsonValueKind.Object && item.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String) Use(type.GetString()!);
    }
}
