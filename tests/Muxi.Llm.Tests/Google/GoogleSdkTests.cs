using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>The same calls by Google's official SDK and by ours, to a server that keeps what it is asked: address and body are equal, and the replies say the same.</summary>
public sealed class GoogleSdkTests : IDisposable
{
    private const string Png = "iVBORw0KGgo=";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("muxi-google");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Every_call_goes_out_as_the_official_SDK_sends_it()
    {
        NpmPackages.Require("@google/genai");
        var file = Path.Combine(_folder.FullName, "a.txt");
        await File.WriteAllTextAsync(file, "hello", Token);
        await using var server = await ReplayServer.StartAsync(3, Answer);
        var judged = JsonNode.Parse(await File.ReadAllTextAsync(Repo.PathTo("tests", "Muxi.Llm.Tests", "Google", "judged-google-calls.json"), Token))!.AsObject();
        var theirs = await NodeOracle.ReadAsync("google-calls.mjs", NpmPackages.Modules, server.Url.ToString().TrimEnd('/'), file);
        var sent = server.Requests.ToList();
        using var gemini = GoogleWire.Client(server.Url);
        using var vertex = GoogleWire.Client(server.Url, "vertexai");
        var differences = new List<string>();
        var needed = new HashSet<string>();
        foreach (var reading in theirs)
        {
            var name = (string)reading["name"]!;
            var before = server.Requests.Count;
            var found = await OursAsync(name, name.Contains("vertex", StringComparison.Ordinal) || name == "imagen" ? vertex : gemini, file);
            var expected = TakeFor(name, sent);
            var ours = server.Requests.Skip(before).ToList();
            if (expected.Count != ours.Count) differences.Add($"{name}: {ours.Count} calls, expected {expected.Count}");
            foreach (var (theirCall, ourCall) in expected.Zip(ours))
                foreach (var difference in Differences(theirCall, ourCall))
                    if (IsJudged(judged, name, difference)) needed.Add($"{name}/{difference.Split(':')[0]}");
                    else differences.Add($"{name}: {difference}");
            if (found != Said(name, reading["value"])) differences.Add($"{name}: read {found}, and the SDK {Said(name, reading["value"])}");
        }

        Assert.Equal([], differences);
        Assert.True(theirs.Count >= 15, $"{theirs.Count} calls");
        Assert.Equal([], judged.SelectMany(call => call.Value!.AsObject().Select(one => $"{call.Key}/{one.Key}")).Except(needed));
        Assert.All(judged.SelectMany(call => call.Value!.AsObject()), one => Assert.False(string.IsNullOrWhiteSpace((string?)one.Value)));
    }

    private static bool IsJudged(JsonObject judged, string name, string difference) => judged[name]?[difference.Split(':')[0]] is not null;

    /// <summary>The requests that belong to a call: an upload has two.</summary>
    private static List<SeenRequest> TakeFor(string name, List<SeenRequest> sent)
    {
        var count = name == "upload file" ? 2 : 1;
        var own = sent[..count];
        sent.RemoveRange(0, count);
        return own;
    }

    private static IEnumerable<string> Differences(SeenRequest theirs, SeenRequest ours)
    {
        if (theirs.Method != ours.Method) yield return $"method: {ours.Method}, expected {theirs.Method}";
        if (theirs.Target != ours.Target) yield return $"target: {ours.Target}, expected {theirs.Target}";
        foreach (var header in theirs.Headers.Keys.Where(static header => header.StartsWith("X-Goog-Upload", StringComparison.OrdinalIgnoreCase)))
            if (theirs.Headers[header] != ours.Headers.GetValueOrDefault(header)) yield return $"{header}: {ours.Headers.GetValueOrDefault(header)}, expected {theirs.Headers[header]}";
        if (theirs.Text.StartsWith('{'))
            foreach (var difference in JsonComparison.Differences(JsonNode.Parse(theirs.Text), ours.Text.Length == 0 ? null : JsonNode.Parse(ours.Text), "body")) yield return difference;
        else if (theirs.Text != ours.Text) yield return $"content: {ours.Text}, expected {theirs.Text}";
    }

