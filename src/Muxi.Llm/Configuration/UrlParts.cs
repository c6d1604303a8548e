namespace Muxi.Llm;

/// <summary>What stands in the braces of a service's address: from variables, else from credentials' own files, else the usual value.</summary>
internal sealed class UrlParts(LlmOptions options)
{
    /// <summary>The service's own address, filled.</summary>
    /// <exception cref="ConfigurationException">Nobody says what a part is.</exception>
    public string Own(Provider provider)
    {
        foreach (var part in provider.UrlParts)
            if (!part.BaseUrls.IsEmpty && ValueOf(part, provider) is { } value && part.BaseUrls.TryGetValue(value, out var other)) return Fill(other, provider);
        return Fill(provider.BaseUrl, provider);
    }

    /// <summary>An address with its parts filled in.</summary>
    /// <exception cref="ConfigurationException">Nobody says what a part is.</exception>
    public string Fill(string url, Provider provider)
    {
        if (provider.UrlParts.IsEmpty || !url.Contains('{', StringComparison.Ordinal)) return url;
        foreach (var part in provider.UrlParts)
        {
            var place = $"{{{part.Name}}}";
            if (!url.Contains(place, StringComparison.Ordinal)) continue;
            var value = ValueOf(part, provider) ?? throw new ConfigurationException($"{provider.Name} needs {(part.Name[0] is 'a' or 'e' or 'i' or 'o' or 'u' ? "an" : "a")} {part.Name}: set {string.Join(" or ", part.Variables)}{(part.Otherwise is { } other ? $", or {other}" : "")}") { Provider = provider.Name };
            url = url.Replace(place, value, StringComparison.Ordinal);
        }
        return url;
    }

    /// <summary>The parts that are known, by name.</summary>
    public IReadOnlyDictionary<string, string> Known(Provider provider) =>
        provider.UrlParts.Select(part => (part.Name, Value: ValueOf(part, provider))).Where(static part => part.Value is not null).ToDictionary(static part => part.Name, static part => part.Value!);

    /// <summary>An address of the environment with what vendors' variables leave out: as much of the suffix as it does not end in.</summary>
    public static string Whole(string url, Provider provider) => url.Contains('?', StringComparison.Ordinal) ? url : Whole(url, provider.BaseUrlSuffix);

    /// <summary>The same with any suffix, for an address without a query.</summary>
    public static string Whole(string url, string end)
    {
        if (end.Length == 0) return url;
        url = url.TrimEnd('/');
        var suffix = end.Trim('/').Split('/');
        var path = url[(url.IndexOf("://", StringComparison.Ordinal) is >= 0 and var scheme ? scheme + 3 : 0)..].Split('/')[1..];
        for (var shared = Math.Min(suffix.Length, path.Length); shared >= 0; shared--)
            if (Agree(path.AsSpan(path.Length - shared), suffix.AsSpan(0, shared))) return string.Join('/', [url, .. suffix[shared..]]);
        return url;
    }

    private static bool Agree(ReadOnlySpan<string> path, ReadOnlySpan<string> suffix)
    {
        for (var i = 0; i < path.Length; i++)
            if (path[i] != suffix[i] && !suffix[i].StartsWith('{')) return false;
        return true;
    }

    private string? ValueOf(UrlPart part, Provider provider)
    {
        foreach (var variable in part.Variables)
            if (options.Environment(variable)?.Trim() is { Length: > 0 } value) return Checked(Bare(value, part), part, provider, variable);
        var source = provider.Auth.Source is { } need ? options.Credentials.FirstOrDefault(source => source.Name == need.Name) : null;
        return source?.UrlPart(part.Name, options.Environment) is { Length: > 0 } known ? Checked(known, part, provider, $"the credentials of {source.Name}") : part.Default;
    }

    private static string Bare(string value, UrlPart part)
    {
        if (part.Prefix.Length == 0 && part.Suffix.Length == 0) return value;
        if (value.StartsWith(part.Prefix, StringComparison.OrdinalIgnoreCase)) value = value[part.Prefix.Length..];
        value = value.TrimEnd('/');
        return part.Suffix.Length > 0 && value.EndsWith(part.Suffix, StringComparison.OrdinalIgnoreCase) ? value[..^part.Suffix.Length] : value;
    }

    private static string Checked(string value, UrlPart part, Provider provider, string from) => value.AsSpan().IndexOfAnyExcept(_characters) < 0 ? value
        : throw new ConfigurationException($"{from} holds no {part.Name} for {provider.Name}: there are characters in it that no {part.Name} has") { Provider = provider.Name };

    private static readonly System.Buffers.SearchValues<char> _characters = System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:");
}
