using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Muxi.Llm.Cli;

/// <summary>
/// Takes out of a recording what is nobody else's business: keys above all, then who asked (accounts, organisations, projects, addresses of people and machines) and the ids by which a service finds
/// a request again. Headers are kept by name, not left out by name, so that one nobody thought of is not in it.
/// </summary>
internal sealed partial class Scrubber(IReadOnlyList<string> secrets)
{
    private static readonly UTF8Encoding _strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reply headers that a reader of replies goes by.</summary>
    private static readonly string[] _kept = ["content-type", "retry-after", "retry-after-ms", "x-should-retry", "x-amzn-errortype"];

    private static readonly string[] _requestIds = ["x-request-id", "request-id", "apim-request-id", "x-amzn-requestid"];

    /// <summary>Each kind of thing, and what stands in its place.</summary>
    private static readonly (Regex What, string Instead)[] _patterns =
    [
        (Members(), "${1}\"scrubbed\""), (Tokens(), "[redacted]"), (Emails(), "person@example.com"), (Addresses4(), "192.0.2.1"), (Addresses6(), "2001:db8::1"), (AmazonAccounts(), "${1}000000000000"),
        (Projects(), "projects/example"), (Ids(), "${1}example"), (RequestIds(), "req_1"),
    ];

    /// <summary>A text without all that.</summary>
    public string Clean(string text)
    {
        text = Redaction.Redact(text, [.. secrets]);
        foreach (var (what, instead) in _patterns) text = what.Replace(text, instead);
        return text;
    }

    /// <summary>A body without all that. What is not UTF-8 is looked at byte by byte, and its other bytes stay.</summary>
    public byte[] Clean(byte[] body)
    {
        try
        {
            var text = _strict.GetString(body);
            var clean = Clean(text);
            return clean == text ? body : _strict.GetBytes(clean);
        }
        catch (DecoderFallbackException)
        {
            return Encoding.Latin1.GetBytes(Clean(Encoding.Latin1.GetString(body)));
        }
    }

    /// <summary>The headers of a reply that are kept: those that our readers go by, limits, and an id in place of the request's own.</summary>
    public SortedDictionary<string, string> Reply(IReadOnlyDictionary<string, string> headers)
    {
        var kept = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in headers.Select(header => (header.Key.ToLowerInvariant(), header.Value)))
            if (_requestIds.Contains(name)) kept[name] = "req_1";
            else if (_kept.Contains(name)) kept[name] = Clean(value);
            else if (name.Contains("limit", StringComparison.Ordinal) && Limits().IsMatch(value)) kept[name] = Clean(Names().Replace(value, "\"default\""));
        return kept;
    }

    /// <summary>The headers of a request that belong to its format: a version, a beta.</summary>
    public SortedDictionary<string, string> Request(IReadOnlyDictionary<string, string> headers, Provider provider)
    {
        var kept = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in headers)
            if (IsOfFormat(name, provider)) kept[name.ToLowerInvariant()] = Clean(value);
        return kept;
    }

    /// <summary>Whether a request's header belongs to its format.</summary>
    public static bool IsOfFormat(string name, Provider provider) =>
        provider.Headers.ContainsKey(name) || name.EndsWith("-version", StringComparison.OrdinalIgnoreCase) || name.EndsWith("-beta", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a file would hold a secret after all: the last look, which does not trust the first and goes through escapes within escapes.</summary>
    public bool Gives(byte[] file) => new[] { Encoding.Latin1.GetString(file), Encoding.UTF8.GetString(file) }.SelectMany(Readings).Any(reading =>
        secrets.Any(secret => reading.Contains(secret, StringComparison.OrdinalIgnoreCase)) || Redaction.Redact(reading, [.. secrets]) != reading);

    /// <summary>A text as it is, and as it is meant where it is JSON, HTML, a URL, or one in the other.</summary>
    private static IEnumerable<string> Readings(string text)
    {
        var plain = Escapes().Replace(text, static match => match.Groups[1].Success ? ((char)Convert.ToInt32(match.Groups[1].Value, 16)).ToString() : match.Groups[2].Value);
        foreach (var one in (string[])[text, plain])
            foreach (var other in (string[])[one, WebUtility.HtmlDecode(one)])
            {
                yield return other;
                yield return Uri.UnescapeDataString(other);
            }
    }

    [GeneratedRegex("""\\(?:u([0-9a-fA-F]{4})|(["\\/]))""")]
    private static partial Regex Escapes();

    /// <summary>What tells of a limit: numbers, times, and the fields of the IETF's drafts.</summary>
    [GeneratedRegex("""^["\d][\w\s.:;=,"\-]{0,100}$""")]
    private static partial Regex Limits();

    /// <summary>The names that such fields have are the service's to write.</summary>
    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex Names();

    /// <summary>Members by whose names it is somebody's.</summary>
    [GeneratedRegex(@"(""(?:user_id|account_id|account|organization_id|organization|org_id|workspace_id|project_id|team_id|tenant_id|subscription_id|customer_id|request_id|requestId|trace_id|ip|ip_address|client_ip|email|user_email)""\s*:\s*)""(?:[^""\\]|\\.)*""")]
    private static partial Regex Members();

    /// <summary>What looks like a key, whoever's it is: by the beginnings that services give theirs, signed tokens, and keys of which the middle is starred out.</summary>
    [GeneratedRegex(@"\b(?:sk|pk|gsk|xai|rk|pplx|csk|nvapi|fw|hf|r8|tgp|AIza|ya29|ghp|gho|github_pat|AKIA|ASIA)[-_.]?[A-Za-z0-9_*\-]{16,}|\b(?:sk|gsk|xai|pplx)-[A-Za-z0-9_\-]*\*{3,}[A-Za-z0-9_\-]*|\beyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]*")]
    private static partial Regex Tokens();

    [GeneratedRegex(@"[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)*\.[A-Za-z]{2,}")]
    private static partial Regex Emails();

    [GeneratedRegex(@"(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d.])")]
    private static partial Regex Addresses4();

    [GeneratedRegex(@"(?<![0-9A-Za-z:])(?:(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}|(?:[0-9A-Fa-f]{1,4}:){2,6}:(?:[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4})*)?)(?![0-9A-Za-z:])")]
    private static partial Regex Addresses6();

    [GeneratedRegex(@"(arn:aws[a-z\-]*:[a-z0-9\-]+:[a-z0-9\-]*:)\d{12}")]
    private static partial Regex AmazonAccounts();

    [GeneratedRegex(@"\bprojects/[A-Za-z0-9\-]+")]
    private static partial Regex Projects();

    [GeneratedRegex(@"\b(org[-_]|proj[-_]|user[-_]|acct[-_]|wrkspc[-_]|team[-_]|asst[-_])(?=[A-Za-z0-9]*\d)[A-Za-z0-9]{8,}")]
    private static partial Regex Ids();

    [GeneratedRegex(@"\breq[-_][A-Za-z0-9]{4,}")]
    private static partial Regex RequestIds();
}
