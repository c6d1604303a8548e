namespace Muxi.Llm;

internal static partial class Verbs
{
    public static readonly Verb<BatchCreateRequest, Batch> BatchCreate = new("batches from a file", static (provider, _) => provider.Batches as IVerb<BatchCreateRequest, Batch>)
    {
        Repeats = Repeats.WithoutEffect, With = static (request, extra) => request with { Extra = request.Extra.With(extra) },
    };

    public static readonly Verb<BatchSubmitRequest, Batch> BatchSubmit = new("batches", static (provider, _) => provider.Batches as IVerb<BatchSubmitRequest, Batch>)
    {
        Repeats = Repeats.WithoutEffect, Files = static request => [request.Body],
    };

    public static readonly Verb<BatchListRequest, Page<Batch>> BatchList = new("batches", static (provider, _) => provider.Batches);

    public static readonly Verb<BatchRetrieveRequest, Batch> BatchRetrieve = new("batches", static (provider, _) => provider.Batches);

    public static readonly Verb<BatchCancelRequest, Batch> BatchCancel = new("batches", static (provider, _) => provider.Batches);

    public static readonly Verb<BatchDeleteRequest, BatchDeleted> BatchDelete = new("the deletion of batches", static (provider, _) => provider.Batches as IVerb<BatchDeleteRequest, BatchDeleted>);

    public static readonly ContentVerb<BatchResultsRequest, FileContent> BatchResults = new("the results of batches", static (provider, _) => provider.Batches as IContentVerb<BatchResultsRequest>, static body => new(body))
    {
        MayBeEmpty = true,
    };
}
