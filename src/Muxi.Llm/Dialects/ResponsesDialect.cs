namespace Muxi.Llm;

/// <summary>
/// A wire format of responses. All of them make one, whole and streamed; one that keeps them is besides an <see cref="IVerb{TRequest, TReply}"/> of
/// <see cref="ResponseRetrieveRequest"/>, <see cref="ResponseCancelRequest"/>, <see cref="ResponseDeleteRequest"/> and <see cref="ResponseInputItemsRequest"/>.
/// </summary>
public abstract record ResponsesDialect : Dialect, IVerb<ResponseRequest, Response>, IStreamVerb<ResponseRequest, ResponseStreamEvent>
{
    /// <summary>How a streamed reply is cut into events.</summary>
    public abstract Framing Framing { get; }

    /// <summary>Begins the course of a request that is answered once.</summary>
    public abstract IExchange<Response> Begin(ResponseRequest request, CallContext context);

    /// <summary>The HTTP request that asks for a stream.</summary>
    public abstract HttpCall Render(ResponseRequest request, CallContext context);

    /// <summary>A fresh fold for the stream that answers a request.</summary>
    public abstract IFold<ResponseStreamEvent> Fold(ResponseRequest request, CallContext context);
}
