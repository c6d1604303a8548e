using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Muxi.Llm.Cli;

/// <summary><c>muxi-llm files</c>: what is kept at a service.</summary>
internal sealed class FilesCommand : CliCommand
{
    private readonly Terminal _terminal;
    private readonly Argument<string[]> _files = new("FILE...") { Description = "What to hand over; - is stdin.", Arity = ArgumentArity.OneOrMore };
    private readonly Argument<string> _id = new("ID") { Description = "The file, as files list shows it: provider/id." };
    private readonly Argument<string[]> _ids = new("ID...") { Description = "The files, as files list shows them: provider/id.", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string> _provider = new("--provider") { HelpName = "NAME", Description = "Whose files. Without it OpenAI's, else those of the only service that is set up, else the sandbox's." };
    private readonly Option<string> _purpose = new("--purpose") { HelpName = "PURPOSE", Description = "What a file is for: user_data, assistants, batch, fine-tune, vision, evals, ..." };
    private readonly Option<int?> _expires = new("--expires") { HelpName = "HOURS", Description = "Lets the service delete the file after so many hours, 1 to 720.", CustomParser = Given.Whole("--expires", 1, 720) };
    private readonly Option<string> _name = new("--name") { HelpName = "NAME", Description = "The file's name at the service; for stdin it is needed." };
    private readonly Option<int?> _limit = new("--limit") { HelpName = "N", Description = "Shows so many at most.", CustomParser = Given.Whole("--limit") };
    private readonly Option<string> _output = new("--output", "-o") { HelpName = "FILE|DIR|-", Description = "Where to write to; - is stdout. Without it the file goes into this directory under its own name." };
    private readonly Option<bool> _force = OutputFile.Force();
    private readonly Option<bool> _json = new("--json") { Description = "Prints the reply as JSON, in OpenAI's form." };

    public FilesCommand(Terminal terminal) : base("files", "Hands files over to a service, lists, fetches and deletes them.")
    {
        _terminal = terminal;
        Add("upload", "Hands files over and prints their ids; a large one goes in parts.", "muxi-llm files upload notes.pdf\n  muxi-llm files upload --purpose batch --provider groq requests.jsonl\n  make-requests | muxi-llm files upload --purpose batch --name requests.jsonl -", UploadAsync, _files, _purpose, _provider, _expires, _name, _json);
        Add("list", "Lists a service's files, the newest first.", "muxi-llm files list\n  muxi-llm files list --provider anthropic --limit 20\n  muxi-llm files list --purpose batch --json", ListAsync, _provider, _purpose, _limit, _json);
        Add("get", "Tells what is known of a file.", "muxi-llm files get openai/file-abc123", GetAsync, _id, _json);
        Add("download", "Fetches what a file holds, and prints where it was written to.", "muxi-llm files download openai/file-abc123\n  muxi-llm files download openai/file-abc123 -o results.jsonl\n  muxi-llm files download openai/file-abc123 -o - | head", DownloadAsync, _id, _output, _force);
        Add("delete", "Deletes files and prints their ids.", "muxi-llm files delete openai/file-abc123", DeleteAsync, _ids, _json);
    }

    public override string Ending => """
        A file is called provider/id; an id alone is one of the provider whose files would be listed.

        Examples:
          muxi-llm files upload notes.pdf
          muxi-llm files list --provider openai
          muxi-llm files download openai/file-abc123 -o results.jsonl
          muxi-llm files delete openai/file-abc123

        """;

    private async Task<int> UploadAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var paths = parsed.GetValue(_files)!;
        var name = parsed.GetValue(_name);
        if (paths.Contains("-") && string.IsNullOrEmpty(name)) throw new UsageException("stdin has no name: give the file one with --name.");
        if (name is not null && paths.Length > 1) throw new UsageException("--name is for one file.");
        // Whatever can be wrong with any of them is told before the first is sent.
        var sources = paths.Select(path => Source(path, name)).ToList();
        using var client = _terminal.Connect();
        var provider = Owner(client, parsed.GetValue(_provider));
        foreach (var source in sources)
        {
            using var bar = new TransferBar(_terminal, source.Filename);
            var request = new FileCreateRequest
            {
                File = source with { Progress = bar }, Provider = provider.Name,
                Purpose = parsed.GetValue(_purpose) is { Length: > 0 } purpose ? purpose : default(FilePurpose?), ExpiresAfter = parsed.GetValue(_expires) is { } hours ? TimeSpan.FromHours(hours) : default(FileExpiration?),
            };
            var file = await Failures.OnDiskAsync("upload", () => client.Files.UploadAsync(request, null, cancellationToken));
            bar.Dispose();
            _terminal.TellWarnings(file);
            Print(file, parsed.GetValue(_json), static file => file.QualifiedId + "\n");
        }
        return 0;
    }

