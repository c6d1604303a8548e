using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Ids in a request for a response that say whose they are: the response that it goes on from, and files in items and tools.</summary>
internal static class ResponseIds
{
    /// <summary>The request with its ids as the provider knows them; as a rule they are bare, and the very request given comes back.</summary>
    /// <exception cref="BadRequestException">Something is another provider's.</exception>
    public static ResponseRequest Localize(ResponseRequest request, Provider provider, Targets targets)
    {
        request = ResponseHistory.At(request, provider);
        if (request.PreviousResponseId is { } previous && previous.Contains('/', StringComparison.Ordinal)) request = request with { PreviousResponseId = Previous(previous, provider, targets) };
        if (request.Input is { Text: null } input && At(input.Items, provider, targets) is { } items) request = request with { Input = ResponseInput.FromItems(items) };
        return request.Tools is { } tools && At(tools, provider, targets) is { } localized ? request with { Tools = localized } : request;
    }

    /// <summary>The response that a request goes on from, as the provider knows it. What another provider has made is no matter of its own: whoever keeps the conversation must send it whole.</summary>
    private static string Previous(string id, Provider provider, Targets targets) =>
        OwnedIds.At(id, provider, targets, "previous_response_id", static (owner, asked) => $"ask {owner}, or send {asked} what was said before as input");

    private static List<ResponseItem>? At(IReadOnlyList<ResponseItem> items, Provider provider, Targets targets)
    {
        List<ResponseItem>? changed = null;
        for (var i = 0; i < items.Count; i++)
        {
            var item = items[i];
            if (At(item.Content?.Parts, provider, targets, $"input[{i}].content") is { } content) item = item with { Content = ResponseContent.FromParts(content) };
            if (At(item.Output?.Parts, provider, targets, $"input[{i}].output") is { } output) item = item with { Output = ResponseContent.FromParts(output) };
            if (!ReferenceEquals(item, items[i])) (changed ??= [.. items])[i] = item;
        }
        return changed;
    }

    private static IReadOnlyList<ResponsePart>? At(IReadOnlyList<ResponsePart>? parts, Provider provider, Targets targets, string path)
    {
        List<ResponsePart>? changed = null;
        for (var i = 0; i < (parts?.Count ?? 0); i++)
            if (parts![i].FileId is { } id && id.Contains('/', StringComparison.Ordinal))
                (changed ??= [.. parts])[i] = parts[i] with { FileId = FileIds.At(id, provider, targets, $"{path}[{i}].file_id") };
        return changed;
    }

    private static List<ResponseTool>? At(IReadOnlyList<ResponseTool> tools, Provider provider, Targets targets)
    {
        List<ResponseTool>? changed = null;
        for (var i = 0; i < tools.Count; i++)
        {
            var extra = tools[i].Extra;
            // A code interpreter's container has files, and a picture's mask is one.
            foreach (var name in (ReadOnlySpan<string>)["container", "input_image_mask"])
                if (!extra.IsEmpty && At(extra[name], provider, targets, $"tools[{i}].{name}") is { IsEmpty: false } with) extra = extra.With(name, with);
            if (!extra.Utf8.SequenceEqual(tools[i].Extra.Utf8)) (changed ??= [.. tools])[i] = tools[i] with { Extra = extra };
        }
        return changed;
    }

    /// <summary>An object whose <c>file_ids</c> or <c>file_id</c> are bare; an empty value where nothing is to be changed.</summary>
    private static RawJson At(RawJson value, Provider provider, Targets targets, string path)
    {
        if (value.IsEmpty || !value.Utf8.Span.Contains((byte)'/') || value.ToElement() is not { ValueKind: JsonValueKind.Object } form) return default;
        var changed = Extra.Trusted(value.Utf8.ToArray());
        if (form.TryGetProperty("file_id", out var one) && one.ValueKind == JsonValueKind.String)
            changed = changed.With("file_id", Text(FileIds.At(one.GetString()!, provider, targets, path + ".file_id")));
        if (form.TryGetProperty("file_ids", out var list) && list.ValueKind == JsonValueKind.Array && list.EnumerateArray().All(static id => id.ValueKind == JsonValueKind.String))
        {
            var ids = list.EnumerateArray().Select((id, i) => FileIds.At(id.GetString()!, provider, targets, $"{path}.file_ids[{i}]"));
            changed = changed.With("file_ids", RawJson.Trusted(JsonOut.ToUtf8(ids, static (json, all) =>
            {
                json.WriteStartArray();
                foreach (var id in all) json.WriteStringValue(id);
                json.WriteEndArray();
            })));
        }
        return RawJson.Trusted(changed.Utf8);
    }

    private static RawJson Text(string text) => RawJson.Trusted(JsonOut.ToUtf8(text, static (json, it) => json.WriteStringValue(it)));
}
