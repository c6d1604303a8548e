using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// A wire format of batches: listing, looking at and stopping them, and how their requests and results are put. One that makes them of a file is also an
/// <see cref="IVerb{TRequest, TReply}"/> of <see cref="BatchCreateRequest"/>, one that takes the requests themselves of <see cref="BatchSubmitRequest"/>. What a service takes is data, so that
/// nothing is sent in vain.
/// </summary>
public abstract record BatchesDialect : Dialect, IVerb<BatchListRequest, Page<Batch>>, IVerb<BatchRetrieveRequest, Batch>, IVerb<BatchCancelRequest, Batch>
{
    /// <summary>How many requests a batch may have; 0 where the service does not say.</summary>
    public int MaxRequests { get; init; }

    /// <summary>How many bytes they may have together; 0 where the service does not say.</summary>
    public long MaxBytes { get; init; }

    /// <summary>How many texts to embed they may hold together; 0 where the service does not say.</summary>
    public int MaxInputs { get; init; }

    /// <summary>Whether all of them must name the same model.</summary>
    public bool OneModel { get; init; }

    /// <summary>What may be asked for, as paths of OpenAI's API; empty where the service does not say.</summary>
    public ImmutableArray<string> Endpoints { get; init; } = [];

    /// <summary>The purpose of the file with the requests, where there is one.</summary>
    public string FilePurpose { get; init; } = "batch";

    /// <summary>How long a request's name may be; 0 where the service does not say.</summary>
    public int MaxCustomId { get; init; }

    /// <summary>Whether a request's name may hold letters, digits, <c>-</c> and <c>_</c> alone.</summary>
    public bool PlainCustomIds { get; init; }

    /// <summary>How many batches a page of a list may hold at most; 0 where the service does not say.</summary>
    public int MaxLimit { get; init; }

    /// <summary>The HTTP request for a page of a list.</summary>
    public abstract HttpCall Render(BatchListRequest request, CallContext context);

    /// <summary>The HTTP request for a batch's description.</summary>
    public abstract HttpCall Render(BatchRetrieveRequest request, CallContext context);

    /// <summary>The HTTP request that stops a batch.</summary>
    public abstract HttpCall Render(BatchCancelRequest request, CallContext context);

    /// <summary>The batch in a reply.</summary>
    /// <exception cref="ApiException">It is an error after all, or nothing that can be read.</exception>
    public virtual Batch Parse(HttpReply reply, CallContext context) => FileJson.Parse(reply, context, BatchJson.Read);

    /// <summary>The page in a reply.</summary>
    /// <exception cref="ApiException">It is an error after all, or nothing that can be read.</exception>
    public virtual Page<Batch> ParsePage(HttpReply reply, CallContext context) => FileJson.Parse(reply, context, BatchJson.ReadPage);

    /// <summary>What stands before a request in the body that holds all of them.</summary>
    /// <param name="index">Which one it is, from 0 on.</param>
    public abstract ReadOnlySpan<byte> Before(int index);

    /// <summary>What stands behind the last one.</summary>
    public abstract ReadOnlySpan<byte> Behind();

    /// <summary>Writes one request.</summary>
    public abstract void Write(Utf8JsonWriter json, BatchLine line);

    /// <summary>What one line of the results tells; null where it is none.</summary>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public abstract BatchAnswer? Read(ReadOnlyMemory<byte> line);

    /// <inheritdoc/>
    public virtual IExchange<Page<Batch>> Begin(BatchListRequest request, CallContext context) => Exchange.Of(() => Render(Checked(request, context), context), reply => ParsePage(reply, context));

    /// <inheritdoc/>
    public IExchange<Batch> Begin(BatchRetrieveRequest request, CallContext context) => Exchange.Of(() => Render(request, context), reply => Parse(reply, context));

    /// <inheritdoc/>
    public IExchange<Batch> Begin(BatchCancelRequest request, CallContext context) => Exchange.Of(() => Render(request, context), reply => Parse(reply, context));

    /// <summary>What is wrong with a request's name at this service; null for nothing.</summary>
    internal string? FaultOf(string customId)
    {
        if (MaxCustomId > 0 && customId.Length > MaxCustomId) return string.Create(CultureInfo.InvariantCulture, $"has {customId.Length} letters, and {MaxCustomId} are taken at most");
        return PlainCustomIds && customId.Any(static letter => !char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '_')) ? "may hold letters, digits, - and _ alone" : null;
    }

    private protected BatchListRequest Checked(BatchListRequest request, CallContext context) =>
        MaxLimit > 0 && request.Limit > MaxLimit ? throw context.Refuse("limit", string.Create(CultureInfo.InvariantCulture, $"a page may hold {MaxLimit} batches at most, not {request.Limit}")) : request;
}

/// <summary>One request of a batch, as its operation's own format has rendered it.</summary>
/// <param name="CustomId">What the result is called.</param>
/// <param name="Endpoint">What is asked for.</param>
/// <param name="Body">The request's JSON.</param>
public readonly record struct BatchLine(string CustomId, BatchEndpoint Endpoint, ReadOnlyMemory<byte> Body);

/// <summary>What became of one request, before its operation's own format has read the reply.</summary>
/// <param name="CustomId">What the result is called; empty where the line does not say.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Body">The reply, or the error in the words of its service; empty where there is none.</param>
public readonly record struct BatchAnswer(string CustomId, BatchOutcome Outcome, ReadOnlyMemory<byte> Body)
{
    /// <summary>The HTTP status that the reply would have had by itself; 200 where nobody says.</summary>
    public int Status { get; init; } = 200;

    /// <summary>A word for an error that has no body.</summary>
    public string? Code { get; init; }

    /// <summary>A sentence for an error that has no body.</summary>
    public string? Message { get; init; }

    /// <summary>The service's id of the request.</summary>
    public string? RequestId { get; init; }
}
