using Microsoft.AspNetCore.Http;

namespace Muxi.Llm.Gateway;

/// <summary>The key that a client shows, in whichever of the customary headers.</summary>
internal static class PresentedKey
{
    private static readonly string[] _plain = ["x-api-key", "api-key", "x-goog-api-key"];

    /// <summary>The key; null where there is none.</summary>
    /// <exception cref="RefusalException">400: there are two, and they differ.</exception>
    public static string? Of(IHeaderDictionary headers)
    {
        string? key = null;
        foreach (var value in headers.Authorization) Take(Bearer(value), ref key);
        foreach (var name in _plain)
            foreach (var value in headers[name]) Take(value, ref key);
        return key;
    }

    private static string? Bearer(string? value)
    {
        const string Scheme = "Bearer ";
        return value is not null && value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? value[Scheme.Length..] : null;
    }

    private static void Take(string? value, ref string? key)
    {
        if (value?.Trim() is not { Length: > 0 } shown) return;
        if (key is not null && key != shown) throw new RefusalException(new(400, "two different keys were sent: send one, in one header") { Code = "conflicting_keys" });
        key = shown;
    }
}
