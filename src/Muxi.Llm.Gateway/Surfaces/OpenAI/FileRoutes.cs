using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Muxi.Llm.Gateway.Surfaces.OpenAI;

/// <summary><c>/v1/files</c>, <c>/v1/files/{id}</c> and <c>/v1/files/{id}/content</c>. Ids are given and taken as <c>provider/id</c>, so that a file says itself whose it is.</summary>
internal sealed class FileRoutes(LlmClient client, Owners owners)
{
    /// <summary>Types that a browser would act on in the name of this server.</summary>
    private static readonly string[] _active = ["text/html", "application/xhtml+xml", "image/svg+xml", "text/xml", "application/xml", "text/javascript", "application/javascript"];

    public async Task CreateAsync(Incoming call)
    {
        var form = await call.ReadFormAsync();
        var (provider, options) = owners.Of(call, form.Text(Owners.Member));
        var file = await client.Files.UploadAsync(new()
        {
            File = form.NeededFile("file"), Purpose = form.Text("purpose") is { Length: > 0 } purpose ? purpose : default(FilePurpose?), ExpiresAfter = Expiration(form), Provider = provider.Name, Extra = form.Rest(),
        }, options, call.Aborted);
        await call.AnswerAsync(FileWords.Known(file), FileJson.Write);
    }

    public async Task ListAsync(Incoming call)
    {
        var (provider, options) = owners.Of(call, null);
        var query = call.Request.Query;
        var page = await client.Files.ListPageAsync(new()
        {
            Provider = provider.Name, Purpose = query["purpose"] is [{ Length: > 0 } purpose] ? purpose : default(FilePurpose?), Limit = Limit(query["limit"]),
            Order = query["order"] is [{ Length: > 0 } order] ? order : default(ListOrder?), After = query["after"] is [{ Length: > 0 } after] ? after : null,
        }, options, call.Aborted);
        await call.AnswerAsync(FileWords.Known(page, provider), FileJson.Write);
    }

    public async Task RetrieveAsync(Incoming call)
    {
        var (asked, id) = owners.OfId(call, call.Id!);
        var file = await client.Files.RetrieveAsync(id, asked.Options, call.Aborted);
        await call.AnswerAsync(FileWords.Known(file), FileJson.Write);
    }

    public async Task DeleteAsync(Incoming call)
    {
        var (asked, id) = owners.OfId(call, call.Id!);
        var deleted = await client.Files.DeleteAsync(id, asked.Options, call.Aborted);
        await call.AnswerAsync(deleted with { Id = $"{asked.Provider.Name}/{deleted.Id}" }, FileJson.Write);
    }

    public async Task ContentAsync(Incoming call)
    {
        var (asked, id) = owners.OfId(call, call.Id!);
        await using var content = await client.Files.ContentAsync(id, asked.Options, call.Aborted);
        call.Name(content);
        var headers = call.Response.Headers;
        headers.ContentType = TypeOf(content.ContentType);
        headers.XContentTypeOptions = "nosniff";
        headers.ContentDisposition = $"attachment; filename*=UTF-8''{Uri.EscapeDataString(content.Filename ?? FileNames.Safe(id) ?? "file")}";
        await call.PassOnAsync(content);
    }

    private static string TypeOf(string? type) =>
        type is null || _active.Contains(type, StringComparer.OrdinalIgnoreCase) || type.AsSpan().ContainsAnyExceptInRange(' ', '~') ? "application/octet-stream" : type;

    private static FileExpiration? Expiration(IncomingForm form)
    {
        const string Anchor = "expires_after[anchor]", Seconds = "expires_after[seconds]";
        var (anchor, seconds) = (form.Text(Anchor), form.Whole(Seconds));
        if (anchor is null && seconds is null) return null;
        return new(seconds ?? throw IncomingForm.Wrong("expires_after", $"the form has '{Anchor}' and lacks '{Seconds}'"), anchor ?? throw IncomingForm.Wrong("expires_after", $"the form has '{Seconds}' and lacks '{Anchor}'"));
    }

    internal static int? Limit(Microsoft.Extensions.Primitives.StringValues sent) => sent.ToString() switch
    {
        "" => null,
        var text when int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var limit) => limit,
        _ => throw IncomingForm.Wrong("limit", "'limit' must be a whole number"),
    };
}

/// <summary>
/// Files in words that OpenAI's clients know, where they know no others: the official .NET client throws on a status or purpose of somebody else's (seen in version 2.15.0).
/// </summary>
internal static class FileWords
{
    public static FileObject Known(FileObject file) => file with
    {
        Id = file.QualifiedId, Purpose = file.Purpose ?? FilePurpose.UserData,
        Status = file.Status?.Value switch
        {
            null or "processed" => FileStatus.Processed,
            "uploaded" or "pending" or "processing" or "running" or "in_progress" => FileStatus.Uploaded,
            "error" or "failed" => FileStatus.Error,
            _ => FileStatus.Processed,
        },
    };

    public static Page<FileObject> Known(Page<FileObject> page, Provider provider) => page with
    {
        Data = [.. page.Data.Select(Known)], FirstId = Qualified(page.FirstId, provider), LastId = Qualified(page.LastId, provider),
    };

    public static string? Qualified(string? id, Provider provider) => string.IsNullOrEmpty(id) ? null : $"{provider.Name}/{id}";
}
