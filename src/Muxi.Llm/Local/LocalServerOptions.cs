namespace Muxi.Llm;

/// <summary>How servers for models' files are started on this machine, as for <c>llama_cpp/model.gguf</c>.</summary>
public sealed record LocalServerOptions
{
    /// <summary>The program: a path, or a name to find in <c>PATH</c>. Null leaves it to the variable <c>LLAMA_SERVER_PATH</c>, then to the file, then to <c>llama-server</c> in <c>PATH</c>.</summary>
    public string? Command { get; init; }

    /// <summary>Further arguments for the program, one by one: <c>["--ctx-size", "8192", "--gpu-layers", "99"]</c>.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The folder where models' files are looked for that are not where the name says. Null leaves it to the variable <c>LLAMA_ARG_MODELS_DIR</c>, then to the file.</summary>
    public string? ModelsFolder { get; init; }

    /// <summary>How long a call waits for a server: for room where too many run, and then for the model to be loaded. 10 minutes by default.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a server is kept that nobody asks; <see cref="Timeout.InfiniteTimeSpan"/> for as long as the client. 5 minutes by default.</summary>
    public TimeSpan IdleTime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How many servers this process runs at once; the one that was idle longest makes room. 3 by default.</summary>
    public int MaxServers { get; init; } = 3;

    /// <summary>The same, checked.</summary>
    /// <exception cref="ConfigurationException">A number or a time cannot work.</exception>
    internal LocalServerOptions Checked()
    {
        if (MaxServers < 1) throw new ConfigurationException($"LocalServers.MaxServers is {MaxServers}: it must be 1 or more");
        foreach (var (name, time) in (ReadOnlySpan<(string, TimeSpan)>)[(nameof(StartTimeout), StartTimeout), (nameof(IdleTime), IdleTime)])
            if (time != Timeout.InfiniteTimeSpan && (time <= TimeSpan.Zero || time.TotalMilliseconds > int.MaxValue)) throw new ConfigurationException($"LocalServers.{name} is {time}: it must be above zero and below 24 days, or Timeout.InfiniteTimeSpan for none");
        if (Arguments is null || Arguments.Any(static one => one is null)) throw new ConfigurationException("LocalServers.Arguments holds null: give one text for each argument");
        return this;
    }
}
