using System.Collections.Frozen;
using System.Text.Json;
using Muxi.Llm.Gateway.Surfaces.Cohere;
using Muxi.Llm.Gateway.Surfaces.Mistral;
using Muxi.Llm.Gateway.Surfaces.OpenAI;

namespace Muxi.Llm.Gateway;

/// <summary>One thing that can be asked of the server.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Template">The path; <c>{...}</c> in it stands for an id, which may hold slashes.</param>
/// <param name="Answer">Answers, or raises what is to be told.</param>
internal sealed record Endpoint(string Method, string Template, Func<Incoming, Task> Answer)
{
    /// <summary>Whether it is answered without a key: it tells nothing and asks nobody.</summary>
    public bool IsOpen { get; init; }

    /// <summary>What kind of body it takes: JSON, unless something else is said.</summary>
    public BodyKind Body { get; init; }

    /// <summary>The shape of its refusals: OpenAI's, unless something else is said.</summary>
    public Action<Utf8JsonWriter, Refusal> Refuse { get; init; } = OpenAIErrors.Write;

    /// <summary>The part before the id; the whole path where there is none.</summary>
    public string Prefix { get; } = Template.IndexOf('{', StringComparison.Ordinal) is >= 0 and var at ? Template[..at] : Template;

    /// <summary>The part behind the id; null where there is none.</summary>
    public string? Suffix { get; } = Template.IndexOf('}', StringComparison.Ordinal) is >= 0 and var at ? Template[(at + 1)..] : null;
}

/// <summary>What an endpoint takes.</summary>
internal enum BodyKind
{
    /// <summary>One JSON value.</summary>
    Json,

    /// <summary>Fields and files, <c>multipart/form-data</c>.</summary>
    Form,

    /// <summary>Either, as the client says.</summary>
    JsonOrForm,

    /// <summary>Whatever is sent is not read.</summary>
    None,
}

/// <summary>Everything that can be asked, and the way from a path to it.</summary>
internal sealed class Endpoints
{
    /// <summary>Some clients put the name of the API before its version.</summary>
    private const string OpenAIPrefix = "/openai";

    private readonly FrozenDictionary<string, Endpoint[]> _plain;
    private readonly Endpoint[][] _withId;

    private Endpoints(IReadOnlyList<Endpoint> all)
    {
        _plain = all.Where(endpoint => endpoint.Suffix is null).GroupBy(endpoint => endpoint.Template).ToFrozenDictionary(group => group.Key, group => group.ToArray());
        // The most telling template first: an id may look like the end of another path.
        _withId = [.. all.Where(endpoint => endpoint.Suffix is not null).GroupBy(endpoint => endpoint.Template).Select(group => group.ToArray())
            .OrderByDescending(group => group[0].Suffix!.Length).ThenByDescending(group => group[0].Prefix.Length)];
    }

