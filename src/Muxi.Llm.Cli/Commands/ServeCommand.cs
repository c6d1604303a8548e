using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Muxi.Llm.Gateway;

namespace Muxi.Llm.Cli;

/// <summary><c>muxi-llm serve</c>: OpenAI's API over HTTP, whoever answers.</summary>
internal sealed class ServeCommand : CliCommand
{
    /// <summary>What a server that was told to end may take in all: its clients' grace, the closing of connections, and a little more.</summary>
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(7);

    private readonly Terminal _terminal;
    private readonly Option<string> _host = new("--host") { HelpName = "ADDRESS", Description = $"Where to listen; beyond this machine only with {GatewayOptions.KeyVariable} set.", DefaultValueFactory = static _ => new GatewayOptions().Host };
    private readonly Option<int> _port = new("--port") { HelpName = "N", Description = "The TCP port; 0 takes a free one.", DefaultValueFactory = static _ => new GatewayOptions().Port, CustomParser = Port };
    private readonly Option<string> _config = new("--config") { HelpName = "FILE", Description = $"The configuration; without it the file that {LlmConfiguration.Variable} names, ./{LlmConfiguration.FileName}, or the one in your home." };
    private readonly Option<bool> _verbose = new("--verbose") { Description = "Tells each request on stderr, in one line without bodies and keys." };

    public ServeCommand(Terminal terminal) : base("serve", "Serves OpenAI's API over HTTP for every provider.")
    {
        _terminal = terminal;
        foreach (var option in (ReadOnlySpan<Option>)[_host, _port, _config, _verbose]) Add(option);
        SetAction(RunAsync);
    }

    public override string Ending => """
        Clients of OpenAI's API use http://127.0.0.1:4000/v1 as their base URL and provider/model as the model.
        Without MUXI_LLM_MASTER_KEY the server takes requests of this machine alone, with any key or none; with it,
        every request must bring that key. Ctrl-C ends it: running requests get a few seconds.

        Examples:
          muxi-llm serve
          muxi-llm serve --port 0 --verbose
          curl http://127.0.0.1:4000/v1/chat/completions -H "Content-Type: application/json" \
            -d '{"model":"sandbox/chat","messages":[{"role":"user","content":"Hello"}]}'

        """;

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        await using var lines = new LineQueue(_terminal);
        var options = Settings(parsed, lines);
        await using var server = await GatewayServer.StartAsync(options, cancellationToken);
        Announce(server, options);
        _terminal.Interrupts.Grace = _deadline;
        await UntilAsync(cancellationToken);
        _terminal.Note("ending");
        await server.StopAsync(options.Grace);
        return 0;
    }

    /// <summary>The one place where settings come in.</summary>
    private GatewayOptions Settings(ParseResult parsed, LineQueue lines) => new()
    {
        Client = new() { Environment = _terminal.Environment, Configuration = Configuration(parsed.GetValue(_config)), Credentials = _terminal.Credentials },
        Host = parsed.GetValue(_host)!,
        Port = parsed.GetValue(_port),
        MasterKey = _terminal.Variable(GatewayOptions.KeyVariable),
        Log = parsed.GetValue(_verbose) ? lines.Add : null,
        Complain = lines.Add,
    };

    private LlmConfiguration Configuration(string? file)
    {
        _terminal.LoadConfiguration(file);
        if (_terminal.Configuration.Name.Length == 0) _terminal.Note("no configuration file: keys and addresses are the environment's");
        return _terminal.Configuration;
    }

    private void Announce(GatewayServer server, GatewayOptions options)
    {
        var names = server.Callees.Providers.Where(server.Callees.IsSetUp).Select(provider => provider.Name).ToList();
        _terminal.Note(names.Count > 0 ? $"can be asked: {string.Join(", ", names)}, and sandbox" : "can be asked: sandbox alone, as no provider's key is set (muxi-llm providers lists the variables)");
        if (server.Callees.Aliases.Count > 0) _terminal.Note($"aliases: {string.Join(", ", server.Callees.Aliases.Keys)}");
        _terminal.Note(options.MasterKey is null ? "no key is needed, and only this machine is answered" : $"every request needs the key in {GatewayOptions.KeyVariable}");
        _terminal.Note($"listening on {server.Url.AbsoluteUri.TrimEnd('/')} (base URL for OpenAI's clients: {server.LocalUrl}v1)");
    }

    private static async Task UntilAsync(CancellationToken cancellationToken)
    {
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = cancellationToken.Register(() => end.TrySetResult());
        await end.Task;
    }

    private static int Port(ArgumentResult result)
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= 65535) return port;
        result.AddError($"--port must be a whole number from 0 to 65535, not '{text}'.");
        return 0;
    }
}
