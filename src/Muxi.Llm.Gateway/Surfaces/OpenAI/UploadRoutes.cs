namespace Muxi.Llm.Gateway.Surfaces.OpenAI;

/// <summary><c>/v1/uploads</c>, and what is done with one. Ids are given and taken as <c>provider/id</c>.</summary>
internal sealed class UploadRoutes(LlmClient client, Owners owners)
{
    public async Task CreateAsync(Incoming call)
    {
        var request = await JsonCall.ReadAsync(call, static body => UploadCreateRequest.Parse(body.Span));
        var (named, others) = Owners.Take(request.Extra);
        var (provider, options) = owners.Of(call, named);
        await AnswerAsync(call, await client.Uploads.CreateAsync(request with { Provider = provider.Name, Extra = others }, options, call.Aborted));
    }

    public async Task AddPartAsync(Incoming call)
    {
        var form = await call.ReadFormAsync();
        var (asked, id) = owners.OfId(call, call.Id!);
        var part = await client.Uploads.AddPartAsync(new(id, form.NeededFile("data")), asked.Options, call.Aborted);
        await call.AnswerAsync(part with { Id = $"{asked.Provider.Name}/{part.Id}", UploadId = $"{asked.Provider.Name}/{part.UploadId}" }, UploadJson.Write);
    }

    public async Task CompleteAsync(Incoming call)
    {
        var (asked, id) = owners.OfId(call, call.Id!);
        var request = await JsonCall.ReadAsync(call, body => UploadCompleteRequest.Parse(id, body.Span));
        await AnswerAsync(call, await client.Uploads.CompleteAsync(request, asked.Options, call.Aborted));
    }

    public async Task CancelAsync(Incoming call)
    {
        var (asked, id) = owners.OfId(call, call.Id!);
        await AnswerAsync(call, await client.Uploads.CancelAsync(id, asked.Options, call.Aborted));
    }

    private static Task AnswerAsync(Incoming call, Upload upload) =>
        call.AnswerAsync(upload with { Id = upload.QualifiedId, Purpose = upload.Purpose ?? FilePurpose.UserData, File = upload.File is { } file ? FileWords.Known(file) : null }, UploadJson.Write);
}
