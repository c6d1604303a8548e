using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>A request without a conversation, and the checks that its operations share; what OpenAI would refuse is a <see cref="SandboxRefusal"/>.</summary>
internal sealed class SandboxRequest
{
    private readonly JsonElement _root;

    public SandboxRequest(SandboxCall call)
    {
        _root = JsonElement.Parse(call.Body);
        if (_root.ValueKind != JsonValueKind.Object) throw new SandboxRefusal("The body is not a JSON object.", null, null);
    }

    public JsonElement? this[string name] => _root.Get(name);

    /// <summary>All members, as they came.</summary>
    public IEnumerable<JsonProperty> Members => _root.EnumerateObject();

    public string Model() => Text("model") is { Length: > 0 } model ? model : throw SandboxChatReader.Missing("model");

    public string? Text(string name) => _root.Get(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString() : throw SandboxChatReader.WrongType(name, "a string", value);

    public bool Flag(string name) => _root.Get(name) is { } value
        && (value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw SandboxChatReader.WrongType(name, "a boolean", value));

    public int? Integer(string name, long least, long most)
    {
        if (_root.Get(name) is not { } value) return null;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt64(out var number)) throw SandboxChatReader.WrongType(name, "an integer", value);
        Bound(name, "integer", number < least, number > most, $"{least} to {most}");
        return (int)Math.Clamp(number, int.MinValue, int.MaxValue);
    }

    public void Number(string name, double least, double most)
    {
        if (_root.Get(name) is not { } value) return;
        if (value.ValueKind != JsonValueKind.Number) throw SandboxChatReader.WrongType(name, "a decimal", value);
        Bound(name, "decimal", value.GetDouble() < least, value.GetDouble() > most, $"{least} to {most}");
    }

    /// <summary>Texts, or tokens shown as texts: <c>&lt;token 7&gt;</c>, as the simulator knows no model's tokens.</summary>
    public IReadOnlyList<SandboxText> Texts(string name, bool mayBeEmpty)
    {
        if (_root.Get(name) is not { } value) throw SandboxChatReader.Missing(name);
        if (value.ValueKind == JsonValueKind.String) return [Text(value, name, mayBeEmpty)];
        if (value.ValueKind != JsonValueKind.Array) throw SandboxChatReader.WrongType(name, "a string, an array of strings, or an array of tokens", value);
        if (value.GetArrayLength() == 0) throw new SandboxRefusal($"Invalid '{name}': empty array. At least one is needed.", name, "empty_array");
        if (value.GetArrayLength() > 2048) throw new SandboxRefusal($"Invalid '{name}': array too long. At most 2048 are taken.", name, "array_above_max_length");
        if (value[0].ValueKind == JsonValueKind.Number) return [Tokens(value, name)];
        return [.. value.EnumerateArray().Select((item, at) => item.ValueKind == JsonValueKind.Array ? Tokens(item, $"{name}[{at}]") : Text(item, $"{name}[{at}]", mayBeEmpty))];
    }

    /// <summary>An id from the body and what it is for. Streaming is no part of it, so that a stream has the ids of the same reply unstreamed.</summary>
    public string Id(string prefix, string purpose = "")
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var member in _root.EnumerateObject())
            if (member.Name is not ("stream" or "stream_options")) hash.AppendData(Encoding.UTF8.GetBytes($"{member.Name}\0{member.Value.GetRawText()}\0"));
        hash.AppendData(Encoding.UTF8.GetBytes(purpose));
        return prefix + Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 12));
    }

    private static SandboxText Text(JsonElement value, string at, bool mayBeEmpty)
    {
        if (value.ValueKind != JsonValueKind.String) throw SandboxChatReader.WrongType(at, "a string", value);
        var text = value.GetString()!;
        return text.Length > 0 || mayBeEmpty ? new(text, SandboxTokens.Count(text)) : throw new SandboxRefusal($"'{at}' cannot be an empty string.", at, "empty_string");
    }

    private static SandboxText Tokens(JsonElement list, string at)
    {
        if (list.GetArrayLength() == 0) throw new SandboxRefusal($"'{at}' cannot be an empty array.", at, "empty_array");
        foreach (var (place, token) in list.EnumerateArray().Index())
            if (token.ValueKind != JsonValueKind.Number || !token.TryGetInt32(out var id) || id < 0) throw SandboxChatReader.WrongType($"{at}[{place}]", "a token", token);
        return new(string.Concat(list.EnumerateArray().Select(token => $"<token {token.GetInt32()}>")), list.GetArrayLength());
    }

    private static void Bound(string name, string kind, bool below, bool above, string range)
    {
        if (below || above) throw new SandboxRefusal($"Invalid '{name}': it must be in {range}.", name, $"{kind}_{(below ? "below_min" : "above_max")}_value");
    }
}

/// <summary>A text of a request and how many tokens it is.</summary>
internal sealed record SandboxText(string Text, int Tokens);
