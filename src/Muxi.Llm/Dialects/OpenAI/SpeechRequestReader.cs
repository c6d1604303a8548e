using System.Text.Json;
using static Muxi.Llm.RequestReading;

namespace Muxi.Llm;

/// <summary>Reads a request for speech in OpenAI's form: strict about shapes, open for members that it does not know.</summary>
internal static class SpeechRequestReader
{
    private const string Kind = "A request for speech";

    public static SpeechRequest Read(ReadOnlySpan<byte> utf8)
    {
        var source = JsonReading.WithoutMark(utf8);
        var reader = Begin(source, Kind);
        string? model = null, input = null;
        var request = new SpeechRequest { Model = "", Input = "" };
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("model"u8)) model = Text(ref reader, "model");
            else if (reader.Is("input"u8)) input = Text(ref reader, "input");
            else if (reader.Is("voice"u8)) request = request with { Voice = Voice(ref reader, source) };
            else if (reader.Is("instructions"u8)) request = request with { Instructions = Text(ref reader, "instructions") };
            else if (reader.Is("response_format"u8)) request = request with { ResponseFormat = Text(ref reader, "response_format") is { } format ? new(format) : null };
            else if (reader.Is("speed"u8)) request = request with { Speed = Number(ref reader, "speed") };
            else if (reader.Is("stream_format"u8)) request = request with { StreamFormat = Text(ref reader, "stream_format") };
            else extra.Take(ref reader, source);
        }
        // What stands behind the object is an error of the reader's own.
        reader.Read();
        if (string.IsNullOrEmpty(model)) throw Missing(Kind, "model");
        return request with { Model = model, Input = input ?? throw Missing(Kind, "input"), Extra = extra.ToExtra() };
    }

    private static SpeechVoice? Voice(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null) return null;
        if (reader.TokenType == JsonTokenType.String) return reader.Text();
        if (reader.TokenType != JsonTokenType.StartObject) throw Wrong("voice", "a name, or an object with an id");
        string? id = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("id"u8)) id = Text(ref reader, "voice.id");
            else extra.Take(ref reader, source);
        }
        return SpeechVoice.Custom(id ?? throw Missing(Kind, "voice.id")) with { Extra = extra.ToExtra() };
    }
}
