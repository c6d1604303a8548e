namespace Muxi.Llm;

/// <summary>What a request goes on from, for the services that do not keep it themselves.</summary>
/// <param name="Owner">Who has made the response.</param>
/// <param name="Id">The response's id there.</param>
/// <param name="Items">All that was said up to it, and itself.</param>
internal sealed record ResponseHistory(Provider Owner, string Id, IReadOnlyList<ResponseItem> Items)
{
    /// <summary>Whether its maker keeps it, so that the id is enough there.</summary>
    public bool IsAtOwner { get; init; }

    /// <summary>Why it could not be read, where its maker keeps it and nobody else knows it.</summary>
    public LlmException? Fault { get; init; }

    /// <summary>A request as one of its stops is asked: by the id where it is kept, else with the items before its own.</summary>
    public static ResponseRequest At(ResponseRequest request, Provider provider)
    {
        if (request.History is not { } history) return WithoutForeignSeals(request, provider);
        request = request with { History = null, PreviousResponseId = null };
        if (history.IsAtOwner && provider.Name == history.Owner.Name) return WithoutForeignSeals(request with { PreviousResponseId = history.Id }, provider);
        if (history.Fault is { } fault) throw fault;
        var before = provider.Name == history.Owner.Name ? history.Items : [.. history.Items.Select(item => Foreign(item, history.Owner, isOverChat: provider.Responses is null)).OfType<ResponseItem>()];
        return WithoutForeignSeals(request with { Input = ResponseInput.FromItems((IReadOnlyList<ResponseItem>)[.. before, .. request.Input?.Items ?? []]) }, provider);
    }

    /// <summary>What we have sealed for a chat is nothing to a service that speaks responses itself.</summary>
    private static ResponseRequest WithoutForeignSeals(ResponseRequest request, Provider provider)
    {
        if (provider.Responses is null || request.Input is not { Text: null } input || !input.Items.Any(static item => SealedBlock.IsOurs(item.EncryptedContent))) return request;
        return request with { Input = ResponseInput.FromItems((IReadOnlyList<ResponseItem>)[.. input.Items.Where(static item => !SealedBlock.IsOurs(item.EncryptedContent))]) };
    }

    /// <summary>An item of another service's response as this one can take it: its ids mean nothing here, and what only its maker can read or has done stays away.</summary>
    private static ResponseItem? Foreign(ResponseItem item, Provider owner, bool isOverChat) => item.Type.Value switch
    {
        "reasoning" => isOverChat && (SealedBlock.IsOurs(item.EncryptedContent) || item.EncryptedContent is null) ? item : null,
        "message" => item with { Id = null, Phase = null, Content = Words(item.Content, owner) },
        "function_call" or "function_call_output" or "custom_tool_call" or "custom_tool_call_output" => item with { Id = null, Output = Words(item.Output, owner), Extra = default },
        _ => null,
    };

    /// <summary>Content without what only its maker knows. A file of its maker's is called so: at another service it is a mistake that has a name.</summary>
    private static ResponseContent? Words(ResponseContent? content, Provider owner) => content is not { IsList: true } ? content
        : ResponseContent.FromParts((IReadOnlyList<ResponsePart>)[.. content.Parts.Select(part => part with
        {
            Extra = default, Annotations = part.Annotations is null ? null : [], Logprobs = part.Logprobs is null ? null : [],
            FileId = part.FileId is { } id && !id.Contains('/', StringComparison.Ordinal) ? $"{owner.Name}/{id}" : part.FileId,
        })]);
}
