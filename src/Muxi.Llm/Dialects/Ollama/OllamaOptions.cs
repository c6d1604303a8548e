using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// Writes <c>options</c>: the caller's own object first of all, then what a request says in OpenAI's words, then members that belong there and were given beside it.
/// </summary>
/// <remarks>Source: ModelOptions in docs.ollama.com/openapi.yaml, and Options in api/types.go of ollama/ollama.</remarks>
internal ref struct OllamaOptions
{
    /// <summary>The options that are looked for: those that have no word in OpenAI's requests, and those that have, for who says them beside the typed ones.</summary>
    public static readonly ImmutableArray<string> Known =
    [
        "temperature", "top_p", "seed", "stop", "presence_penalty", "frequency_penalty",
        "num_ctx", "num_predict", "num_keep", "num_batch", "num_gpu", "main_gpu", "num_thread", "use_mmap", "top_k", "min_p", "typical_p", "repeat_last_n",
        "repeat_penalty", "mirostat", "mirostat_tau", "mirostat_eta", "draft_num_predict",
    ];

    private readonly Utf8JsonWriter _json;
    private readonly Extra _extra, _own;
    private readonly ImmutableArray<string> _drops;
    private readonly Warnings _warnings;
    private readonly bool _isOthers;
    private bool _isOpen;

    public OllamaOptions(Utf8JsonWriter json, Extra extra, ImmutableArray<string> drops, Warnings warnings)
    {
        (_json, _extra, _drops, _warnings) = (json, extra, drops, warnings);
        var own = extra["options"];
        if (own.IsEmpty || own.ToElement().ValueKind == JsonValueKind.Null) return;
        if (own.ToElement().ValueKind == JsonValueKind.Object) _own = Extra.Trusted(own.Utf8.ToArray());
        else _isOthers = true;
    }

    public void Number(string name, double? value)
    {
        if (value is { } number && Begins(name)) _json.WriteNumberValue(number);
    }

    public void Whole(string name, long? value)
    {
        if (value is { } number && Begins(name)) _json.WriteNumberValue(number);
    }

    public void Texts(string name, IReadOnlyList<string>? value)
    {
        if (value is not { Count: > 0 } || !Begins(name)) return;
        _json.WriteStartArray();
        foreach (var text in value) _json.WriteStringValue(text);
        _json.WriteEndArray();
    }

    /// <summary>Writes what is left, and ends the object.</summary>
    /// <param name="moved">The names of members beside it that belong into it.</param>
    public void End(ImmutableArray<string> moved)
    {
        if (_isOthers)
        {
            _json.WritePropertyName("options"u8);
            _extra["options"].WriteTo(_json);
            return;
        }
        foreach (var name in moved)
            if (_extra.TryGet(name, out var value) && Begins(name, isTheCallers: true)) value.WriteTo(_json);
        if (!_own.IsEmpty)
        {
            Open();
            _own.WriteMembers(_json);
        }
        if (_isOpen) _json.WriteEndObject();
    }

    /// <summary>Whether the option is written here; its name is then.</summary>
    private bool Begins(string name, bool isTheCallers = false)
    {
        if (_isOthers || _own.TryGet(name, out _) || (!isTheCallers && _extra.TryGet(name, out _) && Known.Contains(name))) return false;
        if (_drops.Contains(name))
        {
            _warnings.Add($"options.{name}", "left out: the server does not take it");
            return false;
        }
        Open();
        _json.WritePropertyName(Encoding.UTF8.GetBytes(name));
        return true;
    }

    private void Open()
    {
        if (!_isOpen) _json.WriteStartObject("options"u8);
        _isOpen = true;
    }
}
