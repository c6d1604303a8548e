using System.Text.Json;

namespace Muxi.Llm;

/// <summary>The events of a response's stream, read and written: one reader for all of them, as their members mean the same in each.</summary>
internal static class ResponseEventJson
{
    /// <summary>Reads an event; null where the bytes are no object.</summary>
    /// <param name="utf8">The event's data.</param>
    /// <param name="name">The event's name on the wire, for services that leave the type out of the data.</param>
    public static ResponseStreamEvent? Read(ReadOnlySpan<byte> utf8, string? name)
    {
        var json = new Utf8JsonReader(utf8 = JsonReading.WithoutMark(utf8));
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject) return null;
        var read = new EventReader();
        while (json.NextMember())
            if (!read.ReadPlace(ref json, utf8) && !read.ReadPiece(ref json, utf8) && !read.ReadThing(ref json, utf8)) read.Extra.Take(ref json, utf8);
        json.Read();
        return read.ToEvent(name);
    }

    public static void Write(Utf8JsonWriter json, ResponseStreamEvent one)
    {
        var members = new MemberWriter(json, one.Extra);
        json.WriteStartObject();
        if (one.Type.Value is { Length: > 0 } type) members.Text("type"u8, type);
        members.Number("sequence_number"u8, one.SequenceNumber);
        WritePlace(members, one);
        WritePiece(json, members, one);
        if (one.Type == ResponseEventType.Error) WriteError(json, members, one);
        else
        {
            members.Text("code"u8, one.Code);
            members.Text("message"u8, one.Message);
            members.Text("param"u8, one.Param);
        }
        WriteThing(json, members, one);
        one.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    private static void WritePlace(MemberWriter members, ResponseStreamEvent one)
    {
        members.Number("output_index"u8, one.OutputIndex);
        members.Text("item_id"u8, one.ItemId);
        members.Number("content_index"u8, one.ContentIndex);
        members.Number("summary_index"u8, one.SummaryIndex);
        members.Number("annotation_index"u8, one.AnnotationIndex);
        members.Number("partial_image_index"u8, one.PartialImageIndex);
    }

    private static void WritePiece(Utf8JsonWriter json, MemberWriter members, ResponseStreamEvent one)
    {
        members.Text("delta"u8, one.Delta);
        members.Text("text"u8, one.Text);
        members.Text("refusal"u8, one.Refusal);
        members.Text("name"u8, one.Name);
        members.Text("arguments"u8, one.Arguments);
        members.Text("input"u8, one.Input);
        members.Text("partial_image_b64"u8, one.PartialImageB64);
        if ((one.Logprobs ?? (NeedsLogprobs(one) ? [] : null)) is { } logprobs && !members.Overrides("logprobs"u8)) LogprobsJson.WriteFlat(json, logprobs, isWhole: false);
    }

    private static bool NeedsLogprobs(ResponseStreamEvent one) => one.Type.Value is "response.output_text.delta" or "response.output_text.done";

    /// <summary>The schema wants all three, also where there is nothing to say; some services put them into an object of their own, which is kept.</summary>
    private static void WriteError(Utf8JsonWriter json, MemberWriter members, ResponseStreamEvent one)
    {
        if (members.Overrides("error"u8) && one.Message is null) return;
        if (one.Code is null && !members.Overrides("code"u8)) json.WriteNull("code"u8);
        else members.Text("code"u8, one.Code);
        members.Text("message"u8, one.Message ?? "");
        if (one.Param is null && !members.Overrides("param"u8)) json.WriteNull("param"u8);
        else members.Text("param"u8, one.Param);
    }

    private static void WriteThing(Utf8JsonWriter json, MemberWriter members, ResponseStreamEvent one)
    {
        if (one.Response is { } response && !members.Overrides("response"u8))
        {
            json.WritePropertyName("response"u8);
            ResponseWriter.Write(json, response);
        }
        if (one.Item is { } item && !members.Overrides("item"u8))
        {
            json.WritePropertyName("item"u8);
            ResponseItemJson.Write(json, item, isReply: true);
        }
        if (one.Part is { } part && !members.Overrides("part"u8))
        {
            json.WritePropertyName("part"u8);
            ResponsePartJson.Write(json, part, isReply: true);
        }
        if (one.Annotation is { } annotation && !members.Overrides("annotation"u8))
        {
            json.WritePropertyName("annotation"u8);
            ResponsePartJson.Write(json, annotation);
        }
    }

    /// <summary>The members of one event, whichever kind it is.</summary>
    private ref struct EventReader
    {
        private const JsonTokenType TextToken = JsonTokenType.String;

        private string? _type, _itemId, _delta, _text, _refusal, _name, _arguments, _input, _code, _message, _param, _image;
        private long? _sequence;
        private int? _output, _content, _summary, _annotationIndex, _imageIndex;
        private Response? _response;
        private ResponseItem? _item;
        private ResponsePart? _part;
        private ResponseAnnotation? _annotation;
        private List<TokenLogprob>? _logprobs;

        public ExtraReader Extra;

        public EventReader() { }

        public bool ReadPlace(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
        {
            if (reader.Is("type"u8) && reader.NextIs(TextToken)) _type = reader.ReadString(source);
            else if (reader.Is("item_id"u8) && reader.NextIs(TextToken)) _itemId = reader.ReadString(source);
            else if (!reader.NextIs(JsonTokenType.Number)) return false;
            else if (reader.Is("sequence_number"u8)) _sequence = reader.ReadLong();
            else if (reader.Is("output_index"u8)) _output = (int?)reader.ReadLong();
            else if (reader.Is("content_index"u8)) _content = (int?)reader.ReadLong();
            else if (reader.Is("summary_index"u8)) _summary = (int?)reader.ReadLong();
            else if (reader.Is("annotation_index"u8)) _annotationIndex = (int?)reader.ReadLong();
            else if (reader.Is("partial_image_index"u8)) _imageIndex = (int?)reader.ReadLong();
            else return false;
            return true;
        }

        public bool ReadPiece(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
        {
            if (!reader.NextIs(TextToken)) return false;
            if (reader.Is("delta"u8)) _delta = reader.ReadString(source);
            else if (reader.Is("text"u8)) _text = reader.ReadString(source);
            else if (reader.Is("refusal"u8)) _refusal = reader.ReadString(source);
            else if (reader.Is("name"u8)) _name = reader.ReadString(source);
            else if (reader.Is("arguments"u8)) _arguments = reader.ReadString(source);
            else if (reader.Is("input"u8)) _input = reader.ReadString(source);
            else if (reader.Is("partial_image_b64"u8)) _image = reader.ReadString(source);
            else if (reader.Is("code"u8)) _code = reader.ReadString(source);
            else if (reader.Is("message"u8)) _message = reader.ReadString(source);
            else if (reader.Is("param"u8)) _param = reader.ReadString(source);
            else return false;
            return true;
        }

        public bool ReadThing(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
        {
            if (reader.Is("logprobs"u8) && reader.NextIs(JsonTokenType.StartArray)) _logprobs = LogprobsJson.ReadTokens(ref reader, source);
            else if (!reader.NextIs(JsonTokenType.StartObject)) return false;
            else if (reader.Is("response"u8) && reader.EnterObject()) _response = ResponseReader.Read(ref reader, source, out _);
            else if (reader.Is("item"u8) && reader.EnterObject()) _item = ResponseItemJson.Read(ref reader, source);
            else if (reader.Is("part"u8) && reader.EnterObject()) _part = ResponsePartJson.Read(ref reader, source);
            else if (reader.Is("annotation"u8) && reader.EnterObject()) _annotation = ResponsePartJson.ReadAnnotation(ref reader, source);
            else return false;
            return true;
        }

        public ResponseStreamEvent ToEvent(string? name) => new()
        {
            Type = _type ?? name ?? "", SequenceNumber = _sequence, Response = _response, OutputIndex = _output, ItemId = _itemId, Item = _item, ContentIndex = _content, SummaryIndex = _summary,
            Part = _part, Delta = _delta, Text = _text, Refusal = _refusal, Name = _name, Arguments = _arguments, Input = _input, Code = _code, AnnotationIndex = _annotationIndex,
            Annotation = _annotation, Logprobs = _logprobs, PartialImageB64 = _image, PartialImageIndex = _imageIndex, Message = _message, Param = _param, Extra = Extra.ToExtra(),
        };
    }
}
