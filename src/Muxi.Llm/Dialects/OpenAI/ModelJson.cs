using System.Net;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Models and lists of them: OpenAI's form, Anthropic's (a date, a name for people, pages), Together's bare list, and Writer's, which it calls <c>models</c>.</summary>
internal static class ModelJson
{
    /// <summary>The longest list that was seen is a tenth of it (OpenRouter's, 2026).</summary>
    private const int MostBytes = 16 << 20;

    /// <summary>The call for a page.</summary>
    /// <param name="path">The path, with or without a query.</param>
    /// <param name="query">What is added to it; null for nothing.</param>
    public static HttpCall Render(string path, string? query) =>
        new(HttpMethod.Get, query is null ? path : $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{query}") { MaxReplyBytes = MostBytes };

    public static Page<Model> ReadPage(HttpReply reply, CallContext context)
    {
        try
        {
            return ReadPage(reply.Body.Span) ?? throw (HoldsError(reply.Body.Span) ? context.Error(reply) : Unusable(context, "is not in OpenAI's form", null));
        }
        catch (JsonException e)
        {
            throw Unusable(context, "is not JSON", e);
        }
    }

    public static Model Read(HttpReply reply, CallContext context)
    {
        try
        {
            if (Read(reply.Body.Span) is { } model) return model;
        }
        catch (JsonException)
        {
            // Not JSON, or JSON cut in the middle: the classifier says what it is.
        }
        throw context.Error(reply);
    }

    /// <summary>Reads what became of a model that was to be deleted; a reply without a word is a good one.</summary>
    public static ModelDeleted ReadDeleted(HttpReply reply, string id, CallContext context)
    {
        if (reply.Body.Span.Trim(" \t\r\n"u8).IsEmpty) return new() { Id = id, Deleted = true };
        try
        {
            var gone = FileJson.ReadDeleted(reply.Body.Span);
            if (gone is not null) return new() { Id = gone.Id.Length > 0 ? gone.Id : id, Deleted = gone.Deleted, Extra = gone.Extra };
        }
        catch (JsonException)
        {
            // Not JSON: the classifier says what it is.
        }
        throw context.Error(reply);
    }

    /// <summary>Reads a model; null where it has no id.</summary>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public static Model? Read(ReadOnlySpan<byte> source)
    {
        source = JsonReading.WithoutMark(source);
        var reader = new Utf8JsonReader(source);
        return reader.Read() && reader.TokenType == JsonTokenType.StartObject ? ReadModel(ref reader, source) : null;
    }

    /// <param name="json">Where to.</param>
    /// <param name="model">What.</param>
    /// <param name="id">Under which id.</param>
    public static void Write(Utf8JsonWriter json, Model model, string id)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, id);
        json.WriteString("object"u8, "model"u8);
        if (model.Created is { } created) json.WriteNumber("created"u8, created);
        if (model.OwnedBy is { } owner) json.WriteString("owned_by"u8, owner);
        if (model.DisplayName is { } name) json.WriteString("display_name"u8, name);
        model.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    private static Page<Model>? ReadPage(ReadOnlySpan<byte> source)
    {
        source = JsonReading.WithoutMark(source);
        var reader = new Utf8JsonReader(source);
        if (!reader.Read()) return null;
        if (reader.TokenType == JsonTokenType.StartArray) return new() { Data = ReadList(ref reader, source) };
        if (reader.TokenType != JsonTokenType.StartObject) return null;
        List<Model>? data = null;
        bool? more = null;
        string? last = null, first = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("data"u8) && reader.NextIs(JsonTokenType.StartArray))
            {
                reader.Read();
                data = ReadList(ref reader, source);
            }
            else if (data is null && reader.Is("models"u8) && reader.NextIs(JsonTokenType.StartArray))
            {
                // Writer's name for it. llama.cpp has one beside its data, whose models have no ids.
                reader.Read();
                data = ReadList(ref reader, source) is { Count: > 0 } models ? models : null;
            }
            else if (reader.Is("object"u8)) reader.SkipMember();
            else if (reader.Is("has_more"u8)) more = reader.ReadBool();
            else if (reader.Is("last_id"u8)) last = reader.ReadString(source);
            else if (reader.Is("first_id"u8)) first = reader.ReadString(source);
            else extra.Take(ref reader, source);
        }
        return data is null ? null : new() { Data = data, HasMore = more == true, LastId = string.IsNullOrEmpty(last) ? data.LastOrDefault()?.Id : last, FirstId = first, Extra = extra.ToExtra() };
    }

    private static List<Model> ReadList(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        var models = new List<Model>();
        while (reader.NextItem())
            if (reader.TokenType != JsonTokenType.StartObject) reader.Skip();
            else if (ReadModel(ref reader, source) is { } model) models.Add(model);
        return models;
    }

    private static Model? ReadModel(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        string? id = null, owner = null, name = null;
        long? created = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("id"u8) && (reader.NextIs(JsonTokenType.String) || reader.NextIs(JsonTokenType.Number))) id = reader.ReadString(source);
            else if (reader.Is("created"u8) && reader.NextIsNull()) reader.SkipMember();
            else if (reader.Is("created"u8) && TimeAt(reader) is { } time)
            {
                created = time;
                reader.SkipMember();
            }
            else if (reader.Is("created_at"u8) && created is null && reader.NextIs(JsonTokenType.String)) created = FileJson.ReadTime(ref reader);
            else if (reader.Is("owned_by"u8) && reader.NextIs(JsonTokenType.String)) owner = reader.ReadString(source);
            else if (reader.Is("display_name"u8) && reader.NextIs(JsonTokenType.String)) name = reader.ReadString(source);
            else if (reader.Is("object"u8) || (reader.Is("type"u8) && IsModel(reader))) reader.SkipMember();
            else extra.Take(ref reader, source);
        }
        if (string.IsNullOrEmpty(id)) return null;
        return new() { Id = id, Created = created, OwnedBy = string.IsNullOrEmpty(owner) ? null : owner, DisplayName = name, Extra = extra.ToExtra() };
    }

    /// <summary>Anthropic's word for <c>object</c>; Together's <c>type</c> tells what a model is for.</summary>
    private static bool IsModel(in Utf8JsonReader reader)
    {
        var peek = reader;
        return peek.Read() && peek.TokenType == JsonTokenType.String && peek.ValueTextEquals("model"u8);
    }

    /// <summary>The time in the member that the reader stands on, which stays where it is.</summary>
    private static long? TimeAt(Utf8JsonReader reader) => FileJson.ReadTime(ref reader);

    private static bool HoldsError(ReadOnlySpan<byte> source)
    {
        var reader = new Utf8JsonReader(source);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
        while (reader.NextMember())
        {
            if (reader.Is("error"u8)) return !reader.NextIsNull();
            reader.SkipMember();
        }
        return false;
    }

    private static ServerException Unusable(CallContext context, string what, Exception? inner) =>
        new($"{context.Provider}: the list of models {what}", inner) { Provider = context.Provider, Status = HttpStatusCode.BadGateway };
}
