using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Muxi.Llm.Cli;

/// <summary>What a command sees of the world: streams, whether people sit at them, variables and signals. Tests give their own.</summary>
internal sealed class Terminal
{
    private static readonly UTF8Encoding _utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Standard input.</summary>
    public required TextReader In { get; init; }

    /// <summary>Standard output: answers, and nothing else. Commands write with <see cref="Write"/>.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Standard input as bytes, for commands that take a file there.</summary>
    public Stream InBytes { get; init; } = Stream.Null;

    /// <summary>Standard output as bytes. Commands write with <see cref="CopyToOutputAsync"/>.</summary>
    public Stream OutBytes { get; init; } = Stream.Null;

    /// <summary>Standard error: everything else.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Whether somebody types the input.</summary>
    public bool IsInTerminal { get; init; }

    /// <summary>Whether somebody reads the answers as they come.</summary>
    public bool IsOutTerminal { get; init; }

    /// <summary>Whether somebody reads the notes as they come.</summary>
    public bool IsErrorTerminal { get; init; }

    /// <summary>Reads a variable of the environment.</summary>
    public Func<string, string?> Environment { get; init; } = System.Environment.GetEnvironmentVariable;

    /// <summary>Ctrl-C and SIGTERM.</summary>
    public required Interrupts Interrupts { get; init; }

    /// <summary>How long to wait for the first byte of an input that was not asked for: a script's open pipe may never bring one.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The terminal of this process.</summary>
    public static Terminal OfProcess(Interrupts interrupts)
    {
        var error = new StreamWriter(Console.OpenStandardError(), _utf8) { AutoFlush = true };
        var output = StandardOutput();
        return new()
        {
            InBytes = Console.OpenStandardInput(),
            OutBytes = output,
            In = Console.IsInputRedirected ? new StreamReader(Console.OpenStandardInput(), _utf8) : Console.In,
            Out = new StreamWriter(output, _utf8) { AutoFlush = true },
            Error = error,
            IsInTerminal = !Console.IsInputRedirected,
            IsOutTerminal = !Console.IsOutputRedirected,
            IsErrorTerminal = !Console.IsErrorRedirected,
            Interrupts = interrupts,
            Width = static () => Console.WindowWidth is > 0 and var width ? width : 80,
            Editor = CanEdit() ? new(static () => Console.ReadKey(intercept: true), error.Write, static () => Console.WindowWidth) : null,
        };
    }

    /// <summary>How many letters a line has.</summary>
    public Func<int> Width { get; init; } = static () => 80;

    /// <summary>How often a failed attempt is made again.</summary>
    public Retries? Retries { get; init; }

    /// <summary>Where the program was started.</summary>
    public string WorkingDirectory { get; init; } = Directory.GetCurrentDirectory();

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The configuration, once a command has asked for it.</summary>
    public LlmConfiguration Configuration { get; private set; } = LlmConfiguration.Empty;

    private Targets? _targets;

    /// <summary>All providers that are known here.</summary>
    public IEnumerable<Provider> Providers => Configuration.Providers.Concat(Catalog.All).DistinctBy(provider => provider.Name);

    /// <summary>Reads the configuration, the given file or the one that is found, and says which one it is.</summary>
    public void LoadConfiguration(string? file = null)
    {
        var found = file is null ? LlmConfiguration.Find(Environment, WorkingDirectory) : LlmConfiguration.Load(file, Environment);
        if (found is null) return;
        Configuration = found;
        Note($"configuration: {found.Name}{(found is { IsOfWorkingDirectory: true, HasAddresses: true } ? " (found here: its addresses get no key of the environment)" : "")}");
    }

    /// <summary>Where credentials come from that are more than a key.</summary>
    public IReadOnlyList<ICredentialSource> Credentials { get; } = [new AwsCredentials(), new AzureCredentials(), new GoogleCredentials()];

