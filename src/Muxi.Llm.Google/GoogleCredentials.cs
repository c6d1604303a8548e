using System.Collections.Concurrent;
using System.Net;
using Google.Apis.Auth.OAuth2;
using Google.Apis.Auth.OAuth2.Responses;
using Google.Apis.Http;

namespace Muxi.Llm;

/// <summary>
/// Google's application default credentials, for Vertex AI: the file that <c>GOOGLE_APPLICATION_CREDENTIALS</c> names (a service account, a user, a workload identity, an
/// impersonation), else what <c>gcloud auth application-default login</c> has left, else, on a machine of Google's, the machine's own account. Tokens are kept until shortly before
/// they run out. Give it to <see cref="LlmOptions.Credentials"/>; one serves all clients of a program.
/// </summary>
/// <remarks>Source: "How Application Default Credentials works" of Google Cloud's documentation, as of 2026-11.</remarks>
public sealed class GoogleCredentials : ICredentialSource
{
    private const string FileVariable = "GOOGLE_APPLICATION_CREDENTIALS", Scope = "https://www.googleapis.com/auth/cloud-platform";

    private readonly ConcurrentDictionary<(string Path, DateTime Written), Account> _accounts = new();
    private readonly GoogleMachine _machine;

    /// <summary>Credentials that are looked for when they are first needed.</summary>
    public GoogleCredentials() : this(GoogleMachine.This) { }

    internal GoogleCredentials(GoogleMachine machine) => _machine = machine;

    /// <summary>The name under which services ask for these credentials: <c>google</c>.</summary>
    public string Name => "google";

    /// <summary>The <c>project</c> that the credentials' file names; null for other parts, and where no file does.</summary>
    /// <exception cref="ConfigurationException">There is a file to be read, and it cannot be.</exception>
    public string? UrlPart(string part, Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        if (part != "project" || GoogleFile.Find(environment, _machine) is not { } path) return null;
        try
        {
            return GoogleFile.Read(path).Project;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Text.Json.JsonException)
        {
            // That a project is missing would be told else, and no more.
            throw new ConfigurationException($"the credentials in {path} cannot be used: {What(e)} (look at {FileVariable})");
        }
    }

    /// <summary>Adds an access token, and the project that pays where the credentials name one.</summary>
    /// <exception cref="ConfigurationException">There are no credentials, or Google does not take them.</exception>
    /// <exception cref="ApiConnectionException">Whoever gives tokens did not answer.</exception>
    public async ValueTask ApplyAsync(HttpRequestMessage request, CredentialContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(context);
        if (Find(context) is not { } account) return;
        foreach (var secret in account.Secrets) context.Protect(secret);
        var token = await TokenAsync(account, request.RequestUri, context, cancellationToken).ConfigureAwait(false);
        context.Protect(token.AccessToken);
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token.AccessToken}");
        foreach (var (name, values) in token.Headers) request.Headers.TryAddWithoutValidation(name, values);
    }

    /// <summary>The account that is to be used; null where there is none and none is needed.</summary>
    private Account? Find(CredentialContext context)
    {
        if (GoogleFile.Find(context.Environment, _machine) is { } path) return _accounts.GetOrAdd((path, GoogleFile.Written(path)), static (key, context) => FromFile(key.Path, context), context);
        if (_machine.IsGoogles(context.Environment)) return _accounts.GetOrAdd(("", default), static _ => new(AtOnce(GoogleCredential.FromComputeCredential(new())), "the machine's own account", []));
        if (!context.IsRequired) return null;
        throw new ConfigurationException(
            $"{context.Provider} needs credentials: set {string.Join(" or ", context.KeyVariables.Skip(context.KeyVariables.Count > 1 ? 1 : 0))} to an access token, or {FileVariable} to a file with credentials, or run 'gcloud auth application-default login'")
        {
            Provider = context.Provider, IsMissingKey = true,
        };
    }

    private static Account FromFile(string path, CredentialContext context)
    {
        try
        {
            var file = GoogleFile.Read(path);
            return new(AtOnce(CredentialFactory.FromJson(file.Json, file.Type)), path, file.Secrets);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Text.Json.JsonException or InvalidOperationException or ArgumentException or FormatException)
        {
            throw new ConfigurationException($"{context.Provider}: the credentials in {path} cannot be used: {What(e)}") { Provider = context.Provider };
        }
    }

    private static string What(Exception e) => e is System.Text.Json.JsonException ? "the file is no JSON of a kind that Google has" : GoogleFile.OneLine(e.Message);

    /// <summary>For every service of Google Cloud's; a failed try is told at once, as one place alone makes calls again.</summary>
    private static GoogleCredential AtOnce(GoogleCredential credential) => credential.CreateScoped(Scope).CreateWithHttpClientFactory(new WithoutRetries());

    private static async Task<AccessTokenWithHeaders> TokenAsync(Account account, Uri? address, CredentialContext context, CancellationToken cancellationToken)
    {
        try
        {
            return await ((ITokenAccessWithHeaders)account.Credential).GetAccessTokenWithHeadersForRequestAsync(address?.GetLeftPart(UriPartial.Authority), cancellationToken).ConfigureAwait(false);
        }
        catch (TokenResponseException e)
        {
            var said = string.Join(": ", new[] { e.Error?.Error, e.Error?.ErrorDescription }.Where(static word => !string.IsNullOrWhiteSpace(word)));
            var what = $"{context.Provider}: Google gave no token for {account.From}{(said.Length == 0 ? "" : $": {GoogleFile.OneLine(Hidden(said, account.Secrets))}")}";
            if (e.StatusCode is >= HttpStatusCode.InternalServerError or HttpStatusCode.TooManyRequests) throw new ApiConnectionException(what) { Provider = context.Provider };
            throw new ConfigurationException($"{what}; new credentials are needed") { Provider = context.Provider };
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidOperationException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new ApiConnectionException($"{context.Provider}: no token for {account.From}: {GoogleFile.OneLine(Hidden(e.Message, account.Secrets))}") { Provider = context.Provider };
        }
    }

    private static string Hidden(string text, IReadOnlyList<string> secrets) => Redaction.Redact(text, secrets);

    /// <summary>An account, where it is from, and what of it must not be shown.</summary>
    private sealed record Account(GoogleCredential Credential, string From, IReadOnlyList<string> Secrets);

    /// <summary>Makes clients as Google's library does, but for its own waiting and trying again.</summary>
    private sealed class WithoutRetries : Google.Apis.Http.IHttpClientFactory
    {
        private readonly HttpClientFactory _usual = new();

        public ConfigurableHttpClient CreateHttpClient(CreateHttpClientArgs args)
        {
            var plain = new CreateHttpClientArgs { ApplicationName = args.ApplicationName, GZipEnabled = args.GZipEnabled, GoogleApiClientHeader = args.GoogleApiClientHeader };
            foreach (var initializer in args.Initializers)
                if (initializer is not ExponentialBackOffInitializer) plain.Initializers.Add(initializer);
            return _usual.CreateHttpClient(plain);
        }
    }
}
