namespace Muxi.Llm;

/// <summary>A picture that was made. Either its bytes came with the reply, or an address under which they are.</summary>
public sealed record GeneratedImage
{
    private readonly string? _text;

    /// <summary>The picture's bytes where they came with the reply, decoded once; empty where only an address did.</summary>
    public ReadOnlyMemory<byte> Bytes { get; init; }

    /// <summary>The picture in base64, made from <see cref="Bytes"/> at each call; null where it came as an address.</summary>
    public string? B64Json
    {
        get => _text ?? (Bytes.IsEmpty ? null : Convert.ToBase64String(Bytes.Span));
        init => (Bytes, _text) = value is null ? (default, null) : Base64Text.Decode(value) is { } bytes ? (bytes, null) : (default(ReadOnlyMemory<byte>), value);
    }

    /// <summary>The address where it came as one, or a data URI; at OpenAI it holds for an hour.</summary>
    public string? Url { get; init; }

    /// <summary>The prompt as the model has rewritten it.</summary>
    public string? RevisedPrompt { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }

    /// <summary>Set once by the resource, before the caller sees the picture: what reads an address, and whose it is.</summary>
    internal ImageOrigin? Origin { get; set; }

    /// <summary>What it is, told from its bytes, else as the service or the address says; null where nobody tells.</summary>
    public string? MediaType => Media.TypeOf(Bytes.Span) ?? Extra.GetString("mime_type") ?? Extra.GetString("media_type") ?? (Url is null ? null : DataUri.Read(Url)?.MediaType);

    /// <summary>
    /// The picture's bytes: those that came with the reply, those of a data URI, or what is read now from its address. That is read only over https and from public
    /// addresses (the service's own origin apart, where it is one of yours), without any key or header of the settings, through three redirects and for 64 MB at most.
    /// </summary>
    /// <exception cref="BadRequestException">The address is one that is not read.</exception>
    /// <exception cref="ApiException">The address answered with an error (it holds no longer), or there is nothing that could be read.</exception>
    /// <exception cref="ApiConnectionException">No reply came from the address, or not in time.</exception>
    public Task<ReadOnlyMemory<byte>> ReadBytesAsync(CancellationToken cancellationToken = default)
    {
        if (!Bytes.IsEmpty) return Task.FromResult(Bytes);
        var origin = Origin ?? ImageOrigin.Unknown;
        if (Url is not { Length: > 0 } url) throw origin.Unreadable(_text is null ? "the picture came without bytes and without an address" : "the picture's base64 is broken");
        if (DataUri.Read(url) is not { } data) return origin.ReadAsync(url, cancellationToken);
        return Task.FromResult<ReadOnlyMemory<byte>>(data.Bytes() ?? throw origin.Unreadable("the picture's data URI is broken"));
    }

    /// <summary>Saves the picture as this file, reading it first where it came as an address. One that is there already is replaced.</summary>
    /// <exception cref="IOException">The file cannot be written; nothing is left behind.</exception>
    /// <exception cref="LlmException">As <see cref="ReadBytesAsync"/>.</exception>
    public async Task SaveAsync(string path, CancellationToken cancellationToken = default) =>
        await ImageSaving.ReplaceAsync(path, await ReadBytesAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    /// <summary>What it is, without its bytes.</summary>
    public override string ToString() => $"{nameof(GeneratedImage)} {{ {MediaType ?? "?"}, {(Bytes.IsEmpty ? Url is null ? "nothing" : "at an address" : $"{Bytes.Length} bytes")} }}";
}

/// <summary>Where a picture's address was told, and what reads it.</summary>
/// <param name="Egress">Reads it.</param>
/// <param name="Provider">Who told it; null where nobody knows.</param>
/// <param name="Own">The service's origin, where it is one that whoever runs us has set up; else null.</param>
internal sealed record ImageOrigin(Egress Egress, string? Provider, Uri? Own)
{
    private const long MaxBytes = 64 << 20;

    /// <summary>Of a picture that was parsed from text.</summary>
    public static ImageOrigin Unknown => new(LlmClient.Default.Egress, null, null);

    public async Task<ReadOnlyMemory<byte>> ReadAsync(string url, CancellationToken cancellationToken) =>
        await Egress.ReadAsync(new(url, MaxBytes) { Own = Own, Provider = Provider, What = "the picture's address" }, cancellationToken).ConfigureAwait(false);

    public ServerException Unreadable(string what) => new(Provider is null ? what : $"{Provider}: {what}") { Provider = Provider, Status = System.Net.HttpStatusCode.BadGateway };
}
