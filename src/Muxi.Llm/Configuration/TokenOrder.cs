using System.Text;

namespace Muxi.Llm;

/// <summary>What is exchanged for a token, and where. Two calls with the same order share the token.</summary>
/// <param name="Url">Where it is asked for.</param>
/// <param name="Form">The form that is posted, encoded.</param>
/// <param name="Basic">A name and a secret as <c>Basic</c> has them; null where the form holds the credential.</param>
internal sealed record TokenOrder(Uri Url, string Form, string? Basic)
{
    /// <summary>What of it must not be shown besides the key.</summary>
    public IReadOnlyList<string> Secrets => Basic is null ? [] : [Basic];

    /// <summary>Nothing of it is printed.</summary>
    public override string ToString() => nameof(TokenOrder);

    /// <summary>The order for a credential; null where it is sent as it is.</summary>
    /// <param name="exchange">How the service exchanges it.</param>
    /// <param name="key">The credential.</param>
    /// <param name="provider">The service.</param>
    /// <param name="asked">Where the service is asked.</param>
    /// <param name="isServicesOwn">Whether that is a host of its own.</param>
    /// <param name="variable">Reads a variable; null where it is not set.</param>
    /// <exception cref="ConfigurationException">The name that belongs to a secret is missing, or an address is none.</exception>
    public static TokenOrder? For(TokenExchange exchange, string key, Provider provider, Uri asked, bool isServicesOwn, Func<string, string?> variable)
    {
        var own = exchange.UrlVariables.Select(name => (Name: name, Value: variable(name))).FirstOrDefault(static one => one.Value is not null);
        if (own.Value is null && !exchange.Url.StartsWith('/') && !isServicesOwn) return null;
        if (!Uri.TryCreate(own.Value is null && exchange.Url.StartsWith('/') ? asked.GetLeftPart(UriPartial.Authority) + exchange.Url : own.Value ?? exchange.Url, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.UserInfo.Length > 0)
            throw new ConfigurationException($"{own.Name} holds no http(s) address at which {provider.Name} gives tokens") { Provider = provider.Name };
        var client = exchange.ClientVariables.Select(variable).FirstOrDefault(static value => value is not null);
        if (client is null && exchange.ClientVariables is [_, ..])
            throw new ConfigurationException($"{provider.Name} needs the name that belongs to its secret: set {string.Join(" or ", exchange.ClientVariables)}") { Provider = provider.Name, IsMissingKey = true };
        var form = string.Join('&', exchange.Form.OrderBy(static field => field.Key, StringComparer.Ordinal).Select(field => $"{Uri.EscapeDataString(field.Key)}={Uri.EscapeDataString(field.Value.Replace("{key}", key, StringComparison.Ordinal))}"));
        return new(url, form, client is null ? null : Convert.ToBase64String(Encoding.UTF8.GetBytes($"{client}:{key}")));
    }
}
