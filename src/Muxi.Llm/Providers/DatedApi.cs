using System.Collections.Immutable;

namespace Muxi.Llm;

/// <summary>
/// Another form of a service's addresses, which says a dated version of its API (<c>?api-version=2024-10-21</c>). It is spoken where such a version is set
/// (<c>NAME_API_VERSION</c>, <see cref="LlmOptions.ApiVersions"/>, <c>api_version</c> in a file), or stands in the base URL.
/// </summary>
/// <param name="Field">The parameter of an address that carries the version.</param>
/// <param name="BaseUrl">The service's address in this form, with <c>{name}</c> for its <see cref="Provider.UrlParts"/>. What comes behind its host is what customary variables leave out.</param>
/// <param name="Variables">Environment variables that hold the version by custom, besides <c>NAME_API_VERSION</c>.</param>
public sealed record DatedApi(string Field, string BaseUrl, params ImmutableArray<string> Variables)
{
    /// <summary>What stands before <see cref="ModelPaths"/> and says whom is asked: <c>deployments/{model}</c>. A base URL that goes on into it is cut before it.</summary>
    public string ModelFolder { get; init; } = "";

    /// <summary>The paths below a model's own folder; others are as in the form without a version.</summary>
    public ImmutableArray<string> ModelPaths { get; init; } = [];

    /// <summary>How the paths of base URLs end at which the form without a version is spoken, whatever version is set.</summary>
    public ImmutableArray<string> UndatedEnds { get; init; } = [];

    /// <summary>How chat is spoken, by the version from which on; none for as without a version. The last that is not later than the version counts, the first one for older ones.</summary>
    public ImmutableArray<ChatSince> Chats { get; init; } = [];

    /// <summary>The folder in which all models have theirs.</summary>
    private string Folder => ModelFolder.Split('/')[0];

    /// <summary>What comes behind the host.</summary>
    internal string Suffix => BaseUrl.IndexOf('/', BaseUrl.IndexOf("://", StringComparison.Ordinal) + 3) is > 0 and var path ? BaseUrl[path..] : "";

    /// <summary>A path as this form has it.</summary>
    /// <exception cref="BadRequestException">The model's name would lead to another path.</exception>
    internal string PathOf(string path, string model)
    {
        if (model.Length == 0 || !ModelPaths.Contains(path.Split('?')[0])) return path;
        return $"{ModelFolder.Replace("{model}", ModelPath.Segment(model), StringComparison.Ordinal)}/{path}";
    }

    /// <summary>Whether a version is a date; words (<c>preview</c>) are of the form without one.</summary>
    internal static bool IsDate(string version) => version.Length > 0 && char.IsAsciiDigit(version[0]);

    /// <summary>The version in an address; null for none.</summary>
    internal string? VersionIn(string url)
    {
        var query = url.IndexOf('?', StringComparison.Ordinal);
        if (query < 0) return null;
        foreach (var pair in url[(query + 1)..].Split('&'))
            if (pair.StartsWith(Field, StringComparison.OrdinalIgnoreCase) && pair.Length > Field.Length + 1 && pair[Field.Length] == '=') return Uri.UnescapeDataString(pair[(Field.Length + 1)..]);
        return null;
    }

    /// <summary>An address up to where the folders of the models begin, its query kept.</summary>
    internal string Cut(string url)
    {
        if (Folder.Length == 0) return url;
        var query = url.IndexOf('?', StringComparison.Ordinal) is >= 0 and var at ? at : url.Length;
        var folder = url.IndexOf($"/{Folder}/", 0, query, StringComparison.OrdinalIgnoreCase);
        return folder < 0 ? url : url[..folder] + url[query..];
    }

    /// <summary>Whether an address is one of the form without a version.</summary>
    internal bool IsUndated(string url) => UndatedEnds.Any(end => url.Split('?')[0].TrimEnd('/').EndsWith(end, StringComparison.OrdinalIgnoreCase));

    /// <summary>An address with a version.</summary>
    internal string With(string url, string version) => VersionIn(url) is not null ? url : $"{url}{(url.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{Field}={Uri.EscapeDataString(version)}";

    /// <summary>How chat is spoken in a version; null for as in the form without.</summary>
    internal ChatDialect? ChatIn(string version)
    {
        if (Chats.IsEmpty) return null;
        var chat = Chats[0];
        foreach (var one in Chats)
            if (string.CompareOrdinal(one.Version, version) <= 0) chat = one;
        return chat.Chat;
    }
}

/// <summary>How chat is spoken from a version of an API on.</summary>
/// <param name="Version">The version, as <c>2024-09-01</c>.</param>
/// <param name="Chat">The wire format of chat.</param>
public sealed record ChatSince(string Version, ChatDialect Chat);
