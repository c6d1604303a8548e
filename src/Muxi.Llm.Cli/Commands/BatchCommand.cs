using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text;

namespace Muxi.Llm.Cli;

/// <summary><c>muxi-llm batch</c>: many requests at once, for when there is time.</summary>
internal sealed class BatchCommand : CliCommand
{
    private readonly Terminal _terminal;
    private readonly Argument<string> _file = new("FILE.jsonl") { Description = "The requests, one a line, in OpenAI's form: custom_id, method, url, body." };
    private readonly Argument<string> _id = new("ID") { Description = "The batch, as batch list shows it: provider/id." };
    private readonly Option<string> _provider = new("--provider") { HelpName = "NAME", Description = "Who answers. Without it OpenAI, else the only service that is set up and has batches, else the sandbox." };
    private readonly Option<string> _window = new("--window") { HelpName = "TIME", Description = "Within which time: 24h without it; Groq takes up to 7d." };
    private readonly Option<string[]> _metadata = new("--metadata") { HelpName = "NAME=VALUE", Description = "A note that is kept with the batch; may be given several times." };
    private readonly Option<int?> _expires = new("--expires") { HelpName = "HOURS", Description = "Lets the service delete the results after so many hours, 1 to 720.", CustomParser = Given.Whole("--expires", 1, 720) };
    private readonly Option<bool> _wait = new("--wait") { Description = "Waits until the batch has ended, and gives its results." };
    private readonly Option<int?> _interval = new("--interval") { HelpName = "SECONDS", Description = "How often to ask; 30 without it.", CustomParser = Given.Whole("--interval") };
    private readonly Option<int?> _limit = new("--limit") { HelpName = "N", Description = "Shows so many at most.", CustomParser = Given.Whole("--limit") };
    private readonly Option<string> _output = new("--output", "-o") { HelpName = "FILE|-", Description = "Where the results go; without it, or with -, to stdout." };
    private readonly Option<bool> _force = OutputFile.Force();
    private readonly Option<bool> _json = new("--json") { Description = "Prints the reply as JSON, in OpenAI's form." };

    public BatchCommand(Terminal terminal) : base("batch", "Has many requests answered at once when a service has time for them, for less money.")
    {
        _terminal = terminal;
        Add("create", "Makes a batch of a file with requests and prints its id.", "muxi-llm batch create requests.jsonl\n  muxi-llm batch create requests.jsonl --provider anthropic\n  muxi-llm batch create requests.jsonl --wait -o results.jsonl", CreateAsync, _file, _provider, _window, _metadata, _expires, _wait, _interval, _output, _force, _json);
        Add("list", "Lists a service's batches, the newest first.", "muxi-llm batch list\n  muxi-llm batch list --provider anthropic --limit 20", ListAsync, _provider, _limit, _json);
        Add("get", "Tells how far a batch is.", "muxi-llm batch get openai/batch_abc123", GetAsync, _id, _json);
        Add("wait", "Waits until a batch has ended; the exit code is 1 where it is not completed.", "muxi-llm batch wait openai/batch_abc123 --interval 60", WaitAsync, _id, _interval, _json);
        Add("cancel", "Stops a batch.", "muxi-llm batch cancel openai/batch_abc123", CancelAsync, _id, _json);
        Add("results", "Gives the results of a batch that has ended, one a line, in OpenAI's form whoever answered.", "muxi-llm batch results openai/batch_abc123 -o results.jsonl\n  muxi-llm batch results anthropic/msgbatch_abc123 | jq .custom_id", ResultsAsync, _id, _output, _force);
        Add("delete", "Deletes a batch and its results, where the service does so: Anthropic.", "muxi-llm batch delete anthropic/msgbatch_abc123", DeleteAsync, _id);
    }

    public override string Ending => """
        A batch is called provider/id; an id alone is one of the provider whose batches would be listed.

        Examples:
          muxi-llm batch create requests.jsonl --provider openai
          muxi-llm batch wait openai/batch_abc123
          muxi-llm batch results openai/batch_abc123 -o results.jsonl

        """;