    private static CannedReply Answer(SeenRequest request)
    {
        var target = request.Target;
        if (target.StartsWith("/upload/", StringComparison.Ordinal) && !target.Contains("upload_id", StringComparison.Ordinal))
            return CannedReply.Json("").With("X-Goog-Upload-URL", $"http://{request.Headers["Host"]}/upload/v1beta/files?upload_id=u1&upload_protocol=resumable");
        if (target.StartsWith("/upload/", StringComparison.Ordinal)) return CannedReply.Json($"{{\"file\":{GoogleWire.File}}}").With("X-Goog-Upload-Status", "final");
        if (target.Contains(":batchEmbedContents", StringComparison.Ordinal))
            return CannedReply.Json("{\"embeddings\":[" + string.Join(',', GoogleWire.Body(request)!["requests"]!.AsArray().Select((_, at) => $"{{\"values\":[{at}.5,-1,0.25]}}")) + "]}");
        if (target.Contains(":predict", StringComparison.Ordinal) && target.Contains("imagen", StringComparison.Ordinal)) return CannedReply.Json($$"""{"predictions":[{"mimeType":"image/png","bytesBase64Encoded":"{{Png}}","prompt":"a grey cat"}]}""");
        if (target.Contains(":predict", StringComparison.Ordinal))
            return CannedReply.Json("""{"predictions":[{"embeddings":{"statistics":{"truncated":false,"token_count":2},"values":[0.5,-1,0.25]}},{"embeddings":{"statistics":{"truncated":false,"token_count":3},"values":[1.5,-1,0.25]}}],"metadata":{"billableCharacterCount":6}}""");
        if (target.Contains(":embedContent", StringComparison.Ordinal)) return CannedReply.Json("""{"embedding":{"values":[0.5,-1,0.25]},"usageMetadata":{"promptTokenCount":4},"truncated":false}""");
        if (target.Contains(":generateContent", StringComparison.Ordinal)) return CannedReply.Json(GoogleWire.Picture(Png));
        if (target.Contains(":streamGenerateContent", StringComparison.Ordinal)) return CannedReply.Sse(GoogleWire.Sound([1, 2, 3, 4]) + GoogleWire.Sound([5, 6]) + GoogleWire.End());
        if (target.Contains("/files", StringComparison.Ordinal)) return CannedReply.Json(request.Method == "DELETE" ? "{}" : target.Contains("pageSize", StringComparison.Ordinal) ? $$"""{"files":[{{GoogleWire.File}}],"nextPageToken":"n"}""" : GoogleWire.File);
        return CannedReply.Json(target.Contains("pageSize", StringComparison.Ordinal) ? $$"""{"models":[{{GoogleWire.Model}}],"nextPageToken":"n"}""" : GoogleWire.Model);
    }

    private static async Task<string> OursAsync(string name, LlmClient client, string file)
    {
        EmbeddingRequest Embed(string model, TextInput input) => new() { Model = model, Input = input };
        SpeechRequest Speak(string text) => new() { Model = "gemini/tts", Input = text, ResponseFormat = "pcm" };
        switch (name)
        {
            case "embed one": return Line(await client.Embeddings.CreateAsync(Embed("gemini/e", "one"), null, Token));
            case "embed three with options": return Line(await client.Embeddings.CreateAsync(Embed("gemini/e", ["one", "two", "three"]) with { Dimensions = 3, Extra = """{"taskType":"RETRIEVAL_DOCUMENT","title":"T"}""" }, null, Token));
            case "embed at vertex": return Line(await client.Embeddings.CreateAsync(Embed("vertexai/text-embedding-005", ["one", "two"]) with { Dimensions = 3, Extra = """{"taskType":"RETRIEVAL_QUERY","title":"T","autoTruncate":false}""" }, null, Token));
            case "embed content at vertex": return Line(await client.Embeddings.CreateAsync(Embed("vertexai/gemini-embedding-2", "one") with { Dimensions = 3, Extra = """{"taskType":"RETRIEVAL_QUERY"}""" }, null, Token));
            case "list models": return string.Join(' ', (await client.Models.ListPageAsync("gemini", null, null, Token)).Data.Select(Line));
            case "get model": return Line(await client.Models.RetrieveAsync("gemini/gemini-2.5-flash", null, Token));
            case "get model at vertex": return Line(await client.Models.RetrieveAsync("vertexai/gemini-2.5-flash", null, Token));
            case "upload file": return Line(await client.Files.UploadAsync(new() { File = FileSource.FromFile(file), Provider = "gemini" }, null, Token));
            case "list files": return string.Join(' ', (await client.Files.ListPageAsync(new() { Provider = "gemini", Limit = 2, After = "t" }, null, Token)).Data.Select(Line));
            case "get file": return Line(await client.Files.RetrieveAsync("gemini/files/abc", null, Token));
            case "delete file": return (await client.Files.DeleteAsync("gemini/files/abc", null, Token)).Deleted ? "deleted" : "there";
            case "picture": return Line(await client.Images.GenerateAsync(new() { Model = "gemini/image", Prompt = "a cat", Size = "3072x2048" }, null, Token));
            case "picture at vertex": return Line(await client.Images.GenerateAsync(new() { Model = "vertexai/image", Prompt = "a cat", Size = "1024x1024", OutputFormat = "jpeg", OutputCompression = 80 }, null, Token));
            case "picture of pictures":
                ImageInput[] pictures = [ImageInput.FromBytes(Convert.FromBase64String(Png)), ImageInput.FromBytes(Convert.FromBase64String(Png))];
                return Line(await client.Images.EditAsync(new() { Model = "gemini/image", Prompt = "a hat on it", Images = pictures }, null, Token));
            case "imagen":
                return Line(await client.Images.GenerateAsync(new()
                {
                    Model = "vertexai/imagen-4.0-generate-001", Prompt = "a cat", N = 2, Size = "2560x1440", OutputFormat = "jpeg", OutputCompression = 80, Extra = """{"negativePrompt":"dogs","personGeneration":"DONT_ALLOW","labels":{"team":"a"}}""",
                }, null, Token));
            case "speech": return await LineAsync(client.Audio.Speech.CreateAsync(Speak("Hello") with { Voice = "Kore" }, null, Token));
            case "speech in a language": return await LineAsync(client.Audio.Speech.CreateAsync(Speak("Hello") with { Voice = "Puck", Instructions = "Say cheerfully", Extra = """{"languageCode":"de-DE"}""" }, null, Token));
            case "speech of two":
                return await LineAsync(client.Audio.Speech.CreateAsync(Speak("Joe: Hi\nJane: Hi") with
                {
                    Extra = """{"multiSpeakerVoiceConfig":{"speakerVoiceConfigs":[{"speaker":"Joe","voiceConfig":{"prebuiltVoiceConfig":{"voiceName":"Kore"}}},{"speaker":"Jane","voiceConfig":{"prebuiltVoiceConfig":{"voiceName":"Puck"}}}]}}""",
                }, null, Token));
            default: throw new InvalidOperationException($"there is no call '{name}' of ours yet");
        }
    }

