using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Cli;

/// <summary>Counts the prompt of a chat request that stands in a file.</summary>
internal sealed class RequestCounting(Terminal terminal)
{
    /// <summary>Stands in a request that names no model.</summary>
    private const string Nobody = "-";

    /// <summary>The model in place of the request's own; null for that, or the default one where it has none.</summary>
    public string? Model { get; init; }

    /// <summary>Whether the provider is asked.</summary>
    public bool Asks { get; init; }

    public bool PrintsJson { get; init; }

    public async Task RunAsync(string file, CancellationToken cancellationToken)
    {
        var text = file == "-" ? (await terminal.ReadAllAsync(Timeout.InfiniteTimeSpan, cancellationToken))! : Attachments.Read("--request", file, path => File.ReadAllText(Path.GetFullPath(path, terminal.WorkingDirectory)));
        var request = Read(file, text);
        using var client = terminal.Connect();
        var model = Model ?? (request.Model != Nobody ? request.Model : Default(client));
        request = request with { Model = model };
        var count = Asks ? await client.Tokens.CountAsync(request, null, cancellationToken) : Here(client, request);
        terminal.Write(PrintsJson ? Json(model, count) : count.InputTokens.ToString(CultureInfo.InvariantCulture) + "\n");
        terminal.TellWarnings(count);
        if (Asks && count.Provider is null) terminal.Note($"counted on this machine: {client.Targets.Name(model).Provider.Name} does not count");
        if (!count.IsExact) terminal.Note(string.Create(CultureInfo.InvariantCulture, $"an estimate, with {count.Encoding}: 9 in 10 such counts are no more than {count.ErrorBand * 100:0.#} % off"));
    }

    /// <summary>The model that would answer; here nobody does.</summary>
    private string Default(LlmClient client)
    {
        var chosen = DefaultModel.Find(Operations.Chat, client, terminal);
        terminal.Note($"counted as for {chosen.Name} ({chosen.Why})");
        return chosen.Name;
    }

    private static TokenCount Here(LlmClient client, ChatCompletionRequest request) => client.Tokens.Count(request);

    private static ChatCompletionRequest Read(string file, string text)
    {
        try
        {
            if (JsonNode.Parse(text, documentOptions: new() { AllowDuplicateProperties = false }) is not JsonObject body) throw new FailureException($"--request: '{file}' must hold a chat request, which is a JSON object");
            // The model may be the command's to say.
            if (body["model"] is null) body["model"] = Nobody;
            var request = ChatCompletionRequest.Parse(Encoding.UTF8.GetBytes(body.ToJsonString()));
            return request.Messages.Count > 0 ? request : throw new FailureException($"--request: '{file}' has no messages");
        }
        catch (JsonException e)
        {
            throw new FailureException($"--request: '{file}' is no chat request: {JsonFault.Of(e)}", e);
        }
    }

    private static string Json(string model, TokenCount count) => JsonText.Of(json =>
    {
        json.WriteStartObject();
        json.WriteString("model", model);
        if (count.Encoding is { } encoding) json.WriteString("encoding", encoding);
        if (count.Provider is { } provider) json.WriteString("provider", provider);
        json.WriteNumber("tokens", count.InputTokens);
        json.WriteBoolean("exact", count.IsExact);
        if (!count.IsExact) json.WriteNumber("error_band", count.ErrorBand);
        json.WriteEndObject();
    });
}
