using System.Net;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>What the tests of the simulator's responses keep asking.</summary>
internal static class SandboxResponseClient
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>A request with a text as its input.</summary>
    public static string Ask(string input, string more = "", string model = "chat") =>
        $$"""{"model":"{{model}}","input":{{JsonValue.Create(input).ToJsonString()}}{{(more.Length > 0 ? "," + more : "")}}}""";

    /// <summary>The response to a good request.</summary>
    public static async Task<JsonNode> RespondAsync(this SandboxClient sandbox, string body, string path = "responses")
    {
        using var response = await sandbox.SendAsync(body, path);
        return await GoodAsync(response);
    }

    public static async Task<JsonNode> LookAsync(this SandboxClient sandbox, string path)
    {
        using var response = await sandbox.GetAsync("responses/" + path);
        return await GoodAsync(response);
    }

    public static async Task<JsonNode> DeleteAsync(this SandboxClient sandbox, string id)
    {
        using var response = await sandbox.SendAsync(HttpMethod.Delete, "responses/" + id);
        return await GoodAsync(response);
    }

    /// <summary>The error of a refused request.</summary>
    public static async Task<(int Status, string? Param, string? Code)> RefusedAsync(this SandboxClient sandbox, string? body, string path = "responses")
    {
        using var response = body is null ? await sandbox.GetAsync(path) : await sandbox.SendAsync(body, path);
        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!["error"]!;
        return ((int)response.StatusCode, (string?)error["param"], (string?)error["code"]);
    }

    /// <summary>The events of the stream that this request gets, each named by its type and numbered.</summary>
    public static async Task<List<JsonNode>> StreamAsync(this SandboxClient sandbox, string body)
    {
        using var response = await sandbox.SendAsync(body[..^1] + ",\"stream\":true}", "responses");
        return Events(await response.Content.ReadAsStringAsync(Cancel));
    }

    public static async Task<List<JsonNode>> ResumeAsync(this SandboxClient sandbox, string id, int? after = null)
    {
        using var response = await sandbox.GetAsync($"responses/{id}?stream=true{(after is null ? "" : $"&starting_after={after}")}");
        return Events(await response.Content.ReadAsStringAsync(Cancel));
    }

    public static string Text(this JsonNode response) => string.Concat(response["output"]!.AsArray().Where(item => (string?)item!["type"] == "message").SelectMany(item => item!["content"]!.AsArray()).Select(part => (string?)part!["text"]));

    public static string[] Types(this JsonNode response) => [.. response["output"]!.AsArray().Select(item => (string)item!["type"]!)];

    private static List<JsonNode> Events(string stream)
    {
        Assert.EndsWith("\n\n", stream, StringComparison.Ordinal);
        return [.. stream.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(text =>
        {
            var lines = text.Split('\n');
            Assert.Equal(2, lines.Length);
            var data = JsonNode.Parse(lines[1]["data: ".Length..])!;
            Assert.Equal($"event: {data["type"]}", lines[0]);
            return data;
        })];
    }

    private static async Task<JsonNode> GoodAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(response.StatusCode == HttpStatusCode.OK, text);
        return JsonNode.Parse(text)!;
    }
}