    private static string Line(EmbeddingResponse reply) => string.Join(' ', reply.Data.Select(one => string.Join(',', one.Vector.ToArray())));

    private static string Line(Model model) => $"{model.Id} {model.DisplayName}";

    private static string Line(FileObject file) => $"{file.Id} {file.Filename} {file.MimeType} {file.Bytes} {file.Status} {file.Extra.GetString("uri")}";

    private static string Line(ImagesResponse reply) => string.Join(' ', reply.Data.Select(one => $"{one.MediaType} {one.B64Json}"));

    private static async Task<string> LineAsync(Task<Speech> speech) => Convert.ToBase64String(await (await speech).ReadBytesAsync(Token));

    /// <summary>What the SDK read, in the same words.</summary>
    private static string Said(string name, JsonNode? value) => name switch
    {
        _ when name.StartsWith("embed", StringComparison.Ordinal) => string.Join(' ', value!["embeddings"]!.AsArray().Select(one => string.Join(',', one!["values"]!.AsArray().Select(number => (float)number!)))),
        "list models" => string.Join(' ', value!.AsArray().Select(one => Said("get model", one))),
        "get model" or "get model at vertex" => $"{((string)value!["name"]!)["models/".Length..]} {value["displayName"]}",
        "list files" => string.Join(' ', value!.AsArray().Select(one => Said("get file", one))),
        "upload file" or "get file" => $"{value!["name"]} {value["displayName"]} {value["mimeType"]} {value["sizeBytes"]} {((string)value["state"]! == "ACTIVE" ? "processed" : "?")} {value["uri"]}",
        "delete file" => "deleted",
        "imagen" => string.Join(' ', value!["generatedImages"]!.AsArray().Select(one => $"{one!["image"]!["mimeType"]} {one["image"]!["imageBytes"]}")),
        _ when name.StartsWith("speech", StringComparison.Ordinal) => Convert.ToBase64String([.. value!.AsArray().SelectMany(Pieces).SelectMany(static data => Convert.FromBase64String((string)data!["data"]!))]),
        _ => string.Join(' ', Pieces(value).Select(data => $"{data!["mimeType"]} {data["data"]}")),
    };

    private static IEnumerable<JsonNode?> Pieces(JsonNode? reply) => reply!["candidates"]!.AsArray().SelectMany(candidate => candidate!["content"]!["parts"]!.AsArray()).Select(part => part!["inlineData"]).Where(data => data is not null);
}
