using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// Writes the members of a request that are set: not those that the caller's extra members hold, which go before them, nor those that the service rejects, which are a warning.
/// </summary>
/// <param name="json">Where to.</param>
/// <param name="extra">The caller's extra members.</param>
/// <param name="drops">What the service rejects.</param>
/// <param name="warnings">Takes what is left out.</param>
internal readonly ref struct MemberWriter(Utf8JsonWriter json, Extra extra, ImmutableArray<string> drops, Warnings warnings)
{
    private static readonly Warnings _none = new();

    /// <summary>For what no service has rejections for: a reply, a part of a request.</summary>
    public MemberWriter(Utf8JsonWriter json, Extra extra) : this(json, extra, [], _none) { }

    public void Number(ReadOnlySpan<byte> name, double? value)
    {
        if (value is { } number && !Skips(name)) json.WriteNumber(name, number);
    }

    public void Number(ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } number && !Skips(name)) json.WriteNumber(name, number);
    }

    public void Flag(ReadOnlySpan<byte> name, bool? value)
    {
        if (value is { } flag && !Skips(name)) json.WriteBoolean(name, flag);
    }

    public void Text(ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null && !Skips(name)) json.WriteString(name, value);
    }

    public void Raw(ReadOnlySpan<byte> name, RawJson value)
    {
        if (value.IsEmpty || Skips(name)) return;
        json.WritePropertyName(name);
        value.WriteTo(json);
    }

    public void Texts(ReadOnlySpan<byte> name, IReadOnlyList<string>? values)
    {
        if (values is null || Skips(name)) return;
        json.WriteStartArray(name);
        foreach (var value in values) json.WriteStringValue(value);
        json.WriteEndArray();
    }

    /// <summary>One text alone, several as a list; none is nothing.</summary>
    public void TextOrTexts(ReadOnlySpan<byte> name, IReadOnlyList<string>? values)
    {
        if (values is [var one]) Text(name, one);
        else if (values is { Count: > 0 }) Texts(name, values);
    }

    public void Biases(ReadOnlySpan<byte> name, IReadOnlyDictionary<string, double>? values)
    {
        if (values is null || Skips(name)) return;
        json.WriteStartObject(name);
        foreach (var (token, value) in values) json.WriteNumber(token, value);
        json.WriteEndObject();
    }

    public void Labels(ReadOnlySpan<byte> name, IReadOnlyDictionary<string, string>? labels)
    {
        if (labels is null || Skips(name)) return;
        json.WriteStartObject(name);
        foreach (var (label, value) in labels) json.WriteString(label, value);
        json.WriteEndObject();
    }

    public void StreamOptions(StreamOptions? options)
    {
        if (options is null || Skips("stream_options"u8)) return;
        json.WriteStartObject("stream_options"u8);
        if (options.IncludeUsage is { } usage) json.WriteBoolean("include_usage"u8, usage);
        if (options.IncludeObfuscation is { } obfuscation) json.WriteBoolean("include_obfuscation"u8, obfuscation);
        options.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    /// <summary>Whether the member is not to be written here.</summary>
    public bool Skips(ReadOnlySpan<byte> name)
    {
        if (Overrides(name)) return true;
        if (drops.IsEmpty) return false;
        var text = Encoding.UTF8.GetString(name);
        if (!drops.Contains(text)) return false;
        warnings.Add(text, "left out: the service does not take it");
        return true;
    }

    /// <summary>Whether the caller's extra members hold it.</summary>
    public bool Overrides(ReadOnlySpan<byte> name) => extra.Holds(name);
}
