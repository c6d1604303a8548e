using System.Text.Json;

namespace Muxi.Llm;

/// <summary>The models on an Ollama server: what there is, what runs, and bringing and deleting them.</summary>
/// <remarks>Source: <c>/api/tags</c>, <c>/api/show</c>, <c>/api/ps</c>, <c>/api/pull</c>, <c>/api/delete</c>, <c>/api/version</c> in docs.ollama.com/openapi.yaml, as of 2026-11.</remarks>
public sealed record OllamaModels : ModelsDialect,
    IVerb<ModelDeleteRequest, ModelDeleted>, IVerb<RunningModelsRequest, Page<RunningModel>>, IVerb<ServerVersionRequest, ServerVersion>, IStreamVerb<ModelPullRequest, ModelPullProgress>
{
    /// <summary>Ollama's list of models.</summary>
    public OllamaModels() => Path = "api/tags";

    /// <summary>The path of one model's facts.</summary>
    public string ShowPath { get; init; } = "api/show";

    /// <summary>The path of the models in memory.</summary>
    public string RunningPath { get; init; } = "api/ps";

    /// <summary>The path that brings a model.</summary>
    public string PullPath { get; init; } = "api/pull";

    /// <summary>Where a server is told to give a model's room back.</summary>
    public string DeletePath { get; init; } = "api/delete";

    /// <summary>The path of the server's version.</summary>
    public string VersionPath { get; init; } = "api/version";

    /// <inheritdoc/>
    public Framing Framing => Framing.JsonLines;

    /// <inheritdoc/>
    public override HttpCall Render(ModelListRequest request) => ModelJson.Render(Path, null);

    /// <inheritdoc/>
    public override HttpCall Render(ModelRetrieveRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Named(HttpMethod.Post, ShowPath, request.Id);
    }

    /// <inheritdoc/>
    public override Page<Model> ParsePage(HttpReply reply, CallContext context) =>
        OllamaModelJson.Read(reply, context, static (in JsonElement root) => OllamaModelJson.Page(root, OllamaModelJson.Listed));

    /// <inheritdoc/>
    public override Model Parse(HttpReply reply, CallContext context) =>
        OllamaModelJson.Read(reply, context, (in JsonElement root) => OllamaModelJson.Shown(root, context.Model));

    /// <inheritdoc/>
    public IExchange<ModelDeleted> Begin(ModelDeleteRequest request, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        // A good reply is empty.
        return Exchange.Of(() => Named(HttpMethod.Delete, DeletePath, request.Id), _ => new ModelDeleted { Id = request.Id, Deleted = true });
    }

    /// <inheritdoc/>
    public IExchange<Page<RunningModel>> Begin(RunningModelsRequest request, CallContext context) => Exchange.Of(
        () => new HttpCall(HttpMethod.Get, RunningPath), reply => OllamaModelJson.Read(reply, context, static (in JsonElement root) => OllamaModelJson.Page(root, OllamaModelJson.Running)));

    /// <inheritdoc/>
    public IExchange<ServerVersion> Begin(ServerVersionRequest request, CallContext context) =>
        Exchange.Of(() => new HttpCall(HttpMethod.Get, VersionPath), reply => OllamaModelJson.Read(reply, context, OllamaModelJson.Version));

    /// <inheritdoc/>
    public HttpCall Render(ModelPullRequest request, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Named(HttpMethod.Post, PullPath, request.Id, request.Extra, stream: true);
    }

    /// <inheritdoc/>
    public IFold<ModelPullProgress> Fold(ModelPullRequest request, CallContext context) =>
        // A model that is nowhere is not to be had by pulling it, which is what the service's hint says.
        new OllamaPullFold(context with { Service = null });

    private static HttpCall Named(HttpMethod method, string path, string id, Extra extra = default, bool? stream = null) => new(method, path)
    {
        Body = JsonOut.ToUtf8((id, extra, stream), static (json, it) =>
        {
            json.WriteStartObject();
            json.WriteString("model"u8, it.id);
            it.extra.WriteMembers(json, except: "stream"u8);
            if (it.stream is { } isStream) json.WriteBoolean("stream"u8, isStream);
            json.WriteEndObject();
        }),
    };
}

