using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;

namespace Muxi.Llm;

/// <summary>Where a token comes from.</summary>
/// <param name="Kind">What it is: an account's secret, its certificate, a cluster's token, or whatever the machine has.</param>
/// <param name="Tenant">The directory.</param>
/// <param name="Client">The account.</param>
/// <param name="File">A file with a certificate or a token.</param>
/// <param name="Authority">Who gives tokens; null for the public cloud's.</param>
internal sealed record AzurePlace(AzurePlaceKind Kind, string? Tenant = null, string? Client = null, string? File = null, string? Authority = null)
{
    private string? _secret;

    /// <summary>A credential that the caller has given.</summary>
    public static AzurePlace Given { get; } = new(AzurePlaceKind.Given);

    /// <summary>Whether nothing names it, so that it is looked for.</summary>
    public bool IsAnywhere => Kind == AzurePlaceKind.Machine && !HasEndpoint;

    /// <summary>Whether there is surely nothing to be found: neither a machine of Azure's nor a program that somebody could be signed in with. Nothing is asked to find out.</summary>
    public bool IsNowhere => IsAnywhere && !IsAzures && Programs.Length == 0;

    /// <summary>What must not be shown.</summary>
    public IReadOnlyList<string> Secrets => _secret is null ? [] : [_secret];

    private bool HasEndpoint { get; init; }

    private bool IsAzures { get; init; }

    /// <summary>The programs that somebody may be signed in with, with a blank before each.</summary>
    private string Programs { get; init; } = "";

    /// <summary>The place that variables name; the machine's own where they name none.</summary>
    public static AzurePlace Find(Func<string, string?> environment, AzureMachine machine)
    {
        var (tenant, client, authority) = (Set(environment, "AZURE_TENANT_ID"), Set(environment, "AZURE_CLIENT_ID"), Set(environment, "AZURE_AUTHORITY_HOST"));
        if (tenant is not null && client is not null)
        {
            if (Set(environment, "AZURE_CLIENT_SECRET") is { } secret) return new(AzurePlaceKind.Secret, tenant, client, null, authority) { _secret = secret };
            if (Set(environment, "AZURE_CLIENT_CERTIFICATE_PATH") is { } certificate)
                return new(AzurePlaceKind.Certificate, tenant, client, certificate, authority) { _secret = Set(environment, "AZURE_CLIENT_CERTIFICATE_PASSWORD") };
            if (Set(environment, "AZURE_FEDERATED_TOKEN_FILE") is { } token) return new(AzurePlaceKind.Workload, tenant, client, token, authority);
        }
        return new(AzurePlaceKind.Machine, tenant, client, null, authority)
        {
            HasEndpoint = Set(environment, "IDENTITY_ENDPOINT") is not null || Set(environment, "MSI_ENDPOINT") is not null, IsAzures = machine.IsAzures, Programs = string.Concat(AzureMachine.Programs(environment).Select(static name => $" {name}")),
        };
    }

    /// <summary>The credential; nothing is asked yet.</summary>
    /// <param name="transport">What sends its requests; null for its own.</param>
    public TokenCredential Open(HttpPipelineTransport? transport) => Kind switch
    {
        AzurePlaceKind.Secret => new ClientSecretCredential(Tenant, Client, _secret, Made(new ClientSecretCredentialOptions(), transport)),
        AzurePlaceKind.Certificate => new ClientCertificateCredential(Tenant, Client, File, Made(new ClientCertificateCredentialOptions(), transport)),
        AzurePlaceKind.Workload => new WorkloadIdentityCredential(Made(new WorkloadIdentityCredentialOptions { TenantId = Tenant, ClientId = Client, TokenFilePath = File }, transport)),
        _ => new DefaultAzureCredential(Made(
            new DefaultAzureCredentialOptions
            {
                TenantId = Tenant, ManagedIdentityClientId = Client, ExcludeEnvironmentCredential = true, ExcludeWorkloadIdentityCredential = true, ExcludeInteractiveBrowserCredential = true,
                // What is not there is not waited for.
                ExcludeManagedIdentityCredential = !IsAzures && !HasEndpoint, ExcludeAzureCliCredential = !Has("az"), ExcludeAzureDeveloperCliCredential = !Has("azd"), ExcludeAzurePowerShellCredential = !Has("pwsh"),
                ExcludeVisualStudioCredential = !OperatingSystem.IsWindows(), ExcludeVisualStudioCodeCredential = true,
            }, transport)),
    };

    /// <summary>For people.</summary>
    public override string ToString() => Kind switch
    {
        AzurePlaceKind.Secret => $"the client {Client} of AZURE_CLIENT_ID",
        AzurePlaceKind.Certificate => $"the client {Client} of AZURE_CLIENT_ID with the certificate {File}",
        AzurePlaceKind.Workload => $"the workload identity {Client}",
        AzurePlaceKind.Given => "the given credential",
        _ => "the machine's identity and who is signed in on it",
    };

    /// <summary>One try: one place alone makes calls again.</summary>
    private T Made<T>(T options, HttpPipelineTransport? transport) where T : TokenCredentialOptions
    {
        if (Authority is not null && Uri.TryCreate(Authority.Contains("://", StringComparison.Ordinal) ? Authority : $"https://{Authority}", UriKind.Absolute, out var host)) options.AuthorityHost = host;
        options.Retry.MaxRetries = 0;
        if (transport is not null) options.Transport = transport;
        return options;
    }

    private bool Has(string program) => Programs.Contains($" {program}", StringComparison.Ordinal) && Programs.Split(' ').Contains(program);

    private static string? Set(Func<string, string?> environment, string name) => environment(name)?.Trim() is { Length: > 0 } value ? value : null;
}

/// <summary>Kinds of places that tokens come from.</summary>
internal enum AzurePlaceKind
{
    /// <summary>An account with a secret.</summary>
    Secret,

    /// <summary>An account with a certificate.</summary>
    Certificate,

    /// <summary>An account that a cluster's token stands for.</summary>
    Workload,

    /// <summary>Whatever the machine has.</summary>
    Machine,

    /// <summary>What the caller has given.</summary>
    Given,
}
