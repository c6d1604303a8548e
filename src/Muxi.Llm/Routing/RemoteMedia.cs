using System.Collections.Immutable;
using System.IO.Enumeration;

namespace Muxi.Llm;

/// <summary>
/// Reads the pictures and files that a request names by an address, for services that do not read addresses: they are asked for through <see cref="Egress"/>, from public hosts
/// only, and go along as data.
/// </summary>
internal sealed class RemoteMedia(Egress egress, LlmOptions options)
{
    /// <summary>How much is read for one call at most, all together: as much as the largest request that any of the services takes.</summary>
    public const int MaxBytes = 64 << 20;

    /// <summary>How many addresses are read for one call at most. They are read one after the other, by whoever runs us.</summary>
    public const int MaxAddresses = 100;

    /// <summary>A chat request with what its service does not read itself.</summary>
    public static ValueTask<ChatCompletionRequest> InChat(ChatCompletionRequest request, MediaReading reading)
    {
        if (reading.Addresses is not { } addresses || !request.Messages.Any(message => message.Blocks.Any(part => Address(part) is { } url && IsRead(url, addresses)))) return new(request);
        return InlineAsync(request, addresses, reading);
    }

    /// <summary>A request for a response, where a chat makes it, likewise.</summary>
    public static async ValueTask<ResponseRequest> InResponse(ResponseRequest request, MediaReading reading)
    {
        if (reading.Addresses is not { } addresses || request.Input is not { Text: null } input) return request;
        if (!input.Items.Any(item => Parts(item).Any(part => (part.ImageUrl ?? part.FileUrl) is { } url && IsRead(url, addresses)))) return request;
        var items = new List<ResponseItem>(input.Items.Count);
        foreach (var item in input.Items)
            items.Add(item with { Content = await InlineAsync(item.Content, addresses, reading).ConfigureAwait(false), Output = await InlineAsync(item.Output, addresses, reading).ConfigureAwait(false) });
        return request with { Input = items };
    }

    /// <summary>What lies at an address.</summary>
    /// <exception cref="BadRequestException">The address is one that is not read, or none are.</exception>
    public async Task<InlineData> ReadAsync(string url, MediaReading reading)
    {
        var fetched = reading.Course.Fetched;
        if (fetched.TryGetValue(url, out var known)) return known;
        var (provider, model) = (reading.Attempt.Context.Provider, reading.Attempt.Context.Model);
        if (options.FetchMedia == false)
            throw Wrong.Request("messages", $"{provider}: the service reads no addresses, and fetch_media is false: send the picture or file itself", provider, model);
        if (fetched.Count == MaxAddresses)
            throw Wrong.Request("messages", $"{provider}: the service reads no addresses, and no more than {MaxAddresses} are read here for one call: send the pictures and files themselves", provider, model);
        var address = new EgressRequest(url, MaxBytes - fetched.Values.Sum(static data => (long)data.Bytes.Length)) { Provider = provider, IsStrangers = true, What = "the address of a picture or file", TooMuch = _tooMuch };
        var bytes = await ReadAsync(address, reading.Attempt).ConfigureAwait(false);
        var type = Media.TypeOf(bytes) ?? (Uri.TryCreate(url, UriKind.Absolute, out var named) ? Media.TypeByName(named.AbsolutePath) : null) ?? "application/octet-stream";
        return fetched[url] = new(bytes, type);
    }

    private static readonly string _tooMuch = $"leads to more than is read for one call, {MaxBytes >> 20} MB of all addresses together";

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

    private static IEnumerable<ResponsePart> Parts(ResponseItem item) => [.. item.Content?.Parts ?? [], .. item.Output?.Parts ?? []];

    private static async ValueTask<ResponseContent?> InlineAsync(ResponseContent? content, ImmutableArray<string> addresses, MediaReading reading)
    {
        if (content is not { IsList: true }) return content;
        var parts = new List<ResponsePart>(content.Parts.Count);
        foreach (var part in content.Parts)
        {
            if ((part.ImageUrl ?? part.FileUrl) is not { } url || !IsRead(url, addresses))
            {
                parts.Add(part);
                continue;
            }
            var data = (await reading.Media.ReadAsync(url, reading).ConfigureAwait(false)).ToString();
            parts.Add(part.ImageUrl is not null ? part with { ImageUrl = data } : part with { FileUrl = null, FileData = data, Filename = part.Filename ?? NameIn(url) });
        }
        return ResponseContent.FromParts(parts);
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
/// <param name="Course">The call, which keeps what was read.</param>
/// <param name="Attempt">The attempt.</param>
/// <param name="Dialect">Who is asked in which format.</param>
internal readonly record struct MediaReading(RemoteMedia Media, Course Course, AttemptInProgress Attempt, object Dialect)
{
    /// <summary>The addresses that the service's chat reads itself; null for all.</summary>
    public ImmutableArray<string>? Addresses => (Dialect switch
    {
        ChatDialect chat => chat.Addresses,
        ResponsesOverChat responses => responses.Addresses,
        ResponsesDialect => ["*"],
        _ => Attempt.Target.Provider.Chat?.ForModel(Attempt.Target.Model).Addresses,
    }) is { } own && own is not ["*"] ? own : null;
}
