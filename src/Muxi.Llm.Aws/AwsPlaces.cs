using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;

namespace Muxi.Llm;

/// <summary>Where keys are kept.</summary>
internal enum AwsPlaceKind
{
    /// <summary>In a file of the user's, by a profile's name.</summary>
    Profile,

    /// <summary>With whoever takes a token of the cluster's for them.</summary>
    WebIdentity,

    /// <summary>With the container's own agent.</summary>
    Container,

    /// <summary>With the machine's own metadata.</summary>
    Machine,
}

/// <summary>Where keys come from that are not in the environment itself.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">The profile, or the role.</param>
/// <param name="File">The file.</param>
/// <param name="Session">What a role's session is called.</param>
internal sealed record AwsPlace(AwsPlaceKind Kind, string Name = "", string File = "", string? Session = null)
{
    /// <summary>The first place that there is, in the order in which Amazon's own tools look; null for none.</summary>
    public static AwsPlace? Find(Func<string, string?> environment, AwsMachine machine)
    {
        if (AwsProfile.Set(environment, "AWS_PROFILE") is { } named) return new(AwsPlaceKind.Profile, named, AwsProfile.CredentialsFile(environment) ?? "");
        if (AwsProfile.Set(environment, "AWS_WEB_IDENTITY_TOKEN_FILE") is { } token && AwsProfile.Set(environment, "AWS_ROLE_ARN") is { } role)
            return new(AwsPlaceKind.WebIdentity, role, token, AwsProfile.Set(environment, "AWS_ROLE_SESSION_NAME"));
        if (AwsProfile.HasKeys(environment, AwsProfile.Usual)) return new(AwsPlaceKind.Profile, AwsProfile.Usual, AwsProfile.CredentialsFile(environment) ?? "");
        if ((AwsProfile.Set(environment, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") ?? AwsProfile.Set(environment, "AWS_CONTAINER_CREDENTIALS_FULL_URI")) is { } container) return new(AwsPlaceKind.Container, container);
        return machine.IsAmazons(environment) ? new(AwsPlaceKind.Machine) : null;
    }

    /// <summary>The keys, which renew themselves.</summary>
    /// <exception cref="AmazonClientException">There are none.</exception>
    public AWSCredentials Open() => Kind switch
    {
        AwsPlaceKind.Profile => new CredentialProfileStoreChain(File).TryGetAWSCredentials(Name, out var keys) ? keys : throw new AmazonClientException($"there is no profile '{Name}' with keys in {File} or in the file 'config' beside it"),
        AwsPlaceKind.WebIdentity => new AssumeRoleWithWebIdentityCredentials(File, Name, Session ?? "muxi-llm"),
        AwsPlaceKind.Container => new GenericContainerCredentials(),
        _ => new InstanceProfileAWSCredentials(),
    };

    /// <summary>For people.</summary>
    public override string ToString() => Kind switch
    {
        AwsPlaceKind.Profile => $"the profile '{Name}'",
        AwsPlaceKind.WebIdentity => $"the role {Name} of AWS_ROLE_ARN",
        AwsPlaceKind.Container => "the container's agent",
        _ => "the machine's own role",
    };
}

/// <summary>The machine that the program runs on.</summary>
/// <param name="Maker">Who made it, as it tells itself; null where it does not.</param>
internal sealed record AwsMachine(string? Maker)
{
    /// <summary>This one. Linux tells it in a file.</summary>
    public static AwsMachine This { get; } = new(Read("/sys/devices/virtual/dmi/id/sys_vendor"));

    /// <summary>Whether it may be asked for keys: elsewhere the question would wait for nobody.</summary>
    public bool IsAmazons(Func<string, string?> environment)
    {
        if (string.Equals(AwsProfile.Set(environment, "AWS_EC2_METADATA_DISABLED"), "true", StringComparison.OrdinalIgnoreCase)) return false;
        return AwsProfile.Set(environment, "AWS_EC2_METADATA_SERVICE_ENDPOINT") is not null || Maker?.Contains("Amazon EC2", StringComparison.OrdinalIgnoreCase) == true;
    }

    private static string? Read(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path).Trim() : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

/// <summary>What the environment and the user's two files of Amazon's say.</summary>
internal static class AwsProfile
{
    /// <summary>The profile that counts where none is named.</summary>
    public const string Usual = "default";

    private static readonly string[] _keys = ["aws_access_key_id", "role_arn", "credential_process", "sso_session", "sso_start_url", "web_identity_token_file", "login_session"];

    /// <summary>A variable that is set to something.</summary>
    public static string? Set(Func<string, string?> environment, string name) => environment(name)?.Trim() is { Length: > 0 } value ? value : null;

    /// <summary>The keys of the environment itself; null where they are not both there.</summary>
    public static AwsKey? OwnKey(Func<string, string?> environment) =>
        Set(environment, "AWS_ACCESS_KEY_ID") is { } id && Set(environment, "AWS_SECRET_ACCESS_KEY") is { } secret ? new(id, secret, Set(environment, "AWS_SESSION_TOKEN")) : null;

    /// <summary>The file with keys; null where the user has no home.</summary>
    public static string? CredentialsFile(Func<string, string?> environment) => Set(environment, "AWS_SHARED_CREDENTIALS_FILE") ?? Home(environment, "credentials");

    /// <summary>The region of the profile that counts; null where it names none.</summary>
    public static string? Region(Func<string, string?> environment) => Value(environment, Set(environment, "AWS_PROFILE") ?? Usual, "region");

    /// <summary>Whether a profile says in any way where its keys are.</summary>
    public static bool HasKeys(Func<string, string?> environment, string profile) => _keys.Any(name => Value(environment, profile, name) is not null);

    private static string? Value(Func<string, string?> environment, string profile, string name)
    {
        string?[] files = [Set(environment, "AWS_CONFIG_FILE") ?? Home(environment, "config"), CredentialsFile(environment)];
        return files.OfType<string>().Select(file => ValueIn(file, profile, name)).FirstOrDefault(static value => value is not null);
    }

    private static string? Home(Func<string, string?> environment, string file) => (Set(environment, "HOME") ?? Set(environment, "USERPROFILE")) is { } home ? Path.Combine(home, ".aws", file) : null;

    /// <summary>A value of a profile in a file: <c>[default]</c> or <c>[profile NAME]</c>, then <c>name = value</c>.</summary>
    private static string? ValueIn(string file, string profile, string name)
    {
        try
        {
            if (!File.Exists(file)) return null;
            var isHere = false;
            foreach (var line in File.ReadLines(file))
            {
                var text = line.Trim();
                if (text.StartsWith('[')) isHere = text.Trim('[', ']').Trim() is var section && (section == profile || section == $"profile {profile}");
                else if (isHere && text.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals && text[..equals].TrimEnd().Equals(name, StringComparison.OrdinalIgnoreCase) && text[(equals + 1)..].Trim() is { Length: > 0 } value) return value;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A file that cannot be read says nothing; the call itself tells that there are no keys.
        }
        return null;
    }
}
