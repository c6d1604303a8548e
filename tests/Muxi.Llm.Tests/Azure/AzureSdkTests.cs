using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>
/// The same calls by OpenAI's official client for Azure and by ours, in both forms of the addresses: method, address, who asks and body are equal. Differences are judged one by one in
/// judged-azure-calls.json.
/// </summary>
public sealed class AzureSdkTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_call_goes_out_as_the_official_client_sends_it()
    {
        NpmPackages.Require("openai");
        await using var server = await ReplayServer.StartAsync(3, static _ => CannedReply.Json("{}"));
        var judged = JsonNode.Parse(await File.ReadAllTextAsync(Repo.PathTo("tests", "Muxi.Llm.Tests", "Azure", "judged-azure-calls.json"), Token))!.AsObject();
        var theirs = await NodeOracle.ReadAsync("azure-calls.mjs", NpmPackages.Modules, server.Url.ToString().TrimEnd('/'));
        var sent = server.Requests;
        Assert.Equal(theirs.Count, sent.Count);
        var differences = new List<string>();
        var needed = new HashSet<string>();
        for (var i = 0; i < theirs.Count; i++)
        {
            var name = (string)theirs[i]["name"]!;
            using var client = Client(server.Url, name[(name.LastIndexOf(' ') + 1)..]);
            var before = server.Requests.Count;
            await CallAsync(client, name[..name.LastIndexOf(' ')]);
            if (server.Requests.Count != before + 1)
            {
                differences.Add($"{name}: {server.Requests.Count - before} calls");
                continue;
            }
            foreach (var difference in Differences(sent[i], server.Requests[before]))
                if (judged[$"{name[..name.LastIndexOf(' ')]}/{difference.Split(':')[0]}"] is not null) needed.Add($"{name[..name.LastIndexOf(' ')]}/{difference.Split(':')[0]}");
                else differences.Add($"{name}: {difference}");
        }

        Assert.True(differences.Count == 0, string.Join("\n", differences));
        Assert.True(theirs.Count > 40, $"{theirs.Count} calls");
        Assert.Equal([], judged.Select(static one => one.Key).Except(needed));
        Assert.All(judged, static one => Assert.True(((string?)one.Value)?.Length > 20, one.Key));
    }

    private static LlmClient Client(Uri server, string form)
    {
        var address = server.ToString().TrimEnd('/');
        return new(new()
        {
            Retries = Calls.Once,
            Environment = name => (name, form) switch
            {
                ("AZURE_OPENAI_ENDPOINT", _) => address,
                ("OPENAI_API_VERSION", "dated" or "entra") => "2024-10-21",
                ("AZURE_OPENAI_API_KEY", "dated" or "v1") => "a-key",
                ("AZURE_OPENAI_AD_TOKEN", "entra") => "a-token",
                _ => null,
            },
        });
    }

    private static async Task CallAsync(LlmClient client, string name)
    {
        try
        {
            await AskAsync(client, name);
        }
        catch (LlmException)
        {
            // The server says nothing that can be used.
        }
    }

    private static Task AskAsync(LlmClient client, string name) => name switch
    {
        "chat" => client.Chat.Completions.CreateAsync(new() { Model = "azure/dep", Messages = [Message.User("Hi")], Temperature = Temperature(client) }, null, Token),
        "stream" => client.Chat.Completions.StreamAsync(new() { Model = "azure/dep", Messages = [Message.User("Hi")] }, null, Token).WholeAsync(),
        "completion" => client.Completions.CreateAsync(new() { Model = "azure/dep", Prompt = "Once" }, null, Token),
        "embeddings" => client.Embeddings.CreateAsync(new() { Model = "azure/dep", Input = new[] { "one", "two" } }, null, Token),
        "image" => client.Images.GenerateAsync(new() { Model = "azure/dep", Prompt = "a cat", Size = "1024x1024" }, null, Token),
        "edit" => client.Images.EditAsync(new() { Model = "azure/dep", Prompt = "a hat", Images = [FileOf("picture", "a.png")] }, null, Token),
        "speech" => client.Audio.Speech.CreateAsync(new() { Model = "azure/dep", Input = "Hello" }, null, Token),
        "transcription" => client.Audio.Transcriptions.CreateAsync(new() { Model = "azure/dep", File = FileOf("sound", "a.wav") }, null, Token),
        "translation" => client.Audio.Translations.CreateAsync(new() { Model = "azure/dep", File = FileOf("sound", "a.wav") }, null, Token),
        "response" => client.Responses.CreateAsync(new() { Model = "azure/dep", Input = "Hi" }, null, Token),
        "get response" => client.Responses.RetrieveAsync("azure/resp_1", null, Token),
        "upload" => client.Files.UploadAsync(new() { File = FileOf("{\"custom_id\":\"1\"}\n", "a.jsonl"), Purpose = "batch", Provider = "azure" }, null, Token),
        "files" => client.Files.ListPageAsync(new FileListRequest { Provider = "azure" }, null, Token),
        "content" => client.Files.ContentAsync("azure/file-1", null, Token),
        "delete file" => client.Files.DeleteAsync("azure/file-1", null, Token),
        "upload in parts" => client.Uploads.CreateAsync(new() { Filename = "a.jsonl", Bytes = 3, MimeType = "application/jsonl", Purpose = "batch", Provider = "azure" }, null, Token),
        "batches" => client.Batches.ListPageAsync(new BatchListRequest { Provider = "azure" }, null, Token),
        "batch" => client.Batches.RetrieveAsync("azure/batch_1", null, Token),
        "make a batch" => client.Batches.CreateAsync(new BatchCreateRequest { InputFileId = "azure/file-1", Endpoint = BatchEndpoint.ChatCompletions }, null, Token),
        "models" => client.Models.ListPageAsync("azure", null, null, Token),
        _ => throw new ArgumentException(name, nameof(name)),
    };

    /// <summary>The call with an account's token asks for no temperature.</summary>
    private static double? Temperature(LlmClient client) => client.Settings.Environment("AZURE_OPENAI_AD_TOKEN") is null ? 0.5 : null;

    private static FileSource FileOf(string content, string name) => FileSource.FromBytes(Encoding.UTF8.GetBytes(content), name);

    private static IEnumerable<string> Differences(SeenRequest theirs, SeenRequest ours)
    {
        if (theirs.Method != ours.Method) yield return $"method: {ours.Method}, expected {theirs.Method}";
        if (theirs.Target != ours.Target) yield return $"target: {ours.Target}, expected {theirs.Target}";
        // The plain client sends a key as a bearer's; the service's reference has api-key for keys in both forms.
        var isPlain = theirs.Target.StartsWith("/openai/v1/", StringComparison.Ordinal);
        foreach (var header in (string[])["api-key", "Authorization"])
            if (!isPlain && theirs.Headers.GetValueOrDefault(header) != ours.Headers.GetValueOrDefault(header)) yield return $"{header}: {ours.Headers.GetValueOrDefault(header)}, expected {theirs.Headers.GetValueOrDefault(header)}";
        if (isPlain && theirs.Headers["Authorization"] != $"Bearer {ours.Headers.GetValueOrDefault("api-key")}") yield return "api-key: another key";
        if (theirs.Text.StartsWith('{'))
            foreach (var difference in JsonComparison.Differences(JsonNode.Parse(theirs.Text), ours.Text.Length == 0 ? null : JsonNode.Parse(ours.Text), "body")) yield return difference;
        else
            foreach (var (field, value) in Fields(theirs))
                if (!Fields(ours).Contains((field, value))) yield return $"field {field}: expected {value}";
    }

    /// <summary>The fields of a form, without what a library chooses: the boundary, and the files' types.</summary>
    private static List<(string Name, string Value)> Fields(SeenRequest request)
    {
        if (request.Headers.GetValueOrDefault("Content-Type")?.Split("boundary=") is not [_, var boundary]) return [];
        return
        [
            .. from part in request.Text.Split("--" + boundary.Trim('"'))
               where part.Contains("name=", StringComparison.Ordinal)
               let halves = part.Split("\r\n\r\n", 2)
               select (halves[0].Split("name=")[1].Split(';', '\r')[0].Trim('"'), halves[1][..^2]),
        ];
    }
}
