using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// Cohere's ranking, the format that most services follow. Reading takes the results by whatever names they were seen; the quirks are for what is sent. What a service does not do
/// itself (fewer results, documents given back) is done here.
/// </summary>
/// <remarks>Source: Cohere's reference, <c>POST /v2/rerank</c> and <c>/v1/rerank</c>, as of 2026-11; the other services' pages stand at their facts.</remarks>
public sealed record CohereRerank : RerankDialect
{
    /// <summary>The path after the base URL; <c>{model}</c> in it is the model's name, <c>{segment}</c> the same as one part, its slashes escaped.</summary>
    public string Path { get; init; } = "rerank";

    /// <summary>The whole address at the vendor, where this is not below its base URL; <c>{model}</c> in it as in <see cref="Path"/>. A base URL of one's own is asked below. Null where there is none.</summary>
    public string? VendorUrl { get; init; }

    /// <summary>The member of the body that names the model.</summary>
    public string ModelField { get; init; } = "model";

    /// <summary>Whether the model stands in the body.</summary>
    public bool ModelInBody { get; init; } = true;

    /// <summary>Whether dots of the model's name are low lines in the path, as at NVIDIA: <c>llama-3.2</c> is <c>llama-3_2</c> there.</summary>
    public bool DotsAsLowLines { get; init; }

    /// <summary>The member of the body that says which version of the format it is; 0 for none. Bedrock wants <c>"api_version":2</c> for Cohere's models.</summary>
    public int ApiVersion { get; init; }

    /// <summary>The member that holds what is looked for.</summary>
    public string QueryField { get; init; } = "query";

    /// <summary>How it is written.</summary>
    public RerankQueryForm QueryForm { get; init; }

    /// <summary>The member that holds the documents.</summary>
    public string DocumentsField { get; init; } = "documents";

    /// <summary>Which documents the service takes.</summary>
    public RerankDocumentForm DocumentForm { get; init; }

    /// <summary>The member for how many results there are to be; null where the service gives all: then the others are left out here.</summary>
    public string? TopField { get; init; } = "top_n";

    /// <summary>The member that asks for the documents; null where the service does not give them back: then they are put in here.</summary>
    public string? ReturnField { get; init; } = "return_documents";

    /// <summary>The member for how many tokens of a document are read; null where there is none: then one that is asked for is left out, with a warning.</summary>
    public string? MaxTokensField { get; init; } = "max_tokens_per_doc";

    /// <summary>The member for what makes a document fit, in words; null where there is none: then it is left out, with a warning.</summary>
    public string? InstructionField { get; init; }

    /// <summary>Whether the service takes the names of fields. Where not, a document is made of those fields, a line for each.</summary>
    public bool RankFields { get; init; }

    /// <inheritdoc/>
    public override HttpCall Render(RerankRequest request, CallContext context)
    {
        var warnings = new Warnings();
        if (context.Account is { } account) request = request with { Extra = account.Beside(request.Extra) };
        var body = JsonOut.ToUtf8((Dialect: this, request, context, warnings), static (json, it) => RerankWriter.Write(json, it.Dialect, it.request, it.context, it.warnings));
        return new(HttpMethod.Post, WithModel(Path, context.Model)) { VendorUrl = VendorUrl is { } url ? new(WithModel(url, context.Model)) : null, Body = body, Warnings = warnings.Given };
    }

    /// <inheritdoc/>
    public override RerankResponse Parse(HttpReply reply, CallContext context)
    {
        try
        {
            if (RerankReply.Read(reply.Body.Span) is { } read && read.Extra["error"] is var error && (error.IsEmpty || error.ToElement().ValueKind == JsonValueKind.Null))
                return read with { Model = read.Model.Length > 0 ? read.Model : context.Model, Results = [.. read.Results.OrderByDescending(static result => result.RelevanceScore)] };
        }
        catch (JsonException)
        {
            // Not JSON, JSON cut in the middle, or a result without a score: the classifier says what it is.
        }
        throw context.Error(reply);
    }

    /// <summary>A name that would lead to another path is refused, but only where it stands in one.</summary>
    private string WithModel(string path, string model)
    {
        if (DotsAsLowLines) model = model.Replace('.', '_');
        if (path.Contains("{model}", StringComparison.Ordinal)) return path.Replace("{model}", ModelPath.Segments(model), StringComparison.Ordinal);
        return path.Contains("{segment}", StringComparison.Ordinal) ? path.Replace("{segment}", ModelPath.Segment(model), StringComparison.Ordinal) : path;
    }
}

/// <summary>How a service takes what is looked for.</summary>
public enum RerankQueryForm
{
    /// <summary>As a text.</summary>
    Text,

    /// <summary>As an object with the text: <c>{"text":"..."}</c>.</summary>
    Object,

    /// <summary>As a list in which it stands once for each document, as at DeepInfra.</summary>
    Repeated,
}

/// <summary>Which documents a service takes; others are made into such ones.</summary>
public enum RerankDocumentForm
{
    /// <summary>Texts and objects, each as it was given.</summary>
    Any,

    /// <summary>Texts alone: an object becomes one, a line for each of its fields. Pictures are refused.</summary>
    Text,

    /// <summary>Objects alone: a text becomes one, <c>{"text":"..."}</c>.</summary>
    Object,

    /// <summary>Texts, and pictures as parts of a message in an object: <c>{"content":[{"type":"image_url",...}]}</c>, as at vLLM.</summary>
    Content,

    /// <summary>Texts, and pictures as a list of such parts, as at SGLang.</summary>
    Parts,
}
