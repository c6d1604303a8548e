namespace Muxi.Llm;

/// <summary>A file to hand over to a service.</summary>
public sealed record FileCreateRequest
{
    /// <summary>What is handed over: a file on disk, bytes, or a stream.</summary>
    public required FileSource File { get; init; }

    /// <summary>What it is for; null for the usual purpose of the service, <c>user_data</c> at OpenAI.</summary>
    public FilePurpose? Purpose { get; init; }

    /// <summary>When it is deleted by itself; null leaves it to the service.</summary>
    public FileExpiration? ExpiresAfter { get; init; }

    /// <summary>Whom it is handed over to, by our name; null for OpenAI.</summary>
    public string? Provider { get; init; }

    /// <summary>Further fields, sent as they are; one of a known name goes before the typed one.</summary>
    public Extra Extra { get; init; }
}

/// <summary>Which files to list.</summary>
public sealed record FileListRequest
{
    /// <summary>Whose files, by our name; null for OpenAI's.</summary>
    public string? Provider { get; init; }

    /// <summary>Only those for this purpose.</summary>
    public FilePurpose? Purpose { get; init; }

    /// <summary>How many a page may hold; at OpenAI up to 10,000, and as many without it.</summary>
    public int? Limit { get; init; }

    /// <summary>In which order; the newest first without it.</summary>
    public ListOrder? Order { get; init; }

    /// <summary>Behind which one to begin: a file's id, or <see cref="Page{T}.LastId"/> of the page before.</summary>
    public string? After { get; init; }
}

/// <summary>A file to look at.</summary>
/// <param name="Id">Its id at the service.</param>
public sealed record FileRetrieveRequest(string Id);

/// <summary>Asks that a service forget one of its files.</summary>
/// <param name="Id">Its id at the service.</param>
public sealed record FileDeleteRequest(string Id);

/// <summary>A file to read.</summary>
/// <param name="Id">Its id at the service.</param>
public sealed record FileContentRequest(string Id);

/// <summary>How to wait for a service to be done with a file.</summary>
public sealed record FileWaiting
{
    /// <summary>How often to ask. 2 seconds by default.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>For how long in all. 30 minutes by default.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromMinutes(30);
}
