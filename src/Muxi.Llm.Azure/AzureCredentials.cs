using System.Collections.Concurrent;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Microsoft.Identity.Client;

namespace Muxi.Llm;

/// <summary>
/// Microsoft Entra ID, for Azure OpenAI: a service principal by <c>AZURE_TENANT_ID</c>, <c>AZURE_CLIENT_ID</c> and <c>AZURE_CLIENT_SECRET</c> (or
/// <c>AZURE_CLIENT_CERTIFICATE_PATH</c>), a workload identity by <c>AZURE_FEDERATED_TOKEN_FILE</c>, else the machine's managed identity and who is signed in with Azure's own
/// programs (<c>az login</c>, <c>azd auth login</c>, PowerShell, Visual Studio). Tokens are kept until shortly before they run out. Give it to
/// <see cref="LlmOptions.Credentials"/>; one serves all clients of a program.
/// </summary>
/// <remarks>Source: "Credential chains in the Azure Identity library" of Microsoft's documentation, as of 2026.</remarks>
public sealed class AzureCredentials : ICredentialSource
{
    /// <summary>What Entra ID's error codes begin with.</summary>
    private const string Word = "AADSTS";

    private readonly ConcurrentDictionary<(AzurePlace Place, string Scope), AzureToken> _tokens = new();
    private readonly TokenCredential? _own;
    private readonly HttpPipelineTransport? _transport;
    private readonly AzureMachine _machine = AzureMachine.This;

    /// <summary>Credentials that are looked for when they are first needed.</summary>
    public AzureCredentials() { }

    /// <summary>A credential of the caller's own, as any of the package Azure.Identity.</summary>
    public AzureCredentials(TokenCredential credential)
    {
        ArgumentNullException.ThrowIfNull(credential);
        _own = credential;
    }

    internal AzureCredentials(HttpPipelineTransport? transport, AzureMachine machine) => (_transport, _machine) = (transport, machine);

    /// <summary>What a token is asked for; null for <c>https://cognitiveservices.azure.com/.default</c>, <c>https://ai.azure.com/.default</c> for a project of Foundry's, and their like in national clouds.</summary>
    public string? Scope { get; init; }

    /// <summary>The name under which services ask for these credentials: <c>azure</c>.</summary>
    public string Name => "azure";

    /// <summary>Nothing: these credentials know no part of an address.</summary>
    public string? UrlPart(string part, Func<string, string?> environment) => null;

    /// <summary>Adds an access token.</summary>
    /// <exception cref="ConfigurationException">There are no credentials, or Entra ID does not take them.</exception>
    /// <exception cref="ApiConnectionException">Whoever gives tokens did not answer.</exception>
    public async ValueTask ApplyAsync(HttpRequestMessage request, CredentialContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(context);
        var place = _own is null ? AzurePlace.Find(context.Environment, _machine) : AzurePlace.Given;
        // A server of the user's own needs none; what the machine has is then not looked for, which takes seconds.
        if (place.IsAnywhere && !context.IsRequired) return;
        if (place.IsNowhere) throw Missing(context, null);
        foreach (var secret in place.Secrets) context.Protect(secret);
        var scope = Scope ?? ScopeFor(request.RequestUri!);
        var token = _tokens.GetOrAdd((place, scope), key => new(_own ?? key.Place.Open(_transport), key.Scope));
        var value = await ValueAsync(token, place, context, cancellationToken).ConfigureAwait(false);
        context.Protect(value);
        request.Headers.Remove("Authorization");
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {value}");
    }

    /// <summary>What a token for an address is asked for.</summary>
    internal static string ScopeFor(Uri address)
    {
        if (address.Host.EndsWith(".azure.us", StringComparison.OrdinalIgnoreCase)) return "https://cognitiveservices.azure.us/.default";
        if (address.Host.EndsWith(".azure.cn", StringComparison.OrdinalIgnoreCase)) return "https://cognitiveservices.azure.cn/.default";
        return address.AbsolutePath.StartsWith("/api/projects/", StringComparison.OrdinalIgnoreCase) ? "https://ai.azure.com/.default" : "https://cognitiveservices.azure.com/.default";
    }

    private static async Task<string> ValueAsync(AzureToken token, AzurePlace place, CredentialContext context, CancellationToken cancellationToken)
    {
        try
        {
            return await token.GetAsync(context.Clock, cancellationToken).ConfigureAwait(false);
        }
        catch (CredentialUnavailableException e) when (place.IsAnywhere)
        {
            throw Missing(context, FirstLine(e, place));
        }
        catch (AuthenticationFailedException e) when (IsOfTheNetwork(e))
        {
            throw new ApiConnectionException($"{context.Provider}: no token for {place}: {FirstLine(e, place)}") { Provider = context.Provider };
        }
        catch (AuthenticationFailedException e)
        {
            throw new ConfigurationException($"{context.Provider}: Entra ID gave no token for {place}: {FirstLine(e, place)}") { Provider = context.Provider };
        }
        catch (Exception e) when (e is HttpRequestException or IOException or Azure.RequestFailedException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new ApiConnectionException($"{context.Provider}: no token for {place}: {FirstLine(e, place)}") { Provider = context.Provider };
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or UnauthorizedAccessException or System.Security.Cryptography.CryptographicException)
        {
            throw new ConfigurationException($"{context.Provider}: {place} cannot be used: {FirstLine(e, place)}") { Provider = context.Provider };
        }
    }

    private static ConfigurationException Missing(CredentialContext context, string? why) => new(
        $"{context.Provider} needs credentials: set {string.Join(" or ", context.KeyVariables)}, or AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or run 'az login'{(why is null ? "" : $" ({why})")}") { Provider = context.Provider, IsMissingKey = true };

    /// <summary>Whether nobody has refused anything: no reply came, or one of a server in trouble.</summary>
    private static bool IsOfTheNetwork(AuthenticationFailedException error)
    {
        for (Exception? inner = error.InnerException; inner is not null; inner = inner.InnerException)
            if (inner is HttpRequestException or System.Net.Sockets.SocketException or TaskCanceledException or Azure.RequestFailedException { Status: 0 or 429 or >= 500 } or MsalServiceException { StatusCode: 429 or >= 500 }) return true;
        return false;
    }

    /// <summary>What went wrong, in one line: Entra ID's own words (<c>AADSTS700016: ...</c>) where there are any, which the library wraps in several.</summary>
    private static string FirstLine(Exception error, AzurePlace place)
    {
        var said = error;
        for (var inner = error; inner is not null; inner = inner.InnerException)
            if (inner.Message.Contains(Word, StringComparison.Ordinal)) said = inner;
        var text = Redaction.Redact(said.Message, place.Secrets).AsSpan();
        if (text.IndexOf(Word) is > 0 and var start) text = text[start..];
        text = text.Trim();
        if (text.IndexOfAny('\r', '\n') is > 0 and var end) text = text[..end];
        if (text.IndexOf(" Trace ID:") is > 0 and var trace) text = text[..trace];
        return text.Trim().TrimEnd('.').ToString();
    }
}