    /// <summary>A client with the settings of this environment and of the configuration that is found.</summary>
    public LlmClient Connect()
    {
        LoadConfiguration();
        return Connect(static options => options);
    }

    /// <summary>A client with these settings changed, once the configuration is loaded.</summary>
    public LlmClient Connect(Func<LlmOptions, LlmOptions> change)
    {
        var client = new LlmClient(change(new() { Environment = Environment, Retries = Retries, Configuration = Configuration, Credentials = Credentials, LoggerFactory = new Progress(this) }));
        _targets = client.Targets;
        return client;
    }

    /// <summary>Where a service's key came from, or should come from: a variable, or a line of the configuration; null where there is no such service.</summary>
    public string? KeySource(string? provider) =>
        provider is not null && Providers.FirstOrDefault(known => known.Name == provider) is { } known ? _targets?.KeySource(known) ?? known.CustomaryVariable : null;

    /// <summary>A variable that is set to something; else null.</summary>
    public string? Variable(string name) => Environment(name)?.Trim() is { Length: > 0 } value ? value : null;

    /// <summary>Writes to standard output at once.</summary>
    /// <exception cref="OutputClosedException">Nobody reads any more.</exception>
    /// <exception cref="FailureException">The text cannot be written: the disk is full.</exception>
    public void Write(string text) => Try(() => Out.Write(IsOutTerminal ? Visible(text) : text));

    /// <summary>Writes to standard output on a coloured background, in black; a line break is not coloured.</summary>
    /// <param name="background">One of a terminal's 256 colours.</param>
    /// <param name="text">The text; what would steer the terminal is made visible.</param>
    /// <exception cref="OutputClosedException">Nobody reads any more.</exception>
    /// <exception cref="FailureException">The text cannot be written: the disk is full.</exception>
    public void WriteOn(int background, string text)
    {
        var on = $"\e[30;48;5;{background}m";
        Try(() => Out.Write($"{on}{Visible(text).Replace("\n", $"\e[39;49m\n{on}", StringComparison.Ordinal)}\e[39;49m"));
    }

    /// <summary>Writes bytes to standard output as they come.</summary>
    /// <exception cref="OutputClosedException">Nobody reads any more.</exception>
    /// <exception cref="FailureException">They cannot be written: the disk is full.</exception>
    public async Task CopyToOutputAsync(Stream bytes, CancellationToken cancellationToken)
    {
        var buffer = new byte[1 << 16];
        while (await bytes.ReadAsync(buffer, cancellationToken) is > 0 and var count)
        {
            try
            {
                await OutBytes.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
                await OutBytes.FlushAsync(cancellationToken);
            }
            catch (Exception e) when (Unwritten(e) is { } reason)
            {
                throw reason;
            }
        }
    }

    private static void Try(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (Unwritten(e) is { } reason)
        {
            throw reason;
        }
    }

    /// <summary>Why standard output took nothing; null where it is not its doing.</summary>
    private static Exception? Unwritten(Exception error) => error switch
    {
        IOException e when IsBrokenPipe(e) => new OutputClosedException(),
        IOException or UnauthorizedAccessException => new FailureException($"cannot write to standard output: {error.Message}", error),
        _ => null,
    };

    /// <summary>Tells something on standard error, in one line.</summary>
    public void Note(string line) => Error.WriteLine($"muxi-llm: {OneLine(line)}");

    /// <summary>Shows text that is no answer, as it comes. Whether it can be written does not matter.</summary>
    public void WriteError(string text) => Error.Write(IsErrorTerminal ? Visible(text) : text);

    /// <summary>The model's thinking, where somebody looks: dimmed, unless NO_COLOR is set.</summary>
    public void WriteDim(string text)
    {
        if (Variable("NO_COLOR") is null) Error.Write($"\e[2m{Visible(text)}\e[22m");
        else Error.Write(Visible(text));
    }

    /// <summary>Lets a line be edited while it is typed; null where the terminal does that itself, or nobody types.</summary>
    public LineEditor? Editor { get; init; }

    /// <summary>The next line; null at the input's end.</summary>
    /// <param name="prompt">What asks for it.</param>
    /// <param name="history">What was said before, to be gone through.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task<string?> ReadLineAsync(string prompt, IReadOnlyList<string> history, CancellationToken cancellationToken)
    {
        if (Editor is null) WriteError(prompt);
        // Reading a terminal cannot be cancelled; the thread is left behind.
        return Task.Run(() => Editor is null ? In.ReadLine() : Editor.Read(prompt, history), CancellationToken.None).WaitAsync(cancellationToken);
    }

    /// <summary>The whole input; null when nothing came in time.</summary>
    public async Task<string?> ReadAllAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        if (IsInTerminal) return await Task.Run(ReadTyped, CancellationToken.None).WaitAsync(cancellationToken);
        var buffer = new char[4096];
        int count;
        try
        {
            count = await Task.Run(() => In.Read(buffer), CancellationToken.None).WaitAsync(patience, cancellationToken);
        }
        catch (TimeoutException)
        {
            return null;
        }
        if (count == 0) return "";
        var rest = await Task.Run(In.ReadToEnd, CancellationToken.None).WaitAsync(cancellationToken);
        return string.Concat(buffer.AsSpan(0, count), rest);
    }

