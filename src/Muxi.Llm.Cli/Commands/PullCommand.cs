using System.CommandLine;

namespace Muxi.Llm.Cli;

/// <summary><c>muxi-llm pull</c>: brings models, from Hugging Face's hub to this machine or to a server of one's own.</summary>
internal sealed class PullCommand : CliCommand
{
    private readonly Terminal _terminal;
    private readonly Argument<string[]> _models = new("MODEL...") { Description = "What to bring: hf:ORG/REPO/FILE or hf:ORG/REPO:QUANTIZATION, with @REVISION behind it; or a server's model, as provider/model.", Arity = ArgumentArity.OneOrMore };
    private readonly Option<bool> _json = new("--json") { Description = "Prints the name and the path of each as JSON." };

    public PullCommand(Terminal terminal) : base("pull", "Brings models and prints where they are: from Hugging Face's hub into the cache that its programs share, or to a server of your own.")
    {
        _terminal = terminal;
        Add(_models);
        Add(_json);
        SetAction(RunAsync);
    }

    public override string Ending => """
        Of a model in parts all are brought, and the path is the first one's. What was begun is gone on with, and what is there is not brought
        again. HF_TOKEN, or what 'hf auth login' has kept, says who asks; HF_HUB_CACHE and HF_HOME where the cache is; HF_ENDPOINT where the
        hub is; HF_HUB_OFFLINE=1 asks nobody.

        Examples:
          muxi-llm pull hf:ggml-org/gemma-3-1b-it-GGUF:Q4_K_M
          muxi-llm pull hf:ggml-org/gemma-3-1b-it-GGUF/gemma-3-1b-it-Q4_K_M.gguf
          muxi-llm pull hf:Qwen/Qwen3-0.6B/tokenizer.json@main
          muxi-llm pull ollama/llama3.2

        """;

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var client = _terminal.Connect();
        foreach (var name in parsed.GetValue(_models)!)
        {
            var path = await BringAsync(client, name, _terminal, cancellationToken);
            _terminal.Write(parsed.GetValue(_json) ? JsonText.Of(json =>
            {
                json.WriteStartObject();
                json.WriteString("name", name);
                if (path is not null) json.WriteString("path", path);
                json.WriteEndObject();
            }) : $"{path ?? name}\n");
        }
        return 0;
    }

    /// <summary>Brings a model, and shows how far it is; gives its path where it is on this machine.</summary>
    public static async Task<string?> BringAsync(LlmClient client, string name, Terminal terminal, CancellationToken cancellationToken)
    {
        using var bar = new PullBar(terminal, name);
        try
        {
            return await Failures.OnDiskAsync(name, async () =>
            {
                string? path = null;
                await foreach (var progress in client.Models.PullAsync(name, null, cancellationToken))
                {
                    bar.Report(progress);
                    path = progress.Path ?? path;
                }
                return path;
            });
        }
        catch (UnsupportedFeatureException e) when (!name.Contains('/', StringComparison.Ordinal))
        {
            // A bare name is OpenAI's, which brings no models.
            throw new FailureException($"{e.Message}; write whose it is before it, as ollama/{name}", e);
        }
    }
}
