using System.Text.Json;

namespace Muxi.Llm;

/// <summary><c>POST /audio/speech</c>: tones as long as the text, in pieces, or as server-sent events.</summary>
internal static class SandboxSpeech
{
    private const int MostCharacters = 4096;
    private const double Slowest = 0.25, Fastest = 4, TokensPerSecond = 20;

    public static SandboxAnswer Answer(SandboxCall call)
    {
        var root = JsonElement.Parse(call.Body);
        if (root.ValueKind != JsonValueKind.Object) throw new SandboxRefusal("The body is not a JSON object.", null, null);
        var model = Text(root, "model") is { Length: > 0 } named ? named : throw SandboxChatReader.Missing("model");
        var input = Text(root, "input") ?? throw SandboxChatReader.Missing("input");
        Bound("input", input);
        if (Text(root, "instructions") is { } instructions) Bound("instructions", instructions);
        if (input.Length == 0) throw new SandboxRefusal("Invalid 'input': string too short.", "input", "string_below_min_length");
        var format = OneOf(root, "response_format", SandboxEncoders.Formats) ?? "mp3";
        var isEvents = OneOf(root, "stream_format", ["audio", "sse"]) == "sse";
        var voice = new SandboxVoice(input, Voice(root), Speed(root));
        var sound = SandboxEncoders.Encode(voice, input, format);
        var tokens = SandboxTokens.Count(input) + SandboxTokens.Count(Text(root, "instructions"));
        return new()
        {
            Model = model, PromptTokens = tokens, Pieces = isEvents ? Events(sound, tokens, (int)Math.Ceiling(voice.Seconds * TokensPerSecond)) : sound,
            MediaType = isEvents ? "text/event-stream" : new SpeechFormat(format).MediaType,
        };
    }

    private static IEnumerable<byte[]> Events(IEnumerable<byte[]> sound, int input, int output)
    {
        foreach (var piece in sound)
            yield return Event(json =>
            {
                json.WriteString("type", "speech.audio.delta");
                json.WriteBase64String("audio", piece);
            });
        yield return Event(json =>
        {
            json.WriteString("type", "speech.audio.done");
            json.WriteStartObject("usage");
            json.WriteNumber("input_tokens", input);
            json.WriteNumber("output_tokens", output);
            json.WriteNumber("total_tokens", input + output);
            json.WriteEndObject();
        });
    }

    private static byte[] Event(Action<Utf8JsonWriter> members) => SandboxAnswer.Event(SandboxAnswer.Bytes(json =>
    {
        json.WriteStartObject();
        members(json);
        json.WriteEndObject();
    }));

    private static string Voice(JsonElement root)
    {
        if (root.Get("voice") is not { } voice) throw SandboxChatReader.Missing("voice");
        if (voice.ValueKind == JsonValueKind.Object) return SandboxChatReader.Required(voice, "id", "voice");
        return voice.ValueKind == JsonValueKind.String ? voice.GetString()! : throw SandboxChatReader.WrongType("voice", "a string or an object", voice);
    }

    private static double Speed(JsonElement root)
    {
        if (root.Get("speed") is not { } speed) return 1;
        if (speed.ValueKind != JsonValueKind.Number) throw SandboxChatReader.WrongType("speed", "a decimal", speed);
        var value = speed.GetDouble();
        if (value is >= Slowest and <= Fastest) return value;
        throw new SandboxRefusal($"Invalid 'speed': it must be in {Slowest} to {Fastest}.", "speed", value < Slowest ? "decimal_below_min_value" : "decimal_above_max_value");
    }

    private static void Bound(string name, string text)
    {
        if (text.EnumerateRunes().Count() > MostCharacters) throw new SandboxRefusal($"Invalid '{name}': string too long. At most {MostCharacters} characters are taken.", name, "string_above_max_length");
    }

    private static string? OneOf(JsonElement root, string name, IReadOnlyList<string> words) =>
        Text(root, name) is not { } word ? null : words.Contains(word) ? word : throw SandboxChatReader.Unknown(name, word, words);

    private static string? Text(JsonElement root, string name) => root.Get(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString() : throw SandboxChatReader.WrongType(name, "a string", value);
}
