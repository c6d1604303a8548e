using System.Net;

namespace Muxi.Llm.Tests;

/// <summary>Every place where a credential can be put.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Put">Settings with the canary key in that place, for a server.</param>
internal sealed record CanarySlot(string Name, Func<Uri, (LlmOptions Options, RequestOptions? Request)> Put)
{
    private const string Harmless = "another-key";

    /// <summary>Whether it reaches the server; a base URL's user does not where there is a key besides.</summary>
    public bool IsSent { get; init; } = true;

    private static readonly string[] _headers = ["Authorization", "x-api-key", "api-key", "Proxy-Authorization"];

    public static IReadOnlyList<CanarySlot> All { get; } =
    [
        new("LlmOptions.ApiKeys", url => (At(url) with { ApiKeys = new Dictionary<string, string> { ["openai"] = Canary.Key } }, null)),
        new("RequestOptions.ApiKey", url => (At(url), new() { ApiKey = Canary.Key })),
        new("the environment's key", url => (At(url) with { Environment = name => name == "OPENAI_API_KEY" ? Canary.Key : null }, null)),
        new("a file's api_key", url => (InFile(url, $"api_key: {Quoted}"), null)),
        new("a file's variable", url => (InFile(url, "api_key_env: MINE") with { Environment = name => name == "MINE" ? Canary.Key : null }, null)),
        .. _headers.Select(header => new CanarySlot($"a file's header {header}", url => (InFile(url, $"api_key: {Harmless}, headers: {{{header}: {Quoted}}}"), null))),
        .. _headers.Select(header => new CanarySlot($"LlmOptions.Headers {header}", url => (Keyed(url) with { Headers = Header(header) }, null))),
        .. _headers.Select(header => new CanarySlot($"RequestOptions.Headers {header}", url => (Keyed(url), new() { Headers = Header(header) }))),
        new("a Basic header", url => (Keyed(url), new() { Headers = new Dictionary<string, string> { ["Authorization"] = "Basic " + Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes("user:" + Canary.Key)) } })),
        new("a cookie", url => (Keyed(url), new() { Headers = new Dictionary<string, string> { ["Cookie"] = $"session={Canary.Key}; theme=dark" } })),
        new("LlmOptions.BaseUrls' user info in place of a key", url => (At(WithUser(url)), null)),
        new("LlmOptions.BaseUrls' user info", url => (Keyed(WithUser(url)), null)) { IsSent = false },
        new("RequestOptions.BaseUrl's user info", url => (new() { Environment = _ => null }, new() { ApiKey = Harmless, BaseUrl = WithUser(url) })) { IsSent = false },
        new("the environment's base URL", url => (new() { Environment = name => name switch { "OPENAI_BASE_URL" => WithUser(url).OriginalString, "OPENAI_API_KEY" => Harmless, _ => null } }, null)) { IsSent = false },
    ];

    /// <summary>The variables of every provider that has an address.</summary>
    public static IReadOnlyList<(string Provider, string Variable)> Variables { get; } =
        [.. Catalog.BuiltIn.Where(provider => provider is { InProcess: null, Chat: not null }).SelectMany(provider => provider.CredentialVariables.Select(variable => (provider.Name, variable)))];

    /// <summary>Whether a variable holds the name that belongs to a secret of the provider's.</summary>
    public static bool IsClient(string provider, string variable) => Catalog.BuiltIn.Single(one => one.Name == provider).Auth.Others.Any(other => other.Exchange?.ClientVariables.Contains(variable) == true);

    /// <summary>A URL with the key as its password.</summary>
    public static Uri WithUser(Uri url) => new UriBuilder(url) { UserName = "user", Password = Uri.EscapeDataString(Canary.Key) }.Uri;

    /// <summary>Settings with a harmless key, behind a proxy that is given the canary.</summary>
    public static LlmOptions Behind(Uri proxy, Uri url) =>
        Keyed(url) with { Proxy = new WebProxy(proxy) { Credentials = new NetworkCredential("user", Canary.Key) } };

    public static LlmOptions Keyed(Uri url) => At(url) with { ApiKeys = new Dictionary<string, string> { ["openai"] = Harmless } };

    public override string ToString() => Name;

    /// <summary>The key as YAML quotes it.</summary>
    private static string Quoted => $"'{Canary.Key.Replace("'", "''", StringComparison.Ordinal)}'";

    private static LlmOptions InFile(Uri url, string settings) => new() { Environment = _ => null, Configuration = LlmConfiguration.Parse($"providers: {{openai: {{base_url: \"{url}\", {settings}}}}}") };

    private static LlmOptions At(Uri url) => new() { BaseUrls = new Dictionary<string, Uri> { ["openai"] = url }, Environment = _ => null };

    private static Dictionary<string, string> Header(string name) => new() { [name] = name.EndsWith("Authorization", StringComparison.Ordinal) ? $"Bearer {Canary.Key}" : Canary.Key };
}
