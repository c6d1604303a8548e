namespace Muxi.Llm;

/// <summary>The settings that stand in more than one place of a file.</summary>
internal static class SettingReader
{
    /// <summary>Limits on waiting.</summary>
    /// <param name="timeouts">The map.</param>
    /// <param name="hasConnect">Whether the limit on connecting can be set here: connections are shared.</param>
    public static TimeoutSettings Timeouts(Field timeouts, bool hasConnect)
    {
        var section = timeouts.Section();
        var read = new TimeoutSettings(Limit(section["connect"]), Limit(section["first_byte"]), Limit(section["idle"]), Limit(section["total"]));
        if (!hasConnect && section["connect"] is { } connect) throw connect.Error("connections are shared by all: set it once, under timeouts at the top");
        section.End();
        return read;
    }

    /// <summary>How often failed attempts are made again.</summary>
    public static Retries Retries(Field retries)
    {
        var section = retries.Section();
        var usual = new Retries();
        var read = new Retries
        {
            Max = section["max"]?.Whole() ?? usual.Max,
            InitialDelay = section["initial_delay"]?.Duration() ?? usual.InitialDelay,
            MaxDelay = section["max_delay"]?.Duration() ?? usual.MaxDelay,
            MaxRetryAfter = section["max_retry_after"]?.Duration() ?? usual.MaxRetryAfter,
            BudgetRatio = section["budget_ratio"]?.Number() ?? usual.BudgetRatio,
            BudgetPerSecond = section["budget_per_second"]?.Number() ?? usual.BudgetPerSecond,
        };
        section.End();
        try
        {
            return read.Checked();
        }
        catch (ConfigurationException e)
        {
            throw retries.Error(e.Message);
        }
    }

    /// <summary>How servers are started on this machine.</summary>
    public static LocalServerOptions LocalServers(Field servers)
    {
        var section = servers.Section();
        var usual = new LocalServerOptions();
        var read = new LocalServerOptions
        {
            Command = OfThisMachine(section["command"], "a program") is { } command ? Program(command) : null,
            Arguments = OfThisMachine(section["arguments"], "a program's arguments") is { } arguments ? [.. arguments.Items().Select(static one => one.Expanded())] : usual.Arguments,
            ModelsFolder = OfThisMachine(section["models_folder"], "a folder") is { } folder ? InFolder(folder.Expanded(), servers.File) : null,
            StartTimeout = section["start_timeout"]?.Limit() ?? usual.StartTimeout,
            IdleTime = section["idle_time"]?.Limit() ?? usual.IdleTime,
            MaxServers = section["max_servers"]?.Whole() ?? usual.MaxServers,
        };
        section.End();
        try
        {
            return read.Checked();
        }
        catch (ConfigurationException e)
        {
            throw servers.Error(e.Message);
        }
    }

    /// <summary>What a file that was merely found may not say: which program runs, and with what.</summary>
    private static Field? OfThisMachine(Field? field, string what) =>
        field is { File.IsOfWorkingDirectory: true } strangers ? throw strangers.File.Untrusted(strangers.Line, strangers.Path, what, "have a program of theirs run here") : field;

    /// <summary>A name for PATH, or a path that begins where the file lies.</summary>
    private static string Program(Field command) => command.Expanded() is var name && name.AsSpan().ContainsAny('/', '\\') ? InFolder(name, command.File) : name;

    private static string InFolder(string path, YamlFile file)
    {
        var whole = ModelFile.InHome(path, file.Environment);
        return file.Folder is { } folder ? Path.GetFullPath(whole, folder) : whole;
    }

    /// <summary>Headers to add.</summary>
    /// <param name="headers">The map.</param>
    /// <param name="secrets">Takes the values that come from variables.</param>
    public static IReadOnlyList<FileHeader> Headers(Field headers, List<string> secrets)
    {
        var read = new List<FileHeader>();
        foreach (var (name, field) in headers.Entries())
        {
            var value = field.Expanded();
            if (Muxi.Llm.Headers.Fault(name, value) is { } fault) throw field.Error($"the header {fault}");
            var isExpanded = value != field.Text();
            if (isExpanded) secrets.Add(value);
            read.Add(new(name, value, isExpanded || Secrets.IsSecret(name)));
        }
        return read;
    }

    /// <summary>A key that stands in the file, and the variables that may hold one.</summary>
    public static (string? Key, IReadOnlyList<string> Variables) Key(Section section, List<string> secrets)
    {
        var variables = section["api_key_env"] is { } named ? Variables(named) : [];
        if (section["api_key"] is not { } field) return (null, variables);
        if (variables.Count > 0) throw field.Error("there is api_key_env, too: keep one of them");
        // A key that is but a variable is missed when it is needed, not when the file is read.
        if (field.Text() is ['$', '{', .. var name, '}'] && YamlFile.IsVariable(name))
            return section.File.IsOfWorkingDirectory ? throw section.File.Untrusted(field.Line, field.Path, "${...}") : (null, [name]);
        var key = field.Expanded();
        if (key.AsSpan().ContainsAnyExceptInRange('!', '~')) throw field.Error("this cannot be a key: it holds blanks, control characters or other than plain ASCII");
        secrets.Add(key);
        return (key, []);
    }

    private static IReadOnlyList<string> Variables(Field named)
    {
        if (named.File.IsOfWorkingDirectory) throw named.File.Untrusted(named.Line, named.Path, "a variable");
        foreach (var item in named.Items())
            if (!YamlFile.IsVariable(item.Text())) throw item.Error("this is no variable's name (a key itself stands in api_key)");
        return named.Texts();
    }

    private static TimeSpan? Limit(Field? field)
    {
        if (field is not { } set) return null;
        var limit = set.Limit();
        return limit != TimeSpan.Zero ? limit : throw set.Error("a limit must be above zero, or none");
    }
}
