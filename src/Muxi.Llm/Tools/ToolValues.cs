using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.AI;

namespace Muxi.Llm;

/// <summary>What a method returned, as a tool's result.</summary>
internal static class ToolValues
{
    public static ToolResult Of(object? value, Type? declared, JsonSerializerOptions options) => value switch
    {
        null => new(),
        ToolResult result => result,
        string text => text,
        ContentPart part => part,
        IEnumerable<ContentPart> parts => new() { Parts = [.. parts] },
        AIContent content => Of(content),
        IEnumerable<AIContent> contents => new() { Parts = [.. contents.Select(Of)] },
        JsonElement { ValueKind: JsonValueKind.String } text => text.GetString()!,
        JsonElement json => json.GetRawText(),
        _ => Json(value, options.GetTypeInfo(declared is null || declared == typeof(object) ? value.GetType() : declared)),
    };

    /// <summary>The value's JSON without white space: it costs tokens.</summary>
    public static string Json(object value, JsonTypeInfo type) => JsonOut.ToText((value, type), static (json, it) => JsonSerializer.Serialize(json, it.value, it.type), indented: false);

    private static ContentPart Of(AIContent content) => content switch
    {
        TextContent text => ContentPart.FromText(text.Text),
        DataContent data when data.HasTopLevelMediaType("image") => new ContentPart { Type = ContentPartType.ImageUrl, ImageUrl = new(data.Uri) },
        DataContent data => new ContentPart { Type = ContentPartType.File, File = new() { FileData = data.Uri, Filename = data.Name } },
        UriContent uri when uri.HasTopLevelMediaType("image") => new ContentPart { Type = ContentPartType.ImageUrl, ImageUrl = new(uri.Uri.AbsoluteUri) },
        UriContent uri => new ContentPart { Type = ContentPartType.File, File = new() { FileData = uri.Uri.AbsoluteUri } },
        ErrorContent error => ContentPart.FromText(error.Message),
        _ => ContentPart.FromText(content.ToString() ?? ""),
    };
}
