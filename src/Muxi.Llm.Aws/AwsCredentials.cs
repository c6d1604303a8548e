using System.Collections.Concurrent;
using Amazon.Runtime;

namespace Muxi.Llm;

/// <summary>
/// Amazon's credentials, for Bedrock: requests are signed (Signature Version 4) with the keys of <c>AWS_ACCESS_KEY_ID</c> and <c>AWS_SECRET_ACCESS_KEY</c>, else those of the
/// profile that <c>AWS_PROFILE</c> names (roles and programs included), of a web identity, of the container, or, on a machine of Amazon's, of the machine's own role. Keys that
/// hold for a while are renewed in time. Give it to <see cref="LlmOptions.Credentials"/>; one serves all clients of a program.
/// </summary>
/// <remarks>Source: "AWS SDKs and Tools: standardized credential providers", as of 2026-11. A key of Bedrock's own (<c>AWS_BEARER_TOKEN_BEDROCK</c>) goes before all of them.</remarks>
public sealed class AwsCredentials : ICredentialSource
{
    /// <summary>What signatures call the service.</summary>
    private const string Service = "bedrock";

    private const string UsualRegion = "us-east-1";

    private readonly ConcurrentDictionary<AwsPlace, AWSCredentials> _found = new();
    private readonly AwsMachine _machine;

    /// <summary>Credentials that are looked for when they are first needed.</summary>
    public AwsCredentials() : this(AwsMachine.This) { }

    internal AwsCredentials(AwsMachine machine) => _machine = machine;

    /// <summary>The name under which services ask for these credentials: <c>aws</c>.</summary>
    public string Name => "aws";

    /// <summary>The <c>region</c> of the profile; null for other parts, and where no profile names one.</summary>
    public string? UrlPart(string part, Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        return part == "region" ? AwsProfile.Region(environment) : null;
    }

    /// <summary>Signs a request, its body and its headers of Amazon's included.</summary>
    /// <exception cref="ConfigurationException">There are no credentials, or they cannot work.</exception>
    /// <exception cref="ApiConnectionException">Whoever gives keys did not answer.</exception>
    public async ValueTask ApplyAsync(HttpRequestMessage request, CredentialContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(context);
        if (await KeyAsync(context, cancellationToken).ConfigureAwait(false) is not { } key) return;
        context.Protect(key.Secret);
        if (key.Token is { } token) context.Protect(token);
        // Who is at an address of the user's own checks no region as a rule, and wants the signature's form all the same.
        var region = RegionIn(request.RequestUri!.Host) ?? context.UrlParts.GetValueOrDefault("region") ?? (context.IsRequired ? null : UsualRegion)
            ?? throw new ConfigurationException($"{context.Provider} needs a region to sign for: set AWS_REGION or AWS_DEFAULT_REGION") { Provider = context.Provider };
        await SignAsync(request, key, new(region, Service), context, cancellationToken).ConfigureAwait(false);
    }

    private static async Task SignAsync(HttpRequestMessage request, AwsKey key, AwsScope scope, CredentialContext context, CancellationToken cancellationToken)
    {
        var hash = AwsSignature.HashOf(request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false));
        Set(request, "x-amz-date", AwsSignature.DateOf(context.Clock.GetUtcNow()));
        Set(request, "x-amz-content-sha256", hash);
        if (key.Token is { } token) Set(request, "x-amz-security-token", token);
        List<KeyValuePair<string, string>> headers = [new("host", request.Headers.Host ?? request.RequestUri!.Authority)];
        foreach (var (name, values) in request.Headers.NonValidated)
            if (name.StartsWith("x-amz", StringComparison.OrdinalIgnoreCase)) headers.Add(new(name, values.ToString()));
        if (request.Content?.Headers.NonValidated.TryGetValues("Content-Type", out var type) == true) headers.Add(new("content-type", type.ToString()));
        var authorization = AwsSignature.Authorization(new(request.Method.Method, request.RequestUri!, headers, hash), key, scope);
        context.Protect(authorization[(authorization.LastIndexOf('=') + 1)..]);
        Set(request, "Authorization", authorization);
    }

    private static void Set(HttpRequestMessage request, string name, string value)
    {
        request.Headers.Remove(name);
        request.Headers.TryAddWithoutValidation(name, value);
    }

    /// <summary>The region in an address of Amazon's own, which counts before any setting: <c>bedrock-runtime.us-east-1.amazonaws.com</c>.</summary>
    private static string? RegionIn(string host)
    {
        var parts = host.Split('.');
        return parts.Length >= 4 && parts[0].StartsWith(Service, StringComparison.Ordinal) && parts[2] is "amazonaws" or "api" ? parts[1] : null;
    }

    /// <summary>The key to sign with; null where there is none and none is needed.</summary>
    private async Task<AwsKey?> KeyAsync(CredentialContext context, CancellationToken cancellationToken)
    {
        if (AwsProfile.OwnKey(context.Environment) is { } own) return own;
        if (AwsPlace.Find(context.Environment, _machine) is { } place) return await KeyAsync(place, context, cancellationToken).ConfigureAwait(false);
        if (!context.IsRequired) return null;
        throw new ConfigurationException($"{context.Provider} needs credentials: set {string.Join(" or ", context.KeyVariables.Skip(context.KeyVariables.Count > 1 ? 1 : 0))}, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE")
        {
            Provider = context.Provider, IsMissingKey = true,
        };
    }

    private async Task<AwsKey> KeyAsync(AwsPlace place, CredentialContext context, CancellationToken cancellationToken)
    {
        try
        {
            // What stands behind may be a program or a network that takes its time, and looks at no token of ours.
            var keys = await Task.Run(() => _found.GetOrAdd(place, static it => it.Open()).GetCredentialsAsync(), cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
            return new(keys.AccessKey, keys.SecretKey, string.IsNullOrEmpty(keys.Token) ? null : keys.Token);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or TimeoutException || (e is AmazonServiceException { StatusCode: >= System.Net.HttpStatusCode.InternalServerError }))
        {
            throw new ApiConnectionException($"{context.Provider}: no keys from {place}: {OneLine(e)}", e) { Provider = context.Provider };
        }
        catch (Exception e) when (e is AmazonClientException or AmazonServiceException or ArgumentException or InvalidOperationException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{context.Provider}: {place} gives no keys: {OneLine(e)}", e) { Provider = context.Provider };
        }
    }

    private static string OneLine(Exception error)
    {
        while (error.InnerException is { } inner && inner is not AggregateException) error = inner;
        return error.Message.ReplaceLineEndings(" ").Trim().TrimEnd('.');
    }
}
