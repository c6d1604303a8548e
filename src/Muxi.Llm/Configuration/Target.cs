namespace Muxi.Llm;

/// <summary>One resolved place to send a call to. Immutable, so that concurrent calls cannot disturb each other.</summary>
internal sealed record Target(Provider Provider, string Model, Uri BaseUrl, string? Key, IReadOnlyList<KeyValuePair<string, string>> Headers)
{
    /// <summary>The name as <c>provider/model</c>, as attempts tell it.</summary>
    public string Name => Model.Length == 0 ? Provider.Name : $"{Provider.Name}/{Model}";

    /// <summary>What must not be shown anywhere.</summary>
    public IReadOnlyList<string> Secrets { get; init; } = [];

    /// <summary>The address of a path below the base URL, never one of another origin, whatever the path looks like. The base URL's own query goes along.</summary>
    public Uri At(string path) => BaseUrl.Query.Length == 0
        ? new(BaseUrl.AbsoluteUri + path)
        : new($"{BaseUrl.GetLeftPart(UriPartial.Path)}{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{BaseUrl.Query.AsSpan(1)}");
}
