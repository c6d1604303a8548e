using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Writes responses and what else the operation answers with, with every member that the schema requires.</summary>
internal static class ResponseWriter
{
    public static void Write(Utf8JsonWriter json, Response response)
    {
        var members = new MemberWriter(json, response.Extra);
        json.WriteStartObject();
        json.WriteString("id"u8, response.Id);
        json.WriteString("object"u8, response.Object);
        json.WriteNumber("created_at"u8, response.CreatedAt);
        members.Text("status"u8, response.Status?.Value);
        members.Flag("background"u8, response.Background);
        members.Number("completed_at"u8, response.CompletedAt);
        WriteTrouble(json, response);
        json.WritePropertyName("instructions"u8);
        response.Instructions.WriteTo(json);
        json.WriteString("model"u8, response.Model);
        ResponseItemJson.WriteList(json, "output"u8, response.Output, isReply: true);
        if (response.PreviousResponseId is { } previous) json.WriteString("previous_response_id"u8, previous);
        else json.WriteNull("previous_response_id"u8);
        members.Text("service_tier"u8, response.ServiceTier?.Value);
        WriteRequired(json, members);
        // OpenAI sends null before the end; its document knows no null here.
        if (response.Usage is { } usage) ResponseUsageJson.Write(json, usage);
        members.Labels("metadata"u8, response.Metadata ?? new Dictionary<string, string>());
        response.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    /// <summary>What a request's parameters were stands among the members that we do not know; where it does not, the schema wants it all the same.</summary>
    private static void WriteRequired(Utf8JsonWriter json, MemberWriter members)
    {
        members.Flag("parallel_tool_calls"u8, true);
        if (!members.Overrides("temperature"u8)) json.WriteNull("temperature"u8);
        members.Text("tool_choice"u8, "auto");
        if (!members.Overrides("tools"u8))
        {
            json.WriteStartArray("tools"u8);
            json.WriteEndArray();
        }
        if (!members.Overrides("top_p"u8)) json.WriteNull("top_p"u8);
    }

    private static void WriteTrouble(Utf8JsonWriter json, Response response)
    {
        if (response.Error is { } error)
        {
            json.WriteStartObject("error"u8);
            if (error.Code is { } code) json.WriteString("code"u8, code);
            json.WriteString("message"u8, error.Message);
            error.Extra.WriteMembers(json);
            json.WriteEndObject();
        }
        else json.WriteNull("error"u8);
        if (response.IncompleteDetails is { } details)
        {
            json.WriteStartObject("incomplete_details"u8);
            if (details.Reason is { } reason) json.WriteString("reason"u8, reason);
            details.Extra.WriteMembers(json);
            json.WriteEndObject();
        }
        else json.WriteNull("incomplete_details"u8);
    }

    public static void Write(Utf8JsonWriter json, ResponseCompaction compaction)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, compaction.Id);
        json.WriteString("object"u8, compaction.Object);
        json.WriteNumber("created_at"u8, compaction.CreatedAt);
        ResponseItemJson.WriteList(json, "output"u8, compaction.Output, isReply: true);
        ResponseUsageJson.Write(json, compaction.Usage ?? new());
        compaction.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, ResponseInputTokens tokens)
    {
        json.WriteStartObject();
        json.WriteString("object"u8, tokens.Object);
        json.WriteNumber("input_tokens"u8, tokens.InputTokens);
        tokens.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, ResponseDeleted response)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, response.Id);
        json.WriteString("object"u8, response.Object);
        json.WriteBoolean("deleted"u8, response.Deleted);
        response.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, Page<ResponseItem> page)
    {
        json.WriteStartObject();
        json.WriteString("object"u8, "list"u8);
        ResponseItemJson.WriteList(json, "data"u8, page.Data, isReply: true);
        json.WriteString("first_id"u8, page.FirstId ?? (page.Data is [var first, ..] ? first.Id : "") ?? "");
        json.WriteString("last_id"u8, page.LastId ?? (page.Data is [.., var last] ? last.Id : "") ?? "");
        json.WriteBoolean("has_more"u8, page.HasMore);
        page.Extra.WriteMembers(json);
        json.WriteEndObject();
    }
}