/// <summary>Reads what a server tells of its models.</summary>
internal static class OllamaModelJson
{
    /// <summary>Makes something of a reply's object; null where it is not what it should be.</summary>
    public delegate T? Reading<out T>(in JsonElement root) where T : class;

    /// <exception cref="ApiException">It is an error after all, or nothing that can be read.</exception>
    public static T Read<T>(HttpReply reply, CallContext context, Reading<T> read) where T : class
    {
        try
        {
            var reader = new Utf8JsonReader(JsonReading.WithoutMark(reply.Body.Span));
            var root = JsonElement.ParseValue(ref reader);
            if (root.ValueKind == JsonValueKind.Object && !root.TryGetProperty("error"u8, out _) && read(root) is { } value) return value;
        }
        catch (JsonException)
        {
            // Not JSON, or JSON cut in the middle: the classifier says what it is.
        }
        throw context.Error(reply);
    }

    public static Page<T>? Page<T>(in JsonElement root, Func<JsonElement, T?> one) where T : class
    {
        if (!root.TryGetProperty("models"u8, out var models)) return null;
        // A server without any says null.
        if (models.ValueKind == JsonValueKind.Null) return new();
        return models.ValueKind == JsonValueKind.Array ? new() { Data = [.. models.EnumerateArray().Select(one).OfType<T>()], Extra = Extra.Rest(root, "models") } : null;
    }

    public static Model? Listed(JsonElement model) =>
        Name(model) is { } id ? new() { Id = id, Created = Time(model, "modified_at"), Extra = Extra.Rest(model, "name", "model", "modified_at") } : null;

    public static Model Shown(in JsonElement model, string id) => new() { Id = id, Created = Time(model, "modified_at"), Extra = Extra.Rest(model, "modified_at") };

    public static RunningModel? Running(JsonElement model) => Name(model) is not { } id ? null : new()
    {
        Id = id, Size = Number(model, "size"), SizeVram = Number(model, "size_vram"), ContextLength = Number(model, "context_length"), ExpiresAt = Time(model, "expires_at"),
        Extra = Extra.Rest(model, "name", "model", "size", "size_vram", "context_length", "expires_at"),
    };

    public static ServerVersion? Version(in JsonElement root) => Text(root, "version") is { } version ? new() { Version = version, Extra = Extra.Rest(root, "version") } : null;

    /// <summary>A progress of bringing a model; null where it is none.</summary>
    public static ModelPullProgress? Progress(in JsonElement line) => Text(line, "status") is not { } status ? null : new()
    {
        Status = status, Digest = Text(line, "digest"), Total = Number(line, "total"), Completed = Number(line, "completed"), Extra = Extra.Rest(line, "status", "digest", "total", "completed"),
    };

    private static string? Name(JsonElement model) => model.ValueKind != JsonValueKind.Object ? null : Text(model, "model") is { Length: > 0 } id ? id : Text(model, "name") is { Length: > 0 } name ? name : null;

    private static string? Text(JsonElement from, string name) => from.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long? Number(JsonElement from, string name) => from.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;

    private static long? Time(JsonElement from, string name) =>
        DateTimeOffset.TryParse(Text(from, name), System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal, out var time) ? time.ToUnixTimeSeconds() : null;
}

/// <summary>Folds the progress of bringing a model: lines of JSON, of which the last one says <c>success</c>.</summary>
internal sealed class OllamaPullFold(CallContext context) : IFold<ModelPullProgress>
{
    public bool IsComplete { get; private set; }

    public void Next(WireEvent wireEvent, ICollection<ModelPullProgress> into)
    {
        if (IsComplete || wireEvent.Data.IsEmpty) return;
        var progress = OllamaModelJson.Read(new HttpReply(200, wireEvent.Data), context, OllamaModelJson.Progress);
        IsComplete = progress.IsDone;
        into.Add(progress);
    }

    public void End(ICollection<ModelPullProgress> into)
    {
        if (!IsComplete) throw context.Interrupted("was cut: it ended before the model was there");
    }
}
