using System.Globalization;
using System.Net;
using System.Security.Cryptography;

namespace Muxi.Llm;

/// <summary>One server from its start to its end. Who uses it, and since when nobody does, is the pool's matter and changes under the pool's lock.</summary>
internal sealed class RunningServer
{
    private const int MostPorts = 4;

    private static readonly TimeSpan _firstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan _longestPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan _betweenNotes = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly ServerOrder _order;
    private ServerProcess? _process;
    private bool _isEnded;

    public RunningServer(ServerOrder order)
    {
        _order = order;
        Ready = Task.Run(StartAsync);
    }

    public string Key => _order.Key;

    /// <summary>Who has asked it and is still there.</summary>
    public HashSet<object> Owners { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>How many calls are under way or wait for it.</summary>
    public int Calls { get; set; }

    /// <summary>When the last call ended.</summary>
    public long IdleSince { get; set; }

    /// <summary>Ends it after a while without calls.</summary>
    public ITimer? Idle { get; set; }

    /// <summary>Done when it answers: its API's address.</summary>
    public Task<Uri> Ready { get; }

    /// <summary>Only who shows this is answered, so that nobody else on this machine is.</summary>
    public string ApiKey { get; } = RandomNumberGenerator.GetHexString(48, lowercase: true);

    /// <summary>Whether it can answer nobody any more.</summary>
    public bool IsGone
    {
        get
        {
            if (Ready.IsFaulted || Ready.IsCanceled) return true;
            lock (_lock) return _isEnded || (Ready.IsCompleted && _process is { HasExited: true });
        }
    }

    /// <summary>Done when the program has ended.</summary>
    public Task Exited => _process?.Exited ?? Task.CompletedTask;

    /// <summary>The program's number, once it is ready.</summary>
    public int ProcessId => _process!.Id;

    /// <summary>How it ended, with its last words.</summary>
    public string EndInWords()
    {
        lock (_lock) return _process is { HasExited: true } process ? Words(process) : "it was ended";
    }

    /// <summary>Ends it, and waits until it has ended.</summary>
    public void End()
    {
        lock (_lock)
        {
            _isEnded = true;
            _process?.Kill();
        }
        Idle?.Dispose();
    }

    private async Task<Uri> StartAsync()
    {
        var program = LocalPrograms.Find(_order.Model.Program, _order.Settings);
        var started = _order.Clock.GetTimestamp();
        Log.LocalStarts(_order.Logger, _order.Name, System.IO.Path.GetFileName(program), _order.Model.Bytes);
        using var limit = new CancellationTokenSource(_order.Options.StartTimeout, _order.Clock);
        using var loopback = new Loopback();
        try
        {
            for (var made = 1; ; made++)
            {
                var port = Loopback.FreePort();
                var process = Begin(program, port);
                if (await AnswersAsync(process, new($"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}/"), loopback, started, limit.Token).ConfigureAwait(false) is { } root)
                {
                    Log.LocalReady(_order.Logger, _order.Name, _order.Clock.GetElapsedTime(started).TotalSeconds);
                    return new(root, _order.Model.Program.ApiPath);
                }
                CheckWanted();
                if (made == MostPorts || !process.Log.Says(_order.Model.Program.PortTakenWords)) throw new LocalStartException($"{_order.Model.Program.Command} ended while it loaded {_order.Model.Path}: {Words(process)}");
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            var said = _process!.Log.Words();
            _process.Kill();
            throw new LocalStartException($"{_order.Model.Program.Command} had not loaded {_order.Model.Path} after {Durations.Text(_order.Options.StartTimeout)} (start_timeout){(said.Length == 0 ? "" : $"; the last it said: {said}")}");
        }
        catch
        {
            _process?.Kill();
            throw;
        }
    }

    /// <exception cref="OperationCanceledException">It was ended meanwhile.</exception>
    private void CheckWanted()
    {
        lock (_lock)
            if (_isEnded) throw new OperationCanceledException();
    }

    private ServerProcess Begin(string program, int port)
    {
        var withheld = Catalog.All.Concat(_order.Settings.Providers).SelectMany(static provider => provider.CredentialVariables.Concat(provider.Auth.Source?.Variables ?? []));
        lock (_lock)
        {
            CheckWanted();
            var process = ServerProcess.Start(program, _order.Arguments(port), new Dictionary<string, string> { [_order.Model.Program.KeyVariable] = ApiKey }, withheld);
            _process?.Dispose();
            return _process = process;
        }
    }

    /// <summary>Waits until the model is loaded; null where the program ended, or somebody else answers at its port.</summary>
    private async Task<Uri?> AnswersAsync(ServerProcess process, Uri root, Loopback loopback, long started, CancellationToken cancellationToken)
    {
        var (program, pause, noted) = (_order.Model.Program, _firstPause, TimeSpan.Zero);
        while (!process.HasExited)
        {
            if (await loopback.StatusAsync(new(root, program.HealthPath), null, cancellationToken).ConfigureAwait(false) == HttpStatusCode.OK
                && await loopback.StatusAsync(new(root, $"{program.ApiPath}/{program.KeyPath}"), ApiKey, cancellationToken).ConfigureAwait(false) == HttpStatusCode.OK && !process.HasExited) return root;
            if (_order.Clock.GetElapsedTime(started) - noted >= _betweenNotes)
            {
                noted = _order.Clock.GetElapsedTime(started);
                Log.LocalLoads(_order.Logger, _order.Name, noted.TotalSeconds);
            }
            await Task.WhenAny(process.Exited, Task.Delay(pause, _order.Clock, cancellationToken)).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            pause = pause * 1.5 < _longestPause ? pause * 1.5 : _longestPause;
        }
        // What it wrote last is there a moment later.
        await Task.WhenAny(process.Read, Task.Delay(_longestPause * 4, _order.Clock, cancellationToken)).ConfigureAwait(false);
        return null;
    }

    private static string Words(ServerProcess process) => process.Log.Words() is { Length: > 0 } said ? $"{process.End}; the last it said: {said}" : process.End;
}
