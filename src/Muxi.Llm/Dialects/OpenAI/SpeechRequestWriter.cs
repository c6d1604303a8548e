using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Writes requests for speech and the events of its stream, in OpenAI's shape.</summary>
internal static class SpeechRequestWriter
{
    public static void Write(Utf8JsonWriter json, SpeechRequest request, string model, string? streamFormat)
    {
        var extra = request.Extra;
        json.WriteStartObject();
        Text(json, extra, "model"u8, model);
        Text(json, extra, "input"u8, request.Input);
        if (request.Voice is { } voice && !extra.Holds("voice"u8)) Write(json, voice);
        Text(json, extra, "instructions"u8, request.Instructions);
        Text(json, extra, "response_format"u8, request.ResponseFormat?.Value);
        if (request.Speed is { } speed && !extra.Holds("speed"u8)) json.WriteNumber("speed"u8, speed);
        // The method that is called decides how the reply is read, so no extra member goes before it.
        if (streamFormat is not null) json.WriteString("stream_format"u8, streamFormat);
        extra.WriteMembers(json, except: "stream_format"u8);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, SpeechStreamEvent one)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, one.Type.Value);
        if (one.Audio is { } audio) json.WriteString("audio"u8, audio);
        if (one.Usage is { } usage) AudioUsageJson.Write(json, usage, ofSpeech: true);
        one.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    /// <summary>Writes the member <c>voice</c>.</summary>
    public static void Write(Utf8JsonWriter json, SpeechVoice voice)
    {
        if (voice.Id is not { } id)
        {
            json.WriteString("voice"u8, voice.Name);
            return;
        }
        json.WriteStartObject("voice"u8);
        json.WriteString("id"u8, id);
        voice.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    private static void Text(Utf8JsonWriter json, Extra extra, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null && !extra.Holds(name)) json.WriteString(name, value);
    }
}
