namespace Muxi.Llm;

/// <summary>A wire format in which a service lists its models.</summary>
public abstract record ModelsDialect : Dialect, IVerb<ModelListRequest, Page<Model>>, IVerb<ModelRetrieveRequest, Model>
{
    /// <summary>The path after the base URL; it may have a query.</summary>
    public string Path { get; init; } = "models";

    /// <summary>The HTTP request for a page of the list.</summary>
    public abstract HttpCall Render(ModelListRequest request);

    /// <summary>The HTTP request for one model.</summary>
    public virtual HttpCall Render(ModelRetrieveRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        // Ids hold slashes, which stay; whatever else could mean something in a path does not.
        var id = string.Join('/', request.Id.Split('/').Select(Uri.EscapeDataString));
        return new(HttpMethod.Get, Path.IndexOf('?', StringComparison.Ordinal) is >= 0 and var query ? $"{Path[..query]}/{id}{Path[query..]}" : $"{Path}/{id}");
    }

    /// <summary>The page in an HTTP reply.</summary>
    /// <exception cref="ApiException">It is an error after all, or no list.</exception>
    public virtual Page<Model> ParsePage(HttpReply reply, CallContext context) => ModelJson.ReadPage(reply, context);

    /// <summary>The model in an HTTP reply.</summary>
    /// <exception cref="ApiException">It is an error after all, or no model.</exception>
    public virtual Model Parse(HttpReply reply, CallContext context) => ModelJson.Read(reply, context);

    IExchange<Page<Model>> IVerb<ModelListRequest, Page<Model>>.Begin(ModelListRequest request, CallContext context) => Exchange.Of(() => Render(request), reply => ParsePage(reply, context));

    IExchange<Model> IVerb<ModelRetrieveRequest, Model>.Begin(ModelRetrieveRequest request, CallContext context) => Exchange.Of(() => Render(request), reply => Parse(reply, context));
}
