using System.Globalization;
using System.Text.Json;

namespace Muxi.Llm.Gateway.Surfaces.OpenAI;

/// <summary>
/// <c>/v1/responses</c> and what is below it. Ids are given and taken as <c>provider/id</c>, so that a response says itself who keeps it. The first content of a stream
/// decides about the status, as chat's does; each event goes out under its name, and the last one is the end: there is no <c>[DONE]</c>.
/// </summary>
internal sealed class ResponseRoutes(LlmClient client, Callees callees, Owners owners)
{
    public async Task CreateAsync(Incoming call)
    {
        var (request, fallbacks) = await ReadAsync(call);
        var options = For(call, callees.OptionsFor(call, request.Model, fallbacks));
        if (request.Stream == true) await StreamAsync(call, client.Responses.StreamAsync(request, options, call.Aborted));
        else await AnswerAsync(call, await client.Responses.CreateAsync(request, options, call.Aborted));
    }

    public async Task RetrieveAsync(Incoming call)
    {
        var (asked, id) = owners.OfId(call, call.Id!);
        var options = For(call, asked.Options);
        var request = new ResponseRetrieveRequest(id) { Include = Includes(call) };
        if (Flag(call, "stream") != true)
        {
            if (Text(call, "starting_after") is not null) throw Wrong("starting_after", "goes with stream=true only");
            await AnswerAsync(call, await client.Responses.RetrieveAsync(request, options, call.Aborted));
            return;
        }
        request = request with { StartingAfter = Whole(call, "starting_after"), IncludeObfuscation = Flag(call, "include_obfuscation") };
        await StreamAsync(call, client.Responses.StreamAsync(request, options, call.Aborted));
    }

    public async Task DeleteAsync(Incoming call)
    {
        var (asked, id) = owners.OfId(call, call.Id!);
        var deleted = await client.Responses.DeleteAsync(id, For(call, asked.Options), call.Aborted);
        await call.AnswerAsync(deleted with { Id = ResponseWords.Qualified(deleted.Id, asked.Provider.Name)! }, ResponseWriter.Write);
    }

    public async Task CancelAsync(Incoming call)
    {
        var (asked, id) = owners.OfId(call, call.Id!);
        await AnswerAsync(call, await client.Responses.CancelAsync(id, For(call, asked.Options), call.Aborted));
    }

    public async Task InputItemsAsync(Incoming call)
    {
        var (asked, id) = owners.OfId(call, call.Id!);
        var page = await client.Responses.InputItemsPageAsync(
            new(id) { After = Text(call, "after"), Limit = (int?)Whole(call, "limit"), Order = Text(call, "order") is { } order ? order : default(ListOrder?), Include = Includes(call) },
            For(call, asked.Options), call.Aborted);
        await call.AnswerAsync(page with { Data = [.. page.Data.Select(item => ResponseWords.Known(item, asked.Provider.Name))] }, ResponseWriter.Write);
    }

    public async Task CountInputTokensAsync(Incoming call)
    {
        var (request, fallbacks) = await ReadAsync(call);
        await call.AnswerAsync(await client.Responses.CountInputTokensAsync(request, For(call, callees.OptionsFor(call, request.Model, fallbacks)), call.Aborted), ResponseWriter.Write);
    }

    public async Task CompactAsync(Incoming call)
    {
        var (request, fallbacks) = await ReadAsync(call);
        var compacted = await client.Responses.CompactAsync(request, For(call, callees.OptionsFor(call, request.Model, fallbacks)), call.Aborted);
        await call.AnswerAsync(compacted, ResponseWriter.Write);
    }

    private static async Task<(ResponseRequest Request, IReadOnlyList<string>? Fallbacks)> ReadAsync(Incoming call)
    {
        var request = await JsonCall.ReadAsync(call, static body => ResponseRequest.Parse(body.Span));
        var (fallbacks, others) = JsonCall.Fallbacks(request.Extra);
        return (request with { Extra = others }, fallbacks);
    }

    /// <summary>What is kept here is kept for whoever shows the same key.</summary>
    private static RequestOptions For(Incoming call, RequestOptions options) => PresentedKey.Of(call.Request.Headers) is { } key ? options with { Tenant = key } : options;

    private static Task AnswerAsync(Incoming call, Response response) => call.AnswerAsync(ResponseWords.Known(response), ResponseWriter.Write);

