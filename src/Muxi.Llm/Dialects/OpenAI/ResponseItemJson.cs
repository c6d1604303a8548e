using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// The items of responses, read and written. A member is taken under its name only where it has the type that this name promises; otherwise, and where it is null, it stays
/// among those that we do not know, so that an item goes back as it came.
/// </summary>
internal static class ResponseItemJson
{
    private const JsonTokenType Text = JsonTokenType.String;

    private static readonly string[] _texts = ["type", "id", "status", "role", "phase", "call_id", "name", "input", "encrypted_content", "code", "container_id", "server_label", "approval_request_id"];

    /// <summary>Reads one item; null where the bytes hold none.</summary>
    public static ResponseItem? Read(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8 = JsonReading.WithoutMark(utf8));
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
        var item = Read(ref reader, utf8);
        reader.Read();
        return item;
    }

    /// <summary>Reads the object that the reader stands on.</summary>
    public static ResponseItem Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        string? type = null;
        var item = new ResponseItem { Type = "" };
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("type"u8) && reader.NextIs(Text)) type = reader.ReadString(source);
            else if (!ReadCommon(ref reader, source, ref item) && !ReadCall(ref reader, source, ref item) && !ReadWork(ref reader, source, ref item)) extra.Take(ref reader, source);
        }
        return item with { Type = type ?? Guessed(item), IsPlain = type is null, Extra = extra.ToExtra() };
    }

    /// <summary>Reads the member's list of items; what is no object is stepped over. Null when it is no list.</summary>
    public static List<ResponseItem>? ReadList(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.EnterArray()) return null;
        var items = new List<ResponseItem>();
        while (reader.NextItem())
        {
            if (reader.TokenType == JsonTokenType.StartObject) items.Add(Read(ref reader, source));
            else reader.Skip();
        }
        return items;
    }

    /// <summary>What is wrong with an item of a request; null where nothing is.</summary>
    /// <param name="item">The item.</param>
    /// <param name="path">Where it stands.</param>
    public static JsonException? Fault(ResponseItem item, string path)
    {
        foreach (var name in item.Extra.IsEmpty ? [] : _texts)
            if (IsSet(item.Extra, name)) return RequestReading.Wrong($"{path}.{name}", "text");
        if (IsSet(item.Extra, "content")) return RequestReading.Wrong($"{path}.content", "text or a list of parts, each with a 'type'");
        if (IsSet(item.Extra, "summary")) return RequestReading.Wrong($"{path}.summary", "a list of parts, each with a 'type'");
        if (item.Type.Value.Length == 0) return RequestReading.Missing($"'{path}'", "type");
        return item.Type == ResponseItemType.Message && item.Role is null ? RequestReading.Missing($"'{path}'", "role") : null;
    }

    private static bool IsSet(Extra extra, string name) => extra.TryGet(name, out var value) && !value.Utf8.Span.SequenceEqual("null"u8);

    /// <summary>What an item is that does not say it.</summary>
    private static ResponseItemType Guessed(ResponseItem item) => item.Role is not null ? ResponseItemType.Message : item is { Id: not null, Content: null } ? ResponseItemType.ItemReference : "";

    private static bool ReadCommon(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, ref ResponseItem item)
    {
        if (reader.Is("content"u8)) return ReadContent(ref reader, source, ref item);
        if (reader.Is("summary"u8))
        {
            if (!ResponsePartJson.TryReadParts(ref reader, source, out var summary)) return false;
            item = item with { Summary = summary };
            return true;
        }
        if (!reader.NextIs(Text)) return false;
        if (reader.Is("id"u8)) item = item with { Id = reader.ReadString(source) };
        else if (reader.Is("status"u8)) item = item with { Status = reader.ReadString(source) };
        else if (reader.Is("role"u8)) item = item with { Role = reader.ReadString(source)! };
        else if (reader.Is("phase"u8)) item = item with { Phase = reader.ReadString(source) };
        else if (reader.Is("encrypted_content"u8)) item = item with { EncryptedContent = reader.ReadString(source) };
        else return false;
        return true;
    }

    private static bool ReadCall(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, ref ResponseItem item)
    {
        if (reader.Is("output"u8)) return ReadOutput(ref reader, source, ref item);
        if (!reader.NextIs(Text)) return false;
        if (reader.Is("call_id"u8)) item = item with { CallId = reader.ReadString(source) };
        else if (reader.Is("name"u8)) item = item with { Name = reader.ReadString(source) };
        else if (reader.Is("arguments"u8)) item = item with { Arguments = reader.ReadString(source) };
        else if (reader.Is("input"u8)) item = item with { Input = reader.ReadString(source) };
        else if (reader.Is("server_label"u8)) item = item with { ServerLabel = reader.ReadString(source) };
        else if (reader.Is("approval_request_id"u8)) item = item with { ApprovalRequestId = reader.ReadString(source) };
        else return false;
        return true;
    }

    private static bool ReadWork(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, ref ResponseItem item)
    {
        if (reader.Is("approve"u8) && (reader.NextIs(JsonTokenType.True) || reader.NextIs(JsonTokenType.False))) item = item with { Approve = reader.ReadBool() };
        else if (reader.Is("action"u8) && !reader.NextIsNull()) item = item with { Action = reader.ReadRaw(source) };
        else if (reader.Is("queries"u8)) return ReadQueries(ref reader, ref item);
        else if (!reader.NextIs(Text)) return false;
        else if (reader.Is("code"u8)) item = item with { Code = reader.ReadString(source) };
        else if (reader.Is("container_id"u8)) item = item with { ContainerId = reader.ReadString(source) };
        else if (reader.Is("result"u8)) item = item with { Result = reader.ReadString(source) };
        else return false;
        return true;
    }

    private static bool ReadContent(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, ref ResponseItem item)
    {
        if (reader.NextIs(Text)) item = item with { Content = ResponseContent.FromText(reader.ReadString(source)!) };
        else if (ResponsePartJson.TryReadParts(ref reader, source, out var parts)) item = item with { Content = ResponseContent.FromParts((IReadOnlyList<ResponsePart>)parts) };
        else return false;
        return true;
    }

    private static bool ReadOutput(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, ref ResponseItem item)
    {
        if (reader.NextIs(Text)) item = item with { Output = ResponseContent.FromText(reader.ReadString(source)!) };
        else if (ResponsePartJson.TryReadParts(ref reader, source, out var parts)) item = item with { Output = ResponseContent.FromParts((IReadOnlyList<ResponsePart>)parts) };
        else return false;
        return true;
    }

    private static bool ReadQueries(ref Utf8JsonReader reader, ref ResponseItem item)
    {
        var ahead = reader;
        if (!ahead.EnterArray()) return false;
        var queries = new List<string>();
        while (ahead.NextItem())
        {
            if (ahead.TokenType != Text) return false;
            queries.Add(ahead.Text());
        }
        reader = ahead;
        item = item with { Queries = queries };
        return true;
    }

    public static void WriteList(Utf8JsonWriter json, ReadOnlySpan<byte> name, IReadOnlyList<ResponseItem> items, bool isReply)
    {
        json.WriteStartArray(name);
        foreach (var item in items) Write(json, item, isReply);
        json.WriteEndArray();
    }

    /// <summary>Writes an item.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="item">The item.</param>
    /// <param name="isReply">Whether a caller reads it, whose client may rely on lists that can be empty.</param>
    public static void Write(Utf8JsonWriter json, ResponseItem item, bool isReply)
    {
        var members = new MemberWriter(json, item.Extra);
        json.WriteStartObject();
        members.Text("id"u8, item.Id);
        if ((!item.IsPlain || isReply) && item.Type.Value.Length > 0) members.Text("type"u8, item.Type.Value);
        members.Text("status"u8, item.Status);
        members.Text("role"u8, item.Role?.Value);
        Content(json, members, "content"u8, item.Content, isReply);
        members.Text("phase"u8, item.Phase);
        WriteCall(json, members, item, isReply);
        if (item.Summary is { } summary && !members.Overrides("summary"u8)) ResponsePartJson.Write(json, "summary"u8, summary, isReply);
        members.Text("encrypted_content"u8, item.EncryptedContent);
        members.Texts("queries"u8, item.Queries);
        members.Raw("action"u8, item.Action);
        members.Text("code"u8, item.Code);
        members.Text("container_id"u8, item.ContainerId);
        members.Text("result"u8, item.Result);
        item.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    private static void WriteCall(Utf8JsonWriter json, MemberWriter members, ResponseItem item, bool isReply)
    {
        members.Text("call_id"u8, item.CallId);
        members.Text("server_label"u8, item.ServerLabel);
        members.Text("name"u8, item.Name);
        members.Text("arguments"u8, item.Arguments);
        members.Text("input"u8, item.Input);
        Content(json, members, "output"u8, item.Output, isReply);
        members.Text("approval_request_id"u8, item.ApprovalRequestId);
        members.Flag("approve"u8, item.Approve);
    }

    private static void Content(Utf8JsonWriter json, MemberWriter members, ReadOnlySpan<byte> name, ResponseContent? content, bool isReply)
    {
        if (content is null || members.Overrides(name)) return;
        if (content.IsList) ResponsePartJson.Write(json, name, content.Parts, isReply);
        else json.WriteString(name, content.Text);
    }
}
