using System.Text.Json;

namespace Muxi.Llm;

/// <summary>A model as its service lists it.</summary>
/// <param name="Name">As it is asked for: <c>provider/model</c>.</param>
/// <param name="Created">When it was made, in Unix seconds; null where the service does not say.</param>
/// <param name="OwnedBy">Whose it is; null where the service does not say.</param>
internal sealed record ListedModel(string Name, long? Created, string? OwnedBy);

/// <summary>Reads the list of models that a service gives itself, page by page, in the service's order.</summary>
/// <param name="client">Who asks.</param>
/// <param name="provider">The service; it has a path for the list.</param>
/// <param name="options">Settings of the calls; the whole limit holds for each page's body, too.</param>
internal sealed class ModelListReader(LlmClient client, Provider provider, RequestOptions options)
{
    private const int MostBytes = 16 << 20;
    private const int MostPages = 100;

    private readonly List<ListedModel> _models = [];
    private int _bytes;

    /// <summary>Asks for the list.</summary>
    /// <exception cref="LlmException">The service does not give it, or what it gives is no list.</exception>
    public async Task<IReadOnlyList<ListedModel>> ReadAsync(CancellationToken cancellationToken)
    {
        string? after = null;
        for (var page = 0; page < MostPages; page++)
        {
            var next = await ReadPageAsync(PathOf(after), cancellationToken).ConfigureAwait(false);
            // A service that knows no pages and says that there are more gives the same list again.
            if (next is null || next == after) return [.. _models.DistinctBy(static model => model.Name)];
            after = next;
        }
        throw Unusable("does not end", null);
    }

    /// <summary>The first page is asked for plainly, as most services know no pages.</summary>
    private string PathOf(string? after)
    {
        var path = provider.ModelsPath!;
        return after is null ? path : $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}limit=1000&after_id={Uri.EscapeDataString(after)}";
    }

    /// <summary>Takes one page's models; gives the id behind which the next page begins, null where there is none.</summary>
    private async Task<string?> ReadPageAsync(string path, CancellationToken cancellationToken)
    {
        using var response = await client.Raw.SendAsync(new() { Provider = provider.Name, Method = HttpMethod.Get, Path = path, Options = options }, cancellationToken).ConfigureAwait(false);
        using var body = new PooledBuffer();
        try
        {
            await ReadBodyAsync(response, body, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (Transport.IsOfTheBody(e))
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw Unusable("broke off", e);
        }
        try
        {
            using var document = JsonDocument.Parse(body.WrittenMemory);
            return Take(document.RootElement);
        }
        catch (JsonException e)
        {
            throw Unusable("is not JSON", e);
        }
    }

    private async Task ReadBodyAsync(HttpResponseMessage response, PooledBuffer into, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource((options.Timeouts ?? new()).Total, client.Settings.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        var stream = await response.Content.ReadAsStreamAsync(either.Token).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            while (await stream.ReadAsync(into.GetMemory(), either.Token).ConfigureAwait(false) is > 0 and var count)
            {
                into.Advance(count);
                if ((_bytes += count) > MostBytes) throw Unusable("is too long", null);
            }
        }
    }

    /// <summary>Most wrap the list as OpenAI does; Together gives the bare list, Anthropic pages that say whether there are more.</summary>
    private string? Take(JsonElement page)
    {
        var isWrapped = page.ValueKind == JsonValueKind.Object;
        var data = isWrapped && page.TryGetProperty("data", out var wrapped) ? wrapped : page;
        if (data.ValueKind != JsonValueKind.Array) throw Unusable("is not in OpenAI's form", null);
        foreach (var model in data.EnumerateArray())
            if (model.ValueKind == JsonValueKind.Object && Text(model, "id") is { } id) _models.Add(new($"{provider.Name}/{id}", Seconds(model), Text(model, "owned_by")));
        return isWrapped && page.TryGetProperty("has_more", out var more) && more.ValueKind == JsonValueKind.True ? Text(page, "last_id") : null;
    }

    private static long? Seconds(JsonElement model) =>
        model.TryGetProperty("created", out var time) && time.ValueKind == JsonValueKind.Number && time.TryGetInt64(out var seconds) ? seconds : null;

    private static string? Text(JsonElement element, string member) =>
        element.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

    private ServerException Unusable(string what, Exception? inner) =>
        new($"{provider.Name}: the list of models {what}", inner) { Provider = provider.Name, Status = System.Net.HttpStatusCode.BadGateway };
}
