using System.Text;
using System.Text.Json;

namespace Muxi.Llm.Tests;

/// <summary>Batches as OpenAI writes them, and what tests of them begin with.</summary>
internal static class BatchWire
{
    /// <summary>A batch in this state.</summary>
    public static string Batch(string status, string more = "", string id = "batch_1") =>
        $$"""{"id":"{{id}}","object":"batch","endpoint":"/v1/chat/completions","errors":null,"input_file_id":"file-in","completion_window":"24h","status":"{{status}}","output_file_id":null,"error_file_id":null,"created_at":1763900000,"expires_at":1763986400,"request_counts":{"total":3,"completed":1,"failed":0},"metadata":null{{more}}}""";

    public static string Ended(string status = "completed") =>
        Batch(status).Replace("\"output_file_id\":null,\"error_file_id\":null", "\"output_file_id\":\"file-out\",\"error_file_id\":\"file-err\"", StringComparison.Ordinal);

    public static string File(string id = "file-in") => $$"""{"id":"{{id}}","object":"file","bytes":3,"created_at":1,"filename":"batch.jsonl","purpose":"batch","status":"processed"}""";

    /// <summary>A line of an output file.</summary>
    public static string Line(string id, string body, int status = 200) =>
        $$$"""{"id":"batch_req_{{{id}}}","custom_id":"{{{id}}}","response":{"status_code":{{{status}}},"request_id":"req_{{{id}}}","body":{{{body}}} },"error":null}""";

    /// <summary>A line of an error file for a request that was never made.</summary>
    public static string Unmade(string id, string code) => $$"""{"id":"batch_req_{{id}}","custom_id":"{{id}}","response":null,"error":{"code":"{{code}}","message":"It was not executed."} }""";

    public const string Refusal = """{"error":{"message":"max_tokens is too large","type":"invalid_request_error","param":"max_tokens","code":"invalid_value"}}""";

    /// <summary>A service with this batch and these two files.</summary>
    public static Task<ReplayServer> ServerAsync(string batch, string output, string errors = "") => ReplayServer.StartAsync(7, request => request.Target switch
    {
        "/files/file-out/content" => Content(output),
        "/files/file-err/content" => Content(errors),
        _ => CannedReply.Json(batch),
    });

    public static CannedReply Content(string text) => new(200, new Dictionary<string, string> { ["content-type"] = "application/octet-stream" }, Encoding.UTF8.GetBytes(text));

    public static BatchRequest Ask(string id, string model = "openai/gpt-test", string prompt = "Hello?") => new(id, Calls.Ask(model, prompt));

    /// <summary>The file in a form.</summary>
    public static string FileOf(SeenRequest form)
    {
        var text = form.Text;
        var at = text.IndexOf("\r\n\r\n", text.IndexOf("filename=", StringComparison.Ordinal), StringComparison.Ordinal) + 4;
        return text[at..text.LastIndexOf("\r\n--", StringComparison.Ordinal)];
    }

    public static async Task<List<T>> AllAsync<T>(this IAsyncEnumerable<T> all)
    {
        var list = new List<T>();
        await foreach (var one in all.WithCancellation(TestContext.Current.CancellationToken)) list.Add(one);
        return list;
    }

    /// <summary>A result in one line: its name, its outcome, what it says or why not.</summary>
    public static string Told(this BatchResult result) => $"{result.CustomId} {result.Outcome} {result.Chat?.Text ?? $"{result.Error!.GetType().Name} {result.Error.Code}"}";

    public static JsonElement Json(string text) => JsonElement.Parse(text);
}
