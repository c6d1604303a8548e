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
        var endpoint = Endpoint(path);
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

    /// <summary>What the first request asks for: the others ask for the same, or the service says so.</summary>
    private static BatchEndpoint Endpoint(string path)
    {
        foreach (var (number, line) in Lines(path))
        {
            try
            {
                if (RawJson.Parse(line).ToElement() is { ValueKind: JsonValueKind.Object } request && request.TryGetProperty("url", out var url) && url.GetString() is { Length: > 0 } endpoint) return endpoint;
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException)
            {
                throw new FailureException($"{Path.GetFileName(path)}: line {number}: {e.Message}", e);
            }
            throw new FailureException($"{Path.GetFileName(path)}: line {number} has no 'url', e.g. \"/v1/chat/completions\"");
        }
        throw new FailureException($"{Path.GetFileName(path)} has no requests");
    }

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
