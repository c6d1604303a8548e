using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// The members that we do not know, kept as they came: what a vendor adds to a reply is read here, what a caller adds to a request is sent as it is.
/// In a request a member of a known name goes before the typed one.
/// </summary>
public readonly struct Extra
{
    private readonly byte[]? _object;

    private Extra(byte[] @object) => _object = @object;

    /// <summary>The members of a JSON object.</summary>
    /// <exception cref="JsonException">The text is not a JSON object, or has two members of one name.</exception>
    public static Extra Parse(string json)
    {
        var raw = RawJson.Parse(json);
        if (raw.ToElement().ValueKind != JsonValueKind.Object) throw new JsonException("Extra members must be a JSON object.");
        var extra = new Extra(raw.Utf8.ToArray());
        var names = extra.Names;
        if (names.Distinct().Count() < names.Count) throw new JsonException("Extra members must have a name each of its own.");
        return names.Count > 0 ? extra : default;
    }

    /// <summary>The members of a JSON object; null is none.</summary>
    public static implicit operator Extra(string? json) => json is null ? default : Parse(json);

    internal static Extra Trusted(byte[] @object) => new(@object);

    /// <summary>The members of an object that is read already, without those that have a place of their own.</summary>
    internal static Extra Rest(JsonElement from, params ReadOnlySpan<string> known)
    {
        var rest = Trusted(((RawJson)from).Utf8.ToArray());
        foreach (var name in known) rest = rest.Without(name);
        return rest.Names.Count > 0 ? rest : default;
    }

    internal ReadOnlySpan<byte> Utf8 => _object;

    /// <summary>True when there are none.</summary>
    public bool IsEmpty => _object is null;

    /// <summary>The members' names, in the order in which they came.</summary>
    public IReadOnlyList<string> Names
    {
        get
        {
            var names = new List<string>();
            if (_object is null) return names;
            var reader = new Utf8JsonReader(_object);
            for (reader.Read(); reader.Read() && reader.TokenType == JsonTokenType.PropertyName; reader.Skip())
            {
                names.Add(reader.Text());
                reader.Read();
            }
            return names;
        }
    }

    /// <summary>The raw value of a member; an empty one when there is none of that name.</summary>
    public RawJson this[string name] => TryGet(name, out var value) ? value : default;

    /// <summary>Looks a member up by its exact name.</summary>
    public bool TryGet(string name, out RawJson value)
    {
        if (_object is not null)
        {
            var reader = new Utf8JsonReader(_object);
            for (reader.Read(); reader.Read() && reader.TokenType == JsonTokenType.PropertyName; reader.Skip())
            {
                var found = reader.Is(name);
                reader.Read();
                if (!found) continue;
                value = reader.RawValue(_object);
                return true;
            }
        }
        value = default;
        return false;
    }

    /// <summary>A member's text when it is a JSON string, else null.</summary>
    public string? GetString(string name) =>
        TryGet(name, out var value) ? value.AsText() : null;

    /// <summary>Whether there is a member of this name, which then goes before a typed one.</summary>
    internal bool Holds(ReadOnlySpan<byte> name)
    {
        if (_object is null) return false;
        var reader = new Utf8JsonReader(_object);
        for (reader.Read(); reader.Read() && reader.TokenType == JsonTokenType.PropertyName; reader.Skip())
        {
            if (reader.Is(name)) return true;
            reader.Read();
        }
        return false;
    }

    /// <summary>These members but for one.</summary>
    internal Extra Without(string name)
    {
        if (!TryGet(name, out _)) return this;
        using var buffer = new PooledBuffer();
        using (var json = new Utf8JsonWriter(buffer, JsonOut.Compact))
        {
            json.WriteStartObject();
            WriteMembers(json, Encoding.UTF8.GetBytes(name));
            json.WriteEndObject();
        }
        return buffer.Length == "{}".Length ? default : new(buffer.WrittenSpan.ToArray());
    }

    /// <summary>These members and one more; one of the same name is replaced.</summary>
    [SuppressMessage("Naming", "CA1725", Justification = "OpenAI's word for a member is its name.")]
    public Extra With(string name, RawJson value)
    {
        using var buffer = new PooledBuffer();
        using (var json = new Utf8JsonWriter(buffer, JsonOut.Compact))
        {
            json.WriteStartObject();
            foreach (var other in Names)
            {
                if (other == name) continue;
                json.WritePropertyName(other);
                this[other].WriteTo(json);
            }
            json.WritePropertyName(name);
            value.WriteTo(json);
            json.WriteEndObject();
        }
        return new(buffer.WrittenSpan.ToArray());
    }

    /// <summary>These members and those others; one of the same name is replaced.</summary>
    public Extra With(Extra others)
    {
        if (IsEmpty || IsWithin(others)) return others;
        var all = this;
        foreach (var name in others.Names) all = all.With(name, others[name]);
        return all;
    }

    /// <summary>Whether others have all of these names: as in a stream that says the same things in every event.</summary>
    private bool IsWithin(Extra others)
    {
        var reader = new Utf8JsonReader(_object);
        for (reader.Read(); reader.Read() && reader.TokenType == JsonTokenType.PropertyName; reader.Skip())
        {
            if (!others.Holds(reader.ValueIsEscaped ? Encoding.UTF8.GetBytes(reader.Text()) : reader.ValueSpan)) return false;
            reader.Read();
        }
        return true;
    }

    /// <summary>The members as the text of a JSON object.</summary>
    public override string ToString() => _object is null ? "{}" : Encoding.UTF8.GetString(_object);

    /// <summary>Writes the members into an object that is open.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="except">A member that is not written; empty for none.</param>
    internal void WriteMembers(Utf8JsonWriter json, ReadOnlySpan<byte> except = default)
    {
        if (_object is null) return;
        var reader = new Utf8JsonReader(_object);
        for (reader.Read(); reader.Read() && reader.TokenType == JsonTokenType.PropertyName; reader.Skip())
        {
            if (!except.IsEmpty && reader.Is(except))
            {
                reader.Read();
                continue;
            }
            if (reader.ValueIsEscaped) json.WritePropertyName(reader.Text());
            else json.WritePropertyName(reader.ValueSpan);
            reader.Read();
            json.WriteRawValue(reader.RawSpan(_object), skipInputValidation: true);
        }
    }
}

/// <summary>Collects the unknown members of an object while it is read; costs nothing when there are none.</summary>
internal ref struct ExtraReader
{
    private byte[]? _buffer;
    private int _length;

    /// <summary>Takes the member whose name the reader stands on, with its value.</summary>
    public void Take(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Read();
        reader.Skip();
        var member = source[start..(int)reader.BytesConsumed];
        _buffer ??= new byte[member.Length + 2];
        if (_buffer.Length < _length + member.Length + 2) Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + member.Length + 2));
        _buffer[_length] = _length == 0 ? (byte)'{' : (byte)',';
        member.CopyTo(_buffer.AsSpan(_length + 1));
        _length += member.Length + 1;
    }

    public Extra ToExtra()
    {
        if (_buffer is null) return default;
        _buffer[_length++] = (byte)'}';
        if (_buffer.Length != _length) Array.Resize(ref _buffer, _length);
        return Extra.Trusted(_buffer);
    }
}
