namespace Muxi.Llm.Gateway;

/// <summary>How the server is set up.</summary>
internal sealed record GatewayOptions
{
    /// <summary>The variable that whoever starts the server reads <see cref="MasterKey"/> from, as its errors name it.</summary>
    public const string KeyVariable = "MUXI_LLM_MASTER_KEY";

    /// <summary>Where to listen: an IP address, or <c>localhost</c>. Beyond this machine only with a <see cref="MasterKey"/>.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The TCP port; 0 takes a free one.</summary>
    public int Port { get; init; } = 4000;

    /// <summary>The key that every request must bring; null for none.</summary>
    public string? MasterKey { get; init; }

    /// <summary>Who can be asked, and how: the one place where configuration comes in.</summary>
    public LlmOptions Client { get; init; } = new();

    /// <summary>The largest body of a request, in bytes. 64 MB by default: OpenAI takes 50 MB of pictures.</summary>
    public int MaxBodyBytes { get; init; } = 64 << 20;

    /// <summary>The largest body of a request that brings files, in bytes; it waits on disk, not in memory. 600 MB by default: OpenAI takes files of 512 MB.</summary>
    public long MaxUploadBytes { get; init; } = 600L << 20;

    /// <summary>How many requests may be under way at once; the next one is a 503. 1,000 by default.</summary>
    public int MaxRequests { get; init; } = 1000;

    /// <summary>How long a service may be silent when it is asked for its list of models; the whole list may take twice as long. 5 seconds by default.</summary>
    public TimeSpan ListPatience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long running requests may go on when the server is to end; then they are cancelled. 4 seconds by default.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>Takes one line for each request: never a body, a key or what stands behind a question mark. Null for none.</summary>
    public Action<string>? Log { get; init; }

    /// <summary>Takes what an operator must know even where nothing is logged: that we have failed.</summary>
    public Action<string>? Complain { get; init; }

    /// <summary>Where it listens: the key is not printed.</summary>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Host}:{Port}");
}
