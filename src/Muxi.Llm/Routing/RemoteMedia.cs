using System.Collections.Immutable;
using System.IO.Enumeration;

namespace Muxi.Llm;

/// <summary>
/// Reads the pictures and files that a request names by an address, for services that do not read addresses: they are asked for through <see cref="Egress"/>, from public hosts
/// only, and go along as data.
/// </summary>
internal sealed class RemoteMedia(Egress egress, LlmOptions options)
{
    /// <summary>How much of one is read at most: as much as the largest request that any of the services takes.</summary>
    public const int MaxBytes = 64 << 20;

    /// <summary>A chat request with what its service does not read itself.</summary>
    public static ValueTask<ChatCompletionRequest> InChat(ChatCompletionRequest request, MediaReading reading)
    {
        if (reading.Addresses is not { } addresses || !request.Messages.Any(message => message.Blocks.Any(part => Address(part) is { } url && IsRead(url, addresses)))) return new(request);
        return InlineAsync(request, addresses, reading);
    }

    /// <summary>What lies at an address.</summary>
    /// <exception cref="BadRequestException">The address is one that is not read, or none are.</exception>
    public async Task<InlineData> ReadAsync(string url, MediaReading reading)
    {
        if (reading.Fetched.TryGetValue(url, out var known)) return known;
        var (provider, model) = (reading.Attempt.Context.Provider, reading.Attempt.Context.Model);
        if (!options.FetchMedia)
            throw Wrong.Request("messages", $"{provider}: the service reads no addresses, and LlmOptions.FetchMedia is off: send the picture or file itself", provider, model);
        var bytes = await ReadAsync(new(url, MaxBytes) { Provider = provider, What = "the address of a picture or file" }, reading.Attempt).ConfigureAwait(false);
        var type = Media.TypeOf(bytes) ?? (Uri.TryCreate(url, UriKind.Absolute, out var address) ? Media.TypeByName(address.AbsolutePath) : null) ?? "application/octet-stream";
        return reading.Fetched[url] = new(bytes, type);
    }

    private async Task<byte[]> ReadAsync(EgressRequest address, AttemptInProgress attempt)
    {
        try
        {
            return await egress.ReadAsync(address, attempt.Waiting.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e)
        {
            throw attempt.Waiting.Explain(e, attempt.Context.Provider, attempt.Context.Model);
        }
    }

    private static async ValueTask<ChatCompletionRequest> InlineAsync(ChatCompletionRequest request, ImmutableArray<string> addresses, MediaReading reading)
    {
        var messages = new List<Message>(request.Messages.Count);
        foreach (var message in request.Messages)
        {
            var parts = new List<ContentPart>(message.Blocks.Count);
            foreach (var part in message.Blocks) parts.Add(Address(part) is { } url && IsRead(url, addresses) ? With(part, url, await reading.Media.ReadAsync(url, reading).ConfigureAwait(false)) : part);
            messages.Add(message with { Blocks = parts });
        }
        return request with { Messages = messages };
    }

    private static string? Address(ContentPart part)
    {
        if (part.ImageUrl is { Data: null } picture) return picture.Url;
        return part.File is { Data: null, FileData: { } file } ? file : null;
    }

    /// <summary>Whether an address is read here: one of the web, and none that the service reads.</summary>
    private static bool IsRead(string url, ImmutableArray<string> addresses) =>
        (url.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || url.StartsWith("http://", StringComparison.OrdinalIgnoreCase)) && !addresses.Any(glob => FileSystemName.MatchesSimpleExpression(glob, url));

    private static ContentPart With(ContentPart part, string url, InlineData data) => part.ImageUrl is { } picture
        ? part with { ImageUrl = new(data, picture.Detail) { Extra = picture.Extra } }
        : part with { File = new() { Filename = part.File!.Filename ?? NameIn(url), Data = data, Extra = part.File.Extra } };

    private static string? NameIn(string url) => Uri.TryCreate(url, UriKind.Absolute, out var address) && Uri.UnescapeDataString(address.Segments[^1]) is { Length: > 0 } name && name != "/" ? name : null;
}

/// <summary>What one attempt reads of addresses.</summary>
/// <param name="Media">Reads.</param>
/// <param name="Fetched">What was read before, by address.</param>
/// <param name="Attempt">The attempt.</param>
internal readonly record struct MediaReading(RemoteMedia Media, Dictionary<string, InlineData> Fetched, AttemptInProgress Attempt)
{
    /// <summary>The addresses that the service's chat reads itself; null for all.</summary>
    public ImmutableArray<string>? Addresses =>
        Attempt.Target.Provider.Chat?.ForModel(Attempt.Target.Model) is { Addresses: var own } && !own.Contains("*") ? own : null;
}