    private async Task<int> CreateAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var path = Path.GetFullPath(parsed.GetValue(_file)!, _terminal.WorkingDirectory);
        var (output, waits) = (OutputFile.Named(parsed.GetValue(_output)), parsed.GetValue(_wait));
        if (!waits && output is not null) throw new UsageException("-o is for the results: it needs --wait.");
        OutputFile.Check(_terminal, output, parsed.GetValue(_force));
        var metadata = Metadata(parsed.GetValue(_metadata));
        var expires = parsed.GetValue(_expires) is { } hours ? TimeSpan.FromHours(hours) : default(FileExpiration?);
        using var client = _terminal.Connect();
        var provider = Owner(client, parsed.GetValue(_provider));
        Batch batch;
        using (var bar = new TransferBar(_terminal, Path.GetFileName(path)))
        {
            var settings = new BatchSettings { CompletionWindow = parsed.GetValue(_window), Metadata = metadata, OutputExpiresAfter = expires, Progress = bar, Filename = Path.GetFileName(path) };
            batch = await Failures.OnDiskAsync("create", () => BatchFile.CreateAsync(client, provider, path, settings, cancellationToken));
        }
        _terminal.TellWarnings(batch);
        if (!waits)
        {
            Print(batch, parsed.GetValue(_json), static batch => batch.QualifiedId + "\n");
            if (IsSandbox(provider)) _terminal.Note("a batch of the sandbox ends with the program: --wait gives its results");
            return 0;
        }
        _terminal.Note($"the batch is {batch.QualifiedId}");
        var ended = await WaitAsync(client, batch.QualifiedId, parsed, cancellationToken);
        if (ended.Status != BatchStatus.Failed) await WriteResultsAsync(client, ended.QualifiedId, output, cancellationToken);
        return Verdict(ended);
    }

    private async Task<int> ListAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var client = _terminal.Connect();
        var (limit, batches) = (parsed.GetValue(_limit), new List<Batch>());
        await foreach (var batch in client.Batches.ListAsync(new() { Provider = Owner(client, parsed.GetValue(_provider)).Name }, null, cancellationToken))
        {
            batches.Add(batch);
            if (batches.Count == limit) break;
        }
        _terminal.Write(parsed.GetValue(_json) ? JsonText.Of(json => BatchJson.Write(json, new Page<Batch> { Data = [.. batches.Select(static batch => batch.Qualified())] })) : Table(batches));
        return 0;
    }

    private async Task<int> GetAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var client = _terminal.Connect();
        Print(await client.Batches.RetrieveAsync(Id(client, parsed.GetValue(_id)!), null, cancellationToken), parsed.GetValue(_json), Lines);
        return 0;
    }

    private async Task<int> WaitAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var client = _terminal.Connect();
        var batch = await WaitAsync(client, Id(client, parsed.GetValue(_id)!), parsed, cancellationToken);
        Print(batch, parsed.GetValue(_json), Lines);
        return Verdict(batch);
    }

    private async Task<int> CancelAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var client = _terminal.Connect();
        Print(await client.Batches.CancelAsync(Id(client, parsed.GetValue(_id)!), null, cancellationToken), parsed.GetValue(_json), static batch => $"{batch.QualifiedId} {batch.Status}\n");
        return 0;
    }

    private async Task<int> ResultsAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var output = OutputFile.Named(parsed.GetValue(_output));
        OutputFile.Check(_terminal, output, parsed.GetValue(_force));
        using var client = _terminal.Connect();
        await WriteResultsAsync(client, Id(client, parsed.GetValue(_id)!), output, cancellationToken);
        return 0;
    }

    private async Task<int> DeleteAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var client = _terminal.Connect();
        var deleted = await client.Batches.DeleteAsync(Id(client, parsed.GetValue(_id)!), null, cancellationToken);
        _terminal.Write($"{deleted.Provider}/{deleted.Id}\n");
        return 0;
    }

    private async Task<Batch> WaitAsync(LlmClient client, string id, ParseResult parsed, CancellationToken cancellationToken)
    {
        using var bar = new BatchBar(_terminal);
        try
        {
            return await client.Batches.WaitAsync(id, parsed.GetValue(_interval) is { } seconds ? new() { Interval = TimeSpan.FromSeconds(seconds) } : null, bar, null, cancellationToken);
        }
        catch (OperationCanceledException) when (!IsSandbox(client.Targets.Owned(id).Provider))
        {
            bar.Dispose();
            _terminal.Note($"the batch goes on: muxi-llm batch wait {id}");
            throw;
        }
    }

    private async Task WriteResultsAsync(LlmClient client, string id, string? output, CancellationToken cancellationToken)
    {
        var results = client.Batches.ResultsAsync(id, null, cancellationToken);
        if (output is null)
        {
            await foreach (var result in results) _terminal.Write(result.ToJson() + "\n");
            return;
        }
        var path = Path.GetFullPath(output, _terminal.WorkingDirectory);
        await OutputFile.TryAsync(() => BatchFile.SaveAsync(results, path, cancellationToken));
        OutputFile.Tell(output, _terminal);
    }

    /// <summary>What a batch that has ended means for the exit code.</summary>
    private int Verdict(Batch batch)
    {
        if (batch.Status == BatchStatus.Completed) return 0;
        _terminal.Note(batch.Status == BatchStatus.Failed ? $"{batch.Provider}: {BatchResults.FailureOf(batch)}" : $"{batch.QualifiedId} is {batch.Status}");
        return Failures.Failed;
    }

    /// <summary>Whether the batch lives in this very program.</summary>
    private static bool IsSandbox(Provider provider) => provider.Name == Muxi.Llm.Providers.Sandbox.Name;

    private Provider Owner(LlmClient client, string? named)
    {
        if (named is not null) return client.Targets.Provider(named);
        var provider = KeptThings.Batches.Owner(client);
        _terminal.Note($"{provider.Name} has the batches (--provider names another service)");
        return provider;
    }

    private string Id(LlmClient client, string id) => id.Contains('/', StringComparison.Ordinal) ? id : $"{Owner(client, null).Name}/{id}";

    private void Print(Batch batch, bool isJson, Func<Batch, string> text) => _terminal.Write(isJson ? JsonText.Of(json => BatchJson.Write(json, batch.Qualified())) : text(batch));

    private static Dictionary<string, string>? Metadata(string[]? given)
    {
        if (given is not { Length: > 0 }) return null;
        var metadata = new Dictionary<string, string>();
        foreach (var pair in given)
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0) throw new UsageException($"--metadata is NAME=VALUE, not '{pair}'.");
            metadata[pair[..at]] = pair[(at + 1)..];
        }
        return metadata;
    }

    private static string Table(List<Batch> batches)
    {
        if (batches.Count == 0) return "";
        var rows = batches.ConvertAll(static batch => (Id: batch.QualifiedId, Time: UnixTime.Of(batch.CreatedAt), Status: batch.Status.ToString(), Counts: batch.RequestCounts is { } counts ? BatchBar.Counts(counts) : "-"));
        var (id, status) = (rows.Max(static row => row.Id.Length), rows.Max(static row => row.Status.Length));
        return string.Concat(rows.Select(row => $"{row.Id.PadRight(id)}  {row.Time}  {row.Status.PadRight(status)}  {row.Counts}\n"));
    }

    private static string Lines(Batch batch)
    {
        batch = batch.Qualified();
        var text = new StringBuilder();
        foreach (var (name, value) in (ReadOnlySpan<(string, string?)>)
        [
            ("id", batch.Id), ("status", batch.Status.ToString()), ("endpoint", batch.Endpoint.ToString()), ("model", batch.Model), ("requests", batch.RequestCounts is { } counts ? BatchBar.Counts(counts) : null),
            ("created", UnixTime.Of(batch.CreatedAt)), ("expires", batch.ExpiresAt is { } expires ? UnixTime.Of(expires) : null), ("input", batch.InputFileId), ("output", batch.OutputFileId), ("errors", batch.ErrorFileId),
            ("failure", batch.Status == BatchStatus.Failed ? BatchResults.FailureOf(batch) : null),
        ])
            if (!string.IsNullOrEmpty(value)) text.Append(CultureInfo.InvariantCulture, $"{name.PadRight(10)}  {value.ReplaceLineEndings(" ")}\n");
        return text.ToString();
    }
}
