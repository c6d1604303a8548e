using System.Collections.Immutable;
using System.Globalization;
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

    /// <summary>Members that the service knows by another name; null for none.</summary>
    public ImmutableDictionary<string, string>? Renames { get; init; }

    /// <summary>The least and the most that the service takes for a number; null for no such bounds.</summary>
    public (ImmutableDictionary<string, double> Least, ImmutableDictionary<string, double> Most)? Bounds { get; init; }

    /// <summary>For what no service has rejections for: a reply, a part of a request.</summary>
    public MemberWriter(Utf8JsonWriter json, Extra extra) : this(json, extra, [], _none) { }

    public void Number(ReadOnlySpan<byte> name, double? value)
    {
        if (value is { } number && !Skips(name)) json.WriteNumber(Named(name), Bounded(name, number));
    }

    public void Number(ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } number && !Skips(name)) json.WriteNumber(Named(name), Bounded(name, number));
    }

    /// <summary>The number, or the bound that it goes beyond.</summary>
    public double Bounded(ReadOnlySpan<byte> name, double value)
    {
        if (Bounds is not { } bounds || (bounds.Least.IsEmpty && bounds.Most.IsEmpty)) return value;
        var text = Encoding.UTF8.GetString(name);
        var within = value;
        if (bounds.Least.TryGetValue(text, out var least)) within = Math.Max(within, least);
        if (bounds.Most.TryGetValue(text, out var most)) within = Math.Min(within, most);
        if (within != value) warnings.Add(text, string.Create(CultureInfo.InvariantCulture, $"sent as {within}: the service takes no {(within > value ? "less" : "more")}"));
        return within;
    }

    /// <summary>As the other, of a whole number.</summary>
    public long Bounded(ReadOnlySpan<byte> name, long value) => Bounds is null ? value : Bounded(name, (double)value) is var within && within == value ? value : (long)within;

    /// <summary>What the service calls a member.</summary>
    private ReadOnlySpan<byte> Named(ReadOnlySpan<byte> name) =>
        Renames is { IsEmpty: false } others && others.TryGetValue(Encoding.UTF8.GetString(name), out var other) ? Encoding.UTF8.GetBytes(other) : name;

    public void Flag(ReadOnlySpan<byte> name, bool? value)
    {
        if (value is { } flag && !Skips(name)) json.WriteBoolean(Named(name), flag);
    }

    public void Text(ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null && !Skips(name)) json.WriteString(Named(name), value);
    }

    public void Raw(ReadOnlySpan<byte> name, RawJson value)
    {
        if (value.IsEmpty || Skips(name)) return;
        json.WritePropertyName(Named(name));
        value.WriteTo(json);
    }

    public void Texts(ReadOnlySpan<byte> name, IReadOnlyList<string>? values)
    {
        if (values is null || Skips(name)) return;
        json.WriteStartArray(Named(name));
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
        json.WriteStartObject(Named(name));
        foreach (var (token, value) in values) json.WriteNumber(token, value);
        json.WriteEndObject();
    }

    public void Labels(ReadOnlySpan<byte> name, IReadOnlyDictionary<string, string>? labels)
    {
        if (labels is null || Skips(name)) return;
        json.WriteStartObject(Named(name));
        foreach (var (label, value) in labels) json.WriteString(label, value);
        json.WriteEndObject();
    }

    public void Objects(ReadOnlySpan<byte> name, IReadOnlyDictionary<string, Extra>? objects)
    {
        if (objects is null || Skips(name)) return;
        json.WriteStartObject(Named(name));
        foreach (var (key, members) in objects)
        {
            json.WriteStartObject(key);
            members.WriteMembers(json);
            json.WriteEndObject();
        }
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
    public bool Overrides(ReadOnlySpan<byte> name) => extra.Holds(name) || (Renames is { IsEmpty: false } && extra.Holds(Named(name)));
}
