using System.Text.Json;

namespace Muxi.Llm;

/// <summary>A message of the request.</summary>
/// <param name="Role">Its role.</param>
/// <param name="Text">Its text parts, joined without anything between.</param>
/// <param name="Parts">Its parts that are not text.</param>
/// <param name="Json">The message as it came.</param>
internal sealed record SandboxMessage(string Role, string Text, IReadOnlyList<SandboxPart> Parts, JsonElement Json)
{
    public bool IsSystem => Role is "system" or "developer";

    public bool IsToolResult => Role is "tool" or "function";

    /// <summary>The calls that an assistant message holds, legacy ones too: id, name and arguments.</summary>
    public IEnumerable<(string? Id, string Name, string Arguments)> Calls()
    {
        foreach (var call in Json.Get("tool_calls").Items())
            if ((call.Get("function") ?? call.Get("custom")) is { } made)
                yield return (call.Text("id"), made.Text("name") ?? "", made.Text("arguments") ?? made.Text("input") ?? "");
        if (Json.Get("function_call") is { } legacy)
            yield return (null, legacy.Text("name") ?? "", legacy.Text("arguments") ?? "");
    }

    public int Tokens =>
        SandboxTokens.PerMessage + SandboxTokens.Count(Text) + Parts.Sum(part => part.Tokens)
        + Calls().Sum(call => SandboxTokens.Count(call.Name) + SandboxTokens.Count(call.Arguments));
}

/// <summary>A part of a message that is not text.</summary>
/// <param name="Kind"><c>image</c>, <c>audio</c>, <c>file</c>, or the type as it came.</param>
/// <param name="Description">What can be told about it: media type and size, or where it is.</param>
/// <param name="Tokens">What it counts in the prompt: an image always the same, other data one token for 100 bytes.</param>
internal sealed record SandboxPart(string Kind, string Description, int Tokens)
{
    public static SandboxPart Of(string type, JsonElement part) => type switch
    {
        "image_url" => Image(part.Text("image_url") ?? part.Get("image_url")?.Text("url") ?? ""),
        "input_audio" => Audio(part.Get("input_audio")?.Text("format"), part.Get("input_audio")?.Text("data") ?? ""),
        "file" => File(part.Get("file") ?? part),
        _ => new(type, $"a part of type {type}", Size(part.GetRawText().Length)),
    };

    private static SandboxPart Image(string url) => new("image", Describe(url), SandboxTokens.PerImage);

    private static SandboxPart Audio(string? format, string data)
    {
        var bytes = Base64Bytes(data);
        return new("audio", $"{format}, {bytes} bytes", Size(bytes));
    }

    private static SandboxPart File(JsonElement file)
    {
        var data = file.Text("file_data");
        var what = data is null ? $"id {file.Text("file_id")}" : Describe(data);
        return new("file", file.Text("filename") is { } name ? $"{name}, {what}" : what, data is null ? 0 : Size(Base64Bytes(data)));
    }

    /// <summary>A data URL by its media type and size, any other by itself.</summary>
    private static string Describe(string url)
    {
        var comma = url.IndexOf(',', StringComparison.Ordinal);
        if (!url.StartsWith("data:", StringComparison.OrdinalIgnoreCase) || comma < 0)
            return url.Contains("://", StringComparison.Ordinal) ? url : $"{Base64Bytes(url)} bytes";
        var head = url[5..comma];
        var semicolon = head.IndexOf(';', StringComparison.Ordinal);
        return $"{(semicolon < 0 ? head : head[..semicolon])}, {Base64Bytes(url)} bytes";
    }

    private static int Base64Bytes(string data)
    {
        var start = data.IndexOf(',', StringComparison.Ordinal) + 1;
        var digits = data.AsSpan(start).TrimEnd('=').Length;
        return (int)(digits * 3L / 4);
    }

    private static int Size(int bytes) => (bytes + 99) / 100;
}