    /// <summary>Windows' console edits lines itself; elsewhere it takes a terminal that understands more than letters, at both ends.</summary>
    private static bool CanEdit() =>
        !OperatingSystem.IsWindows() && !Console.IsInputRedirected && !Console.IsErrorRedirected && System.Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");

    /// <summary>Lines until Ctrl-D. A terminal goes on after it, so it must be taken once.</summary>
    private string ReadTyped()
    {
        var text = new StringBuilder();
        while (In.ReadLine() is { } line) text.Append(line).Append('\n');
        return text.ToString();
    }

    /// <summary>One line without anything that could move a cursor.</summary>
    private static string OneLine(string text)
    {
        var line = new StringBuilder(text.Length);
        foreach (var c in text)
            if (!char.IsControl(c) && c is not ('\u2028' or '\u2029')) line.Append(c);
            else if (line.Length > 0 && line[^1] != ' ') line.Append(' ');
        return line.ToString().TrimEnd();
    }

    /// <summary>A model must not steer the terminal: control characters are shown as their pictures.</summary>
    private static string Visible(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\0', '\x1f') && !text.AsSpan().ContainsAnyInRange('\x7f', '\x9f')) return text;
        return string.Create(text.Length, text, static (shown, text) =>
        {
            for (var i = 0; i < text.Length; i++)
                shown[i] = text[i] switch
                {
                    '\n' or '\r' or '\t' => text[i],
                    < ' ' => (char)('\u2400' + text[i]),
                    '\x7f' => '\u2421',
                    >= '\x80' and <= '\x9f' => '\ufffd',
                    _ => text[i],
                };
        });
    }

    /// <summary>
    /// Console's own stream keeps quiet when a pipe is broken, so that a stream nobody reads would go on; a file stream tells. Of a regular file it would write at
    /// places of its own counting, over what another process appended.
    /// </summary>
    private static Stream StandardOutput()
    {
        if (OperatingSystem.IsWindows() || !Console.IsOutputRedirected) return Console.OpenStandardOutput();
        try
        {
            var direct = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            if (!direct.CanSeek) return direct;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // Closed, or something that a file stream does not take.
        }
        return Console.OpenStandardOutput();
    }

    /// <summary>EPIPE or ECONNRESET, and what Windows says for them.</summary>
    private static bool IsBrokenPipe(IOException e) => OperatingSystem.IsWindows() ? (e.HResult & 0xFFFF) is 109 or 232 : e.HResult is 32 or 54 or 104;
}

/// <summary>Whoever read our output has gone: there is nobody left to tell.</summary>
internal sealed class OutputClosedException : Exception;