    private async Task<int> ListAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var client = _terminal.Connect();
        var (limit, files) = (parsed.GetValue(_limit), new List<FileObject>());
        var request = new FileListRequest { Provider = Owner(client, parsed.GetValue(_provider)).Name, Purpose = parsed.GetValue(_purpose) is { Length: > 0 } purpose ? purpose : default(FilePurpose?) };
        await foreach (var file in client.Files.ListAsync(request, null, cancellationToken))
        {
            files.Add(file);
            if (files.Count == limit) break;
        }
        _terminal.Write(parsed.GetValue(_json) ? Json(files) : Table(files));
        return 0;
    }

    private async Task<int> GetAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var client = _terminal.Connect();
        Print(await client.Files.RetrieveAsync(Id(client, parsed.GetValue(_id)!), null, cancellationToken), parsed.GetValue(_json), Lines);
        return 0;
    }

    private async Task<int> DownloadAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var client = _terminal.Connect();
        var (id, output) = (Id(client, parsed.GetValue(_id)!), parsed.GetValue(_output));
        if (output == "-")
        {
            await using var content = await client.Files.ContentAsync(id, null, cancellationToken);
            await _terminal.CopyToOutputAsync(content.Content, cancellationToken);
            return 0;
        }
        var path = Path.GetFullPath(output ?? ".", _terminal.WorkingDirectory);
        if (!Directory.Exists(path)) OutputFile.Check(_terminal, output, parsed.GetValue(_force));
        string written;
        using (var bar = new TransferBar(_terminal, id)) written = await Failures.OnDiskAsync("download", () => client.Files.DownloadAsync(id, path, bar, cancellationToken));
        _terminal.Write((output is null ? Path.GetFileName(written) : Directory.Exists(path) ? Path.Combine(output, Path.GetFileName(written)) : output) + "\n");
        return 0;
    }

    private async Task<int> DeleteAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var client = _terminal.Connect();
        var code = 0;
        foreach (var id in parsed.GetValue(_ids)!)
        {
            try
            {
                var deleted = await client.Files.DeleteAsync(Id(client, id), null, cancellationToken);
                if (!deleted.Deleted) throw new FailureException($"{id} was not deleted");
                var name = $"{deleted.Provider}/{deleted.Id}";
                _terminal.Write(parsed.GetValue(_json) ? JsonText.Of(json => FileJson.Write(json, deleted with { Id = name })) : name + "\n");
            }
            catch (Exception e) when (e is LlmException or FailureException)
            {
                // The others are deleted all the same.
                Failures.Tell(e, _terminal);
                code = Failures.Failed;
            }
        }
        return code;
    }

    /// <summary>Who keeps the files; standard error says it where nobody named one.</summary>
    private Provider Owner(LlmClient client, string? named)
    {
        if (named is not null) return client.Targets.Provider(named);
        var provider = KeptThings.Files.Owner(client);
        _terminal.Note($"{provider.Name} keeps the files (--provider names another service)");
        return provider;
    }

    private string Id(LlmClient client, string id) => id.Contains('/', StringComparison.Ordinal) ? id : $"{Owner(client, null).Name}/{id}";

    private FileSource Source(string path, string? name)
    {
        try
        {
            if (path == "-") return FileSource.FromStream(_terminal.InBytes, name!);
            var whole = Path.GetFullPath(path, _terminal.WorkingDirectory);
            // The name of a shell's <(command) is but a number.
            if (name is null && Saving.IsPassage(whole) && whole.StartsWith("/dev/", StringComparison.Ordinal)) throw new UsageException($"{path} has no name: give the file one with --name.");
            var source = Attachments.OpenPipe(whole) is { } pipe ? FileSource.FromStream(pipe, name ?? whole) : FileSource.FromFile(whole);
            return name is null ? source : source with { Filename = name };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new FailureException(e.Message, e);
        }
    }

    private void Print(FileObject file, bool isJson, Func<FileObject, string> text) =>
        _terminal.Write(isJson ? JsonText.Of(json => FileJson.Write(json, file with { Id = file.QualifiedId })) : text(file));

    private static string Json(List<FileObject> files) => JsonText.Of(json => FileJson.Write(json, new Page<FileObject> { Data = [.. files.Select(static file => file with { Id = file.QualifiedId })] }));

    private static string Table(List<FileObject> files)
    {
        if (files.Count == 0) return "";
        var rows = files.ConvertAll(static file => (Id: file.QualifiedId, Size: ByteCount.Of(file.Bytes), Time: UnixTime.Of(file.CreatedAt), Purpose: file.Purpose?.Value ?? "-", file.Filename));
        var (id, size, purpose) = (rows.Max(static row => row.Id.Length), rows.Max(static row => row.Size.Length), rows.Max(static row => row.Purpose.Length));
        return string.Concat(rows.Select(row => $"{row.Id.PadRight(id)}  {row.Size.PadLeft(size)}  {row.Time}  {row.Purpose.PadRight(purpose)}  {row.Filename.ReplaceLineEndings(" ")}\n"));
    }

    private static string Lines(FileObject file)
    {
        (string Name, string? Value)[] lines =
        [
            ("id", file.QualifiedId), ("filename", file.Filename.ReplaceLineEndings(" ")), ("bytes", file.Bytes.ToString(CultureInfo.InvariantCulture)), ("created", UnixTime.Of(file.CreatedAt)), ("expires", file.ExpiresAt is { } expires ? UnixTime.Of(expires) : null),
            ("purpose", file.Purpose?.Value), ("status", file.Status?.Value), ("details", file.StatusDetails), ("media type", file.MimeType), ("downloadable", file.Downloadable is { } may ? may ? "yes" : "no" : null),
        ];
        return string.Concat(lines.Where(static line => !string.IsNullOrEmpty(line.Value)).Select(static line => $"{line.Name.PadRight(12)}  {line.Value}\n"));
    }
}
