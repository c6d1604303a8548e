namespace Muxi.Llm;

/// <summary>One resolved place to send a call to. Immutable, so that concurrent calls cannot disturb each other.</summary>
internal sealed record Target(Provider Provider, string Model, BaseUrl BaseUrl, string? Key, IReadOnlyList<KeyValuePair<string, string>> Headers)
{
    /// <summary>The name as <c>provider/model</c>, as attempts tell it.</summary>
    public string Name => Model.Length == 0 ? Provider.Name : $"{Provider.Name}/{Model}";

    /// <summary>What must not be shown anywhere.</summary>
    public IReadOnlyList<string> Secrets { get; init; } = [];

    /// <summary>The name alone: the key is not printed.</summary>
    public override string ToString() => Name;

    /// <summary>The address of a path below the base URL.</summary>
    public Uri At(string path) => BaseUrl.At(path);
}
