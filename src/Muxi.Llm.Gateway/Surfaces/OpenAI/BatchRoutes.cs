namespace Muxi.Llm.Gateway.Surfaces.OpenAI;

/// <summary><c>/v1/batches</c>, <c>/v1/batches/{id}</c> and <c>/v1/batches/{id}/cancel</c>. Ids, those of files too, are given and taken as <c>provider/id</c>.</summary>
internal sealed class BatchRoutes(LlmClient client, Owners owners)
{
    public async Task CreateAsync(Incoming call)
    {
        var request = await JsonCall.ReadAsync(call, static body => BatchCreateRequest.Parse(body.Span));
        var (named, others) = Owners.Take(request.Extra);
        var (asked, id) = owners.OfId(call, request.InputFileId, named);
        if (asked.Provider.Batches is not (null or IVerb<BatchCreateRequest, Batch>))
            throw new RefusalException(new(400, $"{asked.Provider.Name} makes no batches of files, and does not give a file's content back of which one could be made: send its batches to it by the library or by 'muxi-llm batch create --provider {asked.Provider.Name}'") { Code = "unsupported_feature", Param = "input_file_id" });
        await AnswerAsync(call, await client.Batches.CreateAsync(request with { InputFileId = id, Provider = asked.Provider.Name, Extra = others }, asked.Options, call.Aborted));
    }

    public async Task ListAsync(Incoming call)
    {
        var (provider, options) = owners.Of(call, null);
        var query = call.Request.Query;
        var page = await client.Batches.ListPageAsync(new() { Provider = provider.Name, Limit = FileRoutes.Limit(query["limit"]), After = query["after"] is [{ Length: > 0 } after] ? after : null }, options, call.Aborted);
        await call.AnswerAsync(page with
        {
            Data = [.. page.Data.Select(static batch => batch.Qualified())], FirstId = FileWords.Qualified(page.FirstId, provider), LastId = FileWords.Qualified(page.LastId, provider),
        }, BatchJson.Write);
    }

    public async Task RetrieveAsync(Incoming call)
    {
        var (asked, id) = owners.OfId(call, call.Id!);
        await AnswerAsync(call, await client.Batches.RetrieveAsync(id, asked.Options, call.Aborted));
    }

    public async Task CancelAsync(Incoming call)
    {
        var (asked, id) = owners.OfId(call, call.Id!);
        await AnswerAsync(call, await client.Batches.CancelAsync(id, asked.Options, call.Aborted));
    }

    private static Task AnswerAsync(Incoming call, Batch batch) => call.AnswerAsync(batch.Qualified(), BatchJson.Write);
}
