using System.Globalization;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// The requests of a batch on their way into one body: each is rendered by its operation's own format as it is enumerated, and what is wrong with any of them is told before anything
/// is sent.
/// </summary>
internal sealed class BatchBody(Targets targets, TimeProvider clock) : IDisposable
{
    private readonly Spool _spool = new();
    private readonly HashSet<string> _ids = [];
    private readonly Warnings _warnings = new();
    private readonly List<KeyValuePair<string, string>> _headers = [];
    private Provider? _provider;
    private string? _model;
    private long _inputs;

    /// <summary>Who is asked.</summary>
    public Provider Provider => _provider ?? throw Wrong.Request("requests", "the batch has no requests");

    /// <summary>What all of them ask for.</summary>
    public BatchEndpoint Endpoint { get; private set; }

    /// <summary>The model that all of them ask, in the service's own words, where a batch is of one; null elsewhere.</summary>
    public string? Model => On(Provider).OneModel ? Provider.WholeModel(_model!) : null;

    /// <summary>What could not be put into them.</summary>
    public IReadOnlyList<Warning> Warnings => _warnings.Given;

    /// <summary>Headers that they need.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers => _headers;

    /// <summary>Takes all of them.</summary>
    /// <exception cref="BadRequestException">There are none, or one of them cannot be in this batch.</exception>
    public void Take(IEnumerable<BatchRequest> requests, CancellationToken cancellationToken)
    {
        foreach (var request in requests)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Take(request ?? throw Wrong.Request($"requests[{_ids.Count}]", $"the request {_ids.Count + 1} is null"));
        }
        _spool.Write(On(Provider).Behind());
        CheckSize();
    }

    /// <summary>The whole body.</summary>
    public FileSource ToSource(string filename) => _spool.ToSource(filename);

    public void Dispose() => _spool.Dispose();

    private static BatchesDialect On(Provider provider) => provider.Batches ?? throw AttemptInProgress.Unsupported(provider, "", "batches");

    private void Take(BatchRequest request)
    {
        var at = $"requests[{_ids.Count}]";
        var stop = targets.Plan(ModelOf(request), null)[0];
        Check(request, stop.Name, at);
        var now = clock.GetUtcNow();
        var context = new CallContext(stop.Name.Provider.Name, stop.Name.Provider.WholeModel(stop.Name.Model), CallIds.Next(now), now) { Service = stop.Name.Provider };
        var call = Render(request, stop, context);
        if (call.Body.IsEmpty) throw Refuse(at, "holds a file, which no batch takes");
        foreach (var warning in call.Warnings) _warnings.Add(warning.Param, warning.Message);
        foreach (var header in call.AddedHeaders)
            if (!_headers.Contains(header)) _headers.Add(header);
        var dialect = On(Provider);
        _spool.Write(dialect.Before(_ids.Count - 1));
        _spool.Write(JsonOut.ToUtf8((dialect, line: new BatchLine(request.CustomId, request.Endpoint, call.Body)), static (json, one) => one.dialect.Write(json, one.line)));
        CheckSize();
    }

    private string ModelOf(BatchRequest request) =>
        request.Moderation is { } moderation && string.IsNullOrWhiteSpace(moderation.Model) ? ModerationsResource.DefaultModel : targets.ModelOf(request.Model);

    private void Check(BatchRequest request, ModelName name, string at)
    {
        if (_provider is null)
        {
            (_provider, _model, Endpoint) = (name.Provider, name.Model, request.Endpoint);
            if (On(name.Provider).Endpoints is { IsEmpty: false } endpoints && !endpoints.Contains(Endpoint.Value))
                throw Refuse(at, $"asks for {Endpoint}, and batches are for {string.Join(", ", endpoints)}");
        }
        var dialect = On(_provider);
        if (name.Provider.Name != _provider.Name) throw Refuse(at, $"is for {name.Provider.Name}, and the batch is {_provider.Name}'s: make a batch for each service");
        if (request.Endpoint != Endpoint) throw Refuse(at, $"asks for {request.Endpoint}, and those before for {Endpoint}: make a batch for each");
        if (dialect.OneModel && name.Model != _model) throw Refuse(at, $"is for the model {name.Model}, and those before for {_model}: make a batch for each");
        if (dialect.FaultOf(request.CustomId) is { } fault) throw Refuse($"{at}.custom_id", $"'{Shortly(request.CustomId)}' {fault}");
        if (!_ids.Add(request.CustomId)) throw Refuse($"{at}.custom_id", $"'{Shortly(request.CustomId)}' is the name of an earlier request, too");
        if (dialect.MaxRequests > 0 && _ids.Count > dialect.MaxRequests) throw Refuse("requests", string.Create(CultureInfo.InvariantCulture, $"are more than the {dialect.MaxRequests} that a batch may have: make several"));
        _inputs += request.Embedding?.Input.Count ?? 0;
        if (dialect.MaxInputs > 0 && _inputs > dialect.MaxInputs) throw Refuse("requests", string.Create(CultureInfo.InvariantCulture, $"hold more than the {dialect.MaxInputs} texts to embed that a batch may have: make several"));
    }

    private void CheckSize()
    {
        if (On(Provider).MaxBytes is > 0 and var most && _spool.Length > most) throw Refuse("requests", $"have more than the {FilesDialect.Megabytes(most)} that a batch may have: make several");
    }

    private HttpCall Render(BatchRequest request, Stop stop, CallContext context) =>
        request.Chat is { } chat ? Render(Verbs.Chat, chat, stop, context)
        : request.Embedding is { } embedding ? Render(Verbs.Embedding, embedding, stop, context)
        : request.Completion is { } completion ? Render(Verbs.Completion, completion, stop, context)
        : request.Moderation is { } moderation ? Render(Verbs.Moderation, moderation, stop, context)
        : request.Ocr is { } ocr ? Render(Verbs.Ocr, ocr, stop, context)
        : request.ImageGeneration is { } images ? Render(Verbs.ImageGeneration, images, stop, context)
        : (stop.Name.Provider.Responses ?? throw AttemptInProgress.Unsupported(stop.Name.Provider, stop.Name.Model, "responses")).Begin(Verbs.Response.At(stop, request.Response!, targets), context).Next(null).Call!;

    /// <summary>What would be sent for the request by itself.</summary>
    private HttpCall Render<TRequest, TReply>(Verb<TRequest, TReply> verb, TRequest request, Stop stop, CallContext context)
    {
        var dialect = verb.On(stop.Name.Provider, stop.Name.Model) ?? throw AttemptInProgress.Unsupported(stop.Name.Provider, stop.Name.Model, verb.Name);
        return dialect.Begin(verb.At(stop, request, targets), context).Next(null).Call!;
    }

    private BadRequestException Refuse(string param, string message) => Wrong.Request(param, $"{_provider!.Name}: {param} {message}", _provider.Name);

    private static string Shortly(string id) => id.Length <= 80 ? id : id[..80] + "...";
}
