using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Muxi.Llm;

/// <summary>A key of Amazon's.</summary>
/// <param name="Id">What is told with a request.</param>
/// <param name="Secret">What signs it, and is never told.</param>
/// <param name="Token">What goes along with a key that holds for a while only; null for one that holds for good.</param>
internal sealed record AwsKey(string Id, string Secret, string? Token = null);

/// <summary>What is signed: a request as it is on the wire.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Url">The address, its path escaped as it is sent.</param>
/// <param name="Headers">The headers that the signature covers.</param>
/// <param name="BodyHash">The SHA-256 of the body, in hexadecimal digits.</param>
internal sealed record AwsRequest(string Method, Uri Url, IReadOnlyList<KeyValuePair<string, string>> Headers, string BodyHash);

/// <summary>
/// Amazon's Signature Version 4, pure: the same request, key and time give the same signature.
/// <code>
///   canonical request ► its hash, the time and the scope ► HMAC with a key that is made of the secret, the day, the region and the service
/// </code>
/// </summary>
/// <remarks>Source: "Signature Version 4 for API requests" of the IAM user guide. All services but S3 want the escaped path escaped once more.</remarks>
internal static class AwsSignature
{
    private const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>The value of the <c>x-amz-date</c> header.</summary>
    public static string DateOf(DateTimeOffset time) => time.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    /// <summary>The hash of a body, or of anything else.</summary>
    public static string HashOf(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>The value of the <c>Authorization</c> header. The <c>x-amz-date</c> is among the headers.</summary>
    public static string Authorization(AwsRequest request, AwsKey key, AwsScope scope)
    {
        var headers = request.Headers.Select(static header => (Name: header.Key.ToLowerInvariant(), Value: Trimmed(header.Value))).OrderBy(static header => header.Name, StringComparer.Ordinal).ToList();
        var names = string.Join(';', headers.Select(static header => header.Name));
        var time = headers.Find(static header => header.Name == "x-amz-date").Value;
        var credential = $"{time[..8]}/{scope.Region}/{scope.Service}/aws4_request";
        var canonical = string.Join('\n', [request.Method, Path(request.Url), Query(request.Url), .. headers.Select(static header => $"{header.Name}:{header.Value}"), "", names, request.BodyHash]);
        var signed = $"{Algorithm}\n{time}\n{credential}\n{HashOf(Encoding.UTF8.GetBytes(canonical))}";
        var signature = Convert.ToHexStringLower(Mac(SigningKey(key.Secret, time[..8], scope), signed));
        return $"{Algorithm} Credential={key.Id}/{credential}, SignedHeaders={names}, Signature={signature}";
    }

    private static byte[] SigningKey(string secret, string day, AwsScope scope) =>
        Mac(Mac(Mac(Mac(Encoding.UTF8.GetBytes("AWS4" + secret), day), scope.Region), scope.Service), "aws4_request");

    private static byte[] Mac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));

    private static string Path(Uri url) => string.Join('/', url.AbsolutePath.Split('/').Select(Uri.EscapeDataString));

    /// <summary>The parameters in order of name, then of value, each escaped in one way.</summary>
    private static string Query(Uri url) => string.Join('&', url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(static pair =>
    {
        var equals = pair.IndexOf('=', StringComparison.Ordinal);
        return (Name: Escaped(equals < 0 ? pair : pair[..equals]), Value: equals < 0 ? "" : Escaped(pair[(equals + 1)..]));
    }).OrderBy(static pair => pair.Name, StringComparer.Ordinal).ThenBy(static pair => pair.Value, StringComparer.Ordinal).Select(static pair => $"{pair.Name}={pair.Value}"));

    private static string Escaped(string part) => Uri.EscapeDataString(Uri.UnescapeDataString(part));

    /// <summary>Blanks around a value mean nothing, and of several within it one is left.</summary>
    private static string Trimmed(string value) => string.Join(' ', value.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}

/// <summary>Where a signature holds.</summary>
/// <param name="Region">The region.</param>
/// <param name="Service">The service, in the word that signatures have for it.</param>
internal sealed record AwsScope(string Region, string Service);
