using System.Text;
using System.Text.Json;

namespace Muxi.Llm.Cli;

/// <summary>The JSON files that shape a request: tools and a schema.</summary>
internal static class RequestFiles
{
    private const int LongestName = 64;

    /// <summary>A JSON array of tools in OpenAI's form.</summary>
    public static IReadOnlyList<Tool> Tools(string path)
    {
        var tools = Json("--tools", path);
        if (tools.ToElement() is not { ValueKind: JsonValueKind.Array } list) throw new FailureException($"--tools: '{path}' must hold a JSON array of tools");
        if (list.GetArrayLength() == 0) throw new FailureException($"--tools: '{path}' holds no tool");
        try
        {
            // A request is the form in which the library reads tools.
            return ChatCompletionRequest.Parse(Encoding.UTF8.GetBytes($$"""{"model":"-","messages":[],"tools":{{tools}}}""")).Tools!;
        }
        catch (JsonException e)
        {
            throw new FailureException($"--tools: '{path}': {e.Message}", e);
        }
    }

    /// <summary>The word or the tool that <c>--tool-choice</c> names.</summary>
    public static ToolChoice Choice(string word, IReadOnlyList<Tool> tools)
    {
        if (word is "none" or "auto" or "required") return word;
        var names = tools.Select(NameOf).ToList();
        return names.IndexOf(word) switch
        {
            < 0 => throw new UsageException($"--tool-choice: no tool is named '{word}'; write none, auto, required or one of {string.Join(", ", names)}."),
            var place when tools[place].Function is null => ToolChoice.Custom(word),
            _ => ToolChoice.Function(word),
        };
    }

    /// <summary>A JSON schema; it is named by its title, else by its file.</summary>
    public static ResponseFormat Schema(string path)
    {
        var schema = Json("--schema", path);
        if (schema.ToElement() is not { ValueKind: JsonValueKind.Object } root) throw new FailureException($"--schema: '{path}' must hold a JSON schema, which is an object");
        var title = root.TryGetProperty("title", out var found) && found.ValueKind == JsonValueKind.String ? found.GetString()! : "";
        return ResponseFormat.JsonSchema(Name(title) ?? Name(Path.GetFileNameWithoutExtension(path)) ?? "answer", schema);
    }

    /// <summary>What OpenAI takes as a name: letters, digits, <c>_</c> and <c>-</c>, 64 at most.</summary>
    private static string? Name(string text)
    {
        var name = string.Concat(text.Select(c => char.IsAsciiLetterOrDigit(c) || c == '-' ? c : '_')).Trim('_');
        return name.Length == 0 ? null : name.Length > LongestName ? name[..LongestName] : name;
    }

    private static string NameOf(Tool tool)
    {
        if (tool.Function is { } function) return function.Name;
        return tool.Custom.ToElement() is { ValueKind: JsonValueKind.Object } custom && custom.TryGetProperty("name", out var name) ? name.ToString() : tool.Type;
    }

    private static RawJson Json(string option, string path)
    {
        var text = Attachments.Read(option, path, File.ReadAllText);
        if (string.IsNullOrWhiteSpace(text)) throw new FailureException($"{option}: the file '{path}' is empty");
        try
        {
            return RawJson.Parse(text);
        }
        catch (JsonException e)
        {
            throw new FailureException($"{option}: '{path}' is not JSON: {JsonFault.Of(e)}", e);
        }
    }
}
