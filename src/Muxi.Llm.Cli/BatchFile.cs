using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Muxi.Llm.Cli;

/// <summary>A batch's requests and results as files of this machine.</summary>
internal static class BatchFile
{
    /// <summary>Makes a batch of a file with requests: where the service wants a file it gets this one as it is; elsewhere its lines are read and put into the service's own form.</summary>
    /// <exception cref="FailureException">The file cannot be read, or a line of it is no request.</exception>
    public static async Task<Batch> CreateAsync(LlmClient client, Provider provider, string path, BatchSettings settings, CancellationToken cancellationToken)
    {
        FileSource source;
        try
        {
            source = FileSource.FromFile(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new FailureException(e.Message, e);
        }
        if (provider.Batches is IVerb<BatchSubmitRequest, Batch>) return await client.Batches.CreateAsync(Requests(path, provider), settings, null, cancellationToken);
        if (provider.Batches is null) throw new FailureException($"{provider.Name} does not offer batches through this library");
        var endpoint = Endpoint(path, provider.Batches);
        var file = await client.Files.UploadAsync(new() { File = source with { Progress = settings.Progress }, Purpose = FilePurpose.Batch, Provider = provider.Name }, null, cancellationToken);
        return await client.Batches.CreateAsync(new()
        {
            InputFileId = file.QualifiedId, Endpoint = endpoint, CompletionWindow = settings.CompletionWindow, Metadata = settings.Metadata, OutputExpiresAfter = settings.OutputExpiresAfter, Provider = provider.Name,
        }, null, cancellationToken);
    }

    /// <summary>Writes results to a file as they come, one a line.</summary>
    public static async Task SaveAsync(IAsyncEnumerable<BatchResult> results, string path, CancellationToken cancellationToken)
    {
        var unfinished = $"{path}.{Guid.NewGuid():N}.part";
        try
        {
            await using (var file = new StreamWriter(unfinished, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { NewLine = "\n" })
                await foreach (var result in results.WithCancellation(cancellationToken)) await file.WriteLineAsync(result.ToJson().AsMemory(), cancellationToken);
            File.Move(unfinished, path, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    /// <summary>What the requests ask for. All lines are looked at, so that nothing is handed over of which no batch can be made.</summary>
    private static BatchEndpoint Endpoint(string path, BatchesDialect batches)
    {
        string? endpoint = null;
        var seen = new Dictionary<string, int>();
        foreach (var (number, line) in Lines(path))
        {
            var (id, url) = Heads(path, number, line);
            if ((endpoint ??= url) != url) throw Wrong(path, number, $"asks for {url}, and those before for {endpoint}: make a batch for each");
            if (!seen.TryAdd(id, number)) throw Wrong(path, number, $"has the custom_id '{id}' of line {seen[id]}: give each a name of its own");
            if (batches.MaxRequests > 0 && seen.Count > batches.MaxRequests) throw Wrong(path, number, string.Create(CultureInfo.InvariantCulture, $"is one more than the {batches.MaxRequests} requests that a batch may have: make several"));
        }
        return endpoint ?? throw new FailureException($"{Path.GetFileName(path)} has no requests");
    }

    /// <summary>A request's name, and what it asks for.</summary>
    private static (string Id, string Url) Heads(string path, int number, string line)
    {
        try
        {
            using var request = JsonDocument.Parse(line);
            return (Member("custom_id", "request-1"), Member("url", "/v1/chat/completions"));

            string Member(string name, string example) =>
                request.RootElement.ValueKind == JsonValueKind.Object && request.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text
                    ? text : throw Wrong(path, number, $"has no '{name}', e.g. \"{example}\"");
        }
        catch (JsonException e)
        {
            throw new FailureException($"{Path.GetFileName(path)}: line {number} is not valid JSON: {JsonFault.Of(e).Replace("line 1, ", "", StringComparison.Ordinal)}", e);
        }
    }

    private static FailureException Wrong(string path, int number, string fault) => new($"{Path.GetFileName(path)}: line {number} {fault}");

    private static IEnumerable<BatchRequest> Requests(string path, Provider provider)
    {
        foreach (var (number, line) in Lines(path))
        {
            BatchRequest request;
            try
            {
                request = BatchRequest.Parse(Encoding.UTF8.GetBytes(line), provider.Name);
            }
            catch (JsonException e)
            {
                throw new FailureException($"{Path.GetFileName(path)}: line {number}: {e.Message}", e);
            }
            yield return request;
        }
    }

    private static IEnumerable<(int Number, string Line)> Lines(string path)
    {
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line)) yield return (number, line);
        }
    }
}
