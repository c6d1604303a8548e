namespace Muxi.Llm;

/// <summary>One resolved place to send a call to. Immutable, so that concurrent calls cannot disturb each other.</summary>
internal sealed record Target(Provider Provider, string Model, BaseUrl BaseUrl, string? Key, IReadOnlyList<KeyValuePair<string, string>> Headers)
{
    /// <summary>The name as <c>provider/model</c>, as attempts tell it.</summary>
    public string Name => Model.Length == 0 ? Provider.Name : $"{Provider.Name}/{Model}";

    /// <summary>How the key is sent.</summary>
    public Auth Auth { get; init; } = Provider.Auth;

    /// <summary>Whether the address is one that whoever runs us has set up, and not the one that the service is known by: a server of theirs.</summary>
    public bool IsOwn { get; init; }

    /// <summary>Whether the address is the service's own, as its facts have it.</summary>
    public bool IsVendors { get; init; }

    /// <summary>The file that the model is, where its server is started here; null where it is asked at an address.</summary>
    public ModelFile? File { get; init; }

    /// <summary>Whether its server was started here, so that no proxy stands before it.</summary>
    public bool IsLocal { get; init; }

    /// <summary>Whether bodies come as they lie there, in no coding, since their bytes are counted.</summary>
    public bool IsUnpacked { get; init; }

    /// <summary>The form of the addresses, where they say a dated version of the API; null for the usual one.</summary>
    public DatedApi? Dated { get; init; }

    /// <summary>What tells who asks where there is no key, with what it may know; null for nothing.</summary>
    public (ICredentialSource Source, CredentialContext Context)? Credentials { get; init; }

    /// <summary>What is exchanged for the token that tells who asks, where that is not the key itself; null for nothing.</summary>
    public TokenOrder? Order { get; init; }

    /// <summary>What the service is told of whose call it is; null for nothing.</summary>
    public Account? Account { get; init; }

    /// <summary>What must not be shown anywhere.</summary>
    public IReadOnlyList<string> Secrets { get; init; } = [];

    /// <summary>The name alone: the key is not printed.</summary>
    public override string ToString() => Name;

    /// <summary>The same, with values added to headers that hold lists.</summary>
    public Target With(IReadOnlyList<KeyValuePair<string, string>> added)
    {
        var headers = new List<KeyValuePair<string, string>>(Headers);
        foreach (var (name, values) in added)
        {
            var own = headers.FindLast(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
            headers.RemoveAll(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase));
            const StringSplitOptions Clean = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;
            headers.Add(new(name, string.Join(',', (own ?? "").Split(',', Clean).Concat(values.Split(',', Clean)).Distinct())));
        }
        return this with { Headers = headers };
    }

    /// <summary>The address of a path below the base URL.</summary>
    public Uri At(string path) => BaseUrl.At(path);

    /// <summary>
    /// The address of a call, which never is of another origin than the base URL, but where the service's own facts name another one of the same domain: a service that was made of
    /// another's facts keeps its key to itself. An address that the vendor tells is asked for where the vendor is asked.
    /// </summary>
    /// <exception cref="ServerException">The service has told an address elsewhere, and nothing was sent there.</exception>
    public Uri At(HttpCall call)
    {
        if (call.Url is not { } told) return call.VendorUrl is { } elsewhere && IsVendors && IsSameDomain(elsewhere, BaseUrl.Folder) ? elsewhere : At(Dated is null ? call.Path : Dated.PathOf(call.Path, Model));
        var own = BaseUrl.Folder;
        if (told is { IsAbsoluteUri: true, UserInfo: "" })
        {
            if (IsSameOrigin(told, own)) return told;
            var isListed = told.Scheme == Uri.UriSchemeHttps && told.IsDefaultPort && Provider.ToldHosts.Any(host => Globs.Matches(host, told.Host));
            if (isListed && IsVendors) return told;
            if (isListed || (Uri.TryCreate(Provider.BaseUrl, UriKind.Absolute, out var vendors) && IsSameOrigin(told, vendors))) return new(own.GetLeftPart(UriPartial.Authority) + told.PathAndQuery);
        }
        throw new ServerException($"{Provider.Name}: the service told an address of another origin than {own.GetLeftPart(UriPartial.Authority)}, and nothing is sent there")
        {
            Provider = Provider.Name, Model = Model, Status = System.Net.HttpStatusCode.BadGateway,
        };
    }

    /// <summary>Whether both are names that end in the same two words, as api.example.com and audio.example.com do.</summary>
    private static bool IsSameDomain(Uri one, Uri other)
    {
        if (one.Scheme != other.Scheme || IsNumber(one) || IsNumber(other)) return false;
        var (name, domain) = ('.' + one.Host, other.Host);
        if (domain.LastIndexOf('.') is > 0 and var last && domain.LastIndexOf('.', last - 1) is >= 0 and var before) domain = domain[(before + 1)..];
        return domain.Contains('.', StringComparison.Ordinal) && name.EndsWith('.' + domain, StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsNumber(Uri address) => address.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6;

    private static bool IsSameOrigin(Uri one, Uri other) => Uri.Compare(one, other, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0;
}