    private static Task StreamAsync(Incoming call, IAsyncEnumerable<ResponseStreamEvent> events)
    {
        var next = 0L;
        return EventBody<ResponseStreamEvent>.AnswerAsync(call, events, new(ResponseEventJson.Write)
        {
            Name = static one => one.Type.Value, WriteError = (json, refusal) => ResponseErrors.Write(json, refusal, next),
            Show = one =>
            {
                next = (one.SequenceNumber ?? next) + 1;
                return ResponseWords.Known(one);
            },
        });
    }

    private static string? Text(Incoming call, string name) => call.Request.Query[name] is [{ Length: > 0 } text] ? text : null;

    private static List<string>? Includes(Incoming call) => call.Request.Query["include"].Concat(call.Request.Query["include[]"]).OfType<string>().ToList() is { Count: > 0 } words ? words : null;

    private static long? Whole(Incoming call, string name) => Text(call, name) is not { } text ? null
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : throw Wrong(name, "must be a whole number");

    private static bool? Flag(Incoming call, string name) => Text(call, name) switch { null => null, "true" or "1" => true, "false" or "0" => false, _ => throw Wrong(name, "must be true or false") };

    private static RefusalException Wrong(string name, string what) => new(new(400, $"'{name}' {what}") { Param = name, Code = "invalid_value" });
}

/// <summary>An error within a stream of responses: the members that the schema of its event has, and beside them the object by which OpenAI's clients know an error.</summary>
/// <remarks>Source: ResponseErrorEvent in OpenAI's OpenAPI document 2.3.0; seen of OpenAI's service: <c>{"type":"error","sequence_number":2,"error":{...}}</c>.</remarks>
internal static class ResponseErrors
{
    public static void Write(Utf8JsonWriter json, Refusal refusal, long sequenceNumber)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "error");
        json.WriteNumber("sequence_number"u8, sequenceNumber);
        json.WriteString("code"u8, refusal.Code);
        json.WriteString("message"u8, refusal.Message);
        json.WriteString("param"u8, refusal.Param);
        json.WritePropertyName("error"u8);
        OpenAIErrors.WriteInner(json, refusal);
        json.WriteEndObject();
    }
}

/// <summary>Responses as the server shows them: ids say whose they are. As a rule an item is not changed, and the very object given comes back.</summary>
internal static class ResponseWords
{
    public static Response Known(Response response) => response with
    {
        Id = response.QualifiedId, PreviousResponseId = Qualified(response.PreviousResponseId, response.Provider), Output = Known(response.Output, response.Provider),
    };

    public static ResponseStreamEvent Known(ResponseStreamEvent one)
    {
        if (one.Response is { } response) return one with { Response = Known(response) };
        if (one.Annotation is { } annotation) return one with { Annotation = Known(annotation, one.Provider) };
        if (one.Item is { } item) return one with { Item = Known(item, one.Provider) };
        return one.Part is { } part ? one with { Part = Known(part, one.Provider) } : one;
    }

    public static ResponseItem Known(ResponseItem item, string? provider) =>
        item.Content is { IsList: true } content && content.Parts.Any(NamesFile) ? item with { Content = ResponseContent.FromParts([.. content.Parts.Select(part => Known(part, provider))]) } : item;

    /// <summary>An id with the provider's name in front, where it has none.</summary>
    public static string? Qualified(string? id, string? provider) => string.IsNullOrEmpty(id) || provider is null || id.Contains('/', StringComparison.Ordinal) ? id : $"{provider}/{id}";

    private static IReadOnlyList<ResponseItem> Known(IReadOnlyList<ResponseItem> items, string? provider) =>
        items.Any(static item => item.Content is { IsList: true } content && content.Parts.Any(NamesFile)) ? [.. items.Select(item => Known(item, provider))] : items;

    private static ResponsePart Known(ResponsePart part, string? provider) => !NamesFile(part) ? part : part with
    {
        FileId = Qualified(part.FileId, provider), Annotations = part.Annotations is { } annotations ? [.. annotations.Select(annotation => Known(annotation, provider))] : null,
    };

    /// <summary>A file in a container is not among those that can be asked for by their id alone.</summary>
    private static ResponseAnnotation Known(ResponseAnnotation annotation, string? provider) =>
        annotation.FileId is null || annotation.ContainerId is not null ? annotation : annotation with { FileId = Qualified(annotation.FileId, provider) };

    private static bool NamesFile(ResponsePart part) => part.FileId is not null || part.Annotations?.Any(static annotation => annotation.FileId is not null) == true;
}