    /// <summary>The routes of all surfaces.</summary>
    public static Endpoints All(GatewayOptions options, LlmClient client, Callees callees)
    {
        var chat = new ChatCompletions(client, callees);
        var audio = new AudioRoutes(client, callees);
        var images = new Images(client, callees);
        var rerank = new Rerank(client, callees);
        var models = new ModelRoutes(new(client, callees, options));
        var owners = new Owners(client, callees, KeptThings.Files);
        var files = new FileRoutes(client, owners);
        var uploads = new UploadRoutes(client, owners);
        var responses = new ResponseRoutes(client, callees, new(client, callees, KeptThings.Responses));
        var batches = new BatchRoutes(client, new(client, callees, KeptThings.Batches));
        return new(
        [
            new("GET", "/health", Health.AnswerAsync) { IsOpen = true },
            new("POST", "/v1/chat/completions", chat.AnswerAsync),
            new("POST", "/v1/completions", new Completions(client, callees).AnswerAsync),
            new("POST", "/v1/embeddings", new Embeddings(client, callees).AnswerAsync),
            new("POST", "/v1/rerank", rerank.AnswerAsync),
            new("POST", "/v2/rerank", rerank.AnswerAsync) { Refuse = CohereErrors.Write },
            new("POST", "/v1/moderations", new Moderations(client, callees).AnswerAsync),
            new("POST", "/v1/ocr", new Ocr(client, callees).AnswerAsync),
            new("POST", "/v1/audio/speech", audio.SpeakAsync),
            new("POST", "/v1/audio/transcriptions", audio.TranscribeAsync) { Body = BodyKind.Form },
            new("POST", "/v1/audio/translations", audio.TranslateAsync) { Body = BodyKind.Form },
            new("POST", "/v1/images/edits", images.EditAsync) { Body = BodyKind.JsonOrForm },
            new("POST", "/v1/images/generations", images.GenerateAsync),
            new("POST", "/v1/images/variations", images.VaryAsync) { Body = BodyKind.Form },
            new("POST", "/v1/responses", responses.CreateAsync),
            new("POST", "/v1/responses/input_tokens", responses.CountInputTokensAsync),
            new("POST", "/v1/responses/compact", responses.CompactAsync),
            new("GET", "/v1/responses/{id}", responses.RetrieveAsync),
            new("DELETE", "/v1/responses/{id}", responses.DeleteAsync),
            new("POST", "/v1/responses/{id}/cancel", responses.CancelAsync) { Body = BodyKind.None },
            new("GET", "/v1/responses/{id}/input_items", responses.InputItemsAsync),
            new("POST", "/v1/files", files.CreateAsync) { Body = BodyKind.Form },
            new("GET", "/v1/files", files.ListAsync),
            new("GET", "/v1/files/{id}", files.RetrieveAsync),
            new("DELETE", "/v1/files/{id}", files.DeleteAsync),
            new("GET", "/v1/files/{id}/content", files.ContentAsync),
            new("POST", "/v1/uploads", uploads.CreateAsync),
            new("POST", "/v1/uploads/{id}/parts", uploads.AddPartAsync) { Body = BodyKind.Form },
            new("POST", "/v1/uploads/{id}/complete", uploads.CompleteAsync),
            new("POST", "/v1/uploads/{id}/cancel", uploads.CancelAsync) { Body = BodyKind.None },
            new("POST", "/v1/batches", batches.CreateAsync),
            new("GET", "/v1/batches", batches.ListAsync),
            new("GET", "/v1/batches/{id}", batches.RetrieveAsync),
            new("POST", "/v1/batches/{id}/cancel", batches.CancelAsync) { Body = BodyKind.None },
            new("GET", "/v1/models", models.ListAsync),
            new("GET", "/v1/models/{id}", models.RetrieveAsync),
        ]);
    }

    /// <summary>What a request asks for.</summary>
    /// <param name="method">Its method; HEAD is answered as GET.</param>
    /// <param name="target">What stood in the request line, percent-encoded as it came.</param>
    public Found Find(string method, string target)
    {
        var path = target.AsSpan();
        if (path.IndexOf('?') is >= 0 and var query) path = path[..query];
        if (path.StartsWith(OpenAIPrefix + "/", StringComparison.Ordinal)) path = path[OpenAIPrefix.Length..];
        if (path.Length > 1 && path[^1] == '/') path = path[..^1];
        if (method == "HEAD") method = "GET";
        if (_plain.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(path, out var plain)) return Pick(plain, method, null);
        foreach (var group in _withId)
            if (Between(path, group[0]) is { } id) return Pick(group, method, id);
        return default;
    }

    /// <summary>What stands for the template's <c>{...}</c>, decoded; null where the path is another's.</summary>
    private static string? Between(ReadOnlySpan<char> path, Endpoint endpoint)
    {
        var (before, behind) = (endpoint.Prefix.Length, endpoint.Suffix!.Length);
        if (path.Length <= before + behind || !path.StartsWith(endpoint.Prefix, StringComparison.Ordinal) || !path.EndsWith(endpoint.Suffix, StringComparison.Ordinal)) return null;
        return Uri.UnescapeDataString(path[before..^behind]);
    }

    private static Found Pick(Endpoint[] endpoints, string method, string? id)
    {
        foreach (var endpoint in endpoints)
            if (endpoint.Method == method) return new(endpoint, id, null);
        return new(null, null, string.Join(", ", endpoints.Select(endpoint => endpoint.Method)));
    }

    /// <summary>What a path and a method lead to.</summary>
    /// <param name="Endpoint">Null where there is none.</param>
    /// <param name="Id">What stands for the template's <c>{...}</c>, decoded.</param>
    /// <param name="Allow">The methods of the path, where there is one but not with this method.</param>
    public readonly record struct Found(Endpoint? Endpoint, string? Id, string? Allow);
}
