using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>A naive reading of an Anthropic message's content, after the pages on citations and on each tool: what it cites, and what the service's own tools were asked and gave.</summary>
internal static class MessagesOracle
{
    /// <summary>One line for each citation: what is cited, and the stretch of the whole text to which it belongs.</summary>
    public static IEnumerable<string> Citations(JsonArray content)
    {
        var at = 0;
        foreach (var block in content)
        {
            if ((string?)block!["type"] != "text") continue;
            var end = at + ((string)block["text"]!).Length;
            foreach (var cited in block["citations"] as JsonArray ?? [])
            {
                // An address is where one is told: of a page, or of a search result whose source is one.
                var source = (string?)cited!["url"] ?? (string?)cited["source"];
                var isPage = source?.StartsWith("http", StringComparison.Ordinal) == true;
                var id = (string?)cited["file_id"] ?? (isPage ? null : source);
                var index = cited["document_index"] ?? cited["search_result_index"];
                yield return $"{(isPage ? "url" : "document")} {(isPage ? source : null)}|{id}|{index?.ToString()}|{(string?)cited["title"] ?? (string?)cited["document_title"]}|{(string?)cited["cited_text"]}|{at}-{end}";
            }
            at = end;
        }
    }

    /// <summary>One line for each call of a tool of the service's own, with its result.</summary>
    public static IEnumerable<string> Calls(JsonArray content)
    {
        foreach (var call in content.Where(block => ((string?)block!["type"])!.EndsWith("_tool_use", StringComparison.Ordinal)))
        {
            var result = content.FirstOrDefault(block => (string?)block!["tool_use_id"] == (string)call!["id"]!);
            var given = result?["content"];
            var one = given as JsonObject;
            var isError = (bool?)result?["is_error"] == true || one?["error_code"] is not null;
            var pages = (given as JsonArray ?? [one?.DeepClone()]).Where(item => (item as JsonObject)?["url"] is not null).Select(item => (string)item!["url"]!);
            var files = (one?["content"] as JsonArray ?? []).Select(item => (string?)(item as JsonObject)?["file_id"]).Where(id => id is not null);
            yield return $"{call!["id"]} {call["server_name"]}/{call["name"]}({call["input"]?.ToJsonString()}) = {given?.ToJsonString()}; {isError} {one?["error_code"]}; {string.Join(' ', pages)}; {one?["stdout"]}|{one?["stderr"]}|{one?["return_code"]}; {string.Join(' ', files)}";
        }
    }
}
