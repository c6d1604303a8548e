using System.Globalization;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Reads members of JSON that anyone may have written: a type that does not fit is null, never an exception.</summary>
internal static class ErrorJson
{
    /// <summary>A message may quote the caller's own JSON; only what has an error's members is one.</summary>
    internal static bool LooksLikeError(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Array => element.GetArrayLength() > 0 && LooksLikeError(element[0]),
        JsonValueKind.Object => element.TryGetProperty("error", out _) || element.TryGetProperty("errors", out _) || element.TryGetProperty("detail", out _)
            || element.TryGetProperty("message", out _) && (element.TryGetProperty("code", out _) || element.TryGetProperty("type", out _) || element.EnumerateObject().Count() == 1),
        _ => false,
    };

    /// <summary>A number from 400 to 599 under one of the names a status goes by; as text too, since Azure sends <c>"code":"401"</c>.</summary>
    internal static int? StatusOf(JsonElement element)
    {
        foreach (var member in element.EnumerateObject())
            if (NameOf(member) is "code" or "status" or "status_code" or "statuscode" or "raw_status_code" or "http_status"
                && int.TryParse(Scalar(member.Value), NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status is >= 400 and <= 599) return status;
        return null;
    }

    internal static string? TextOf(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? TextOf(value) : null;

    internal static string? TextOf(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String) return null;
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            // An escaped half of a surrogate pair is JSON, but no text.
            return value.GetRawText().Trim('"');
        }
    }

    internal static string? Scalar(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => TextOf(value) is { Length: > 0 } text ? text : null,
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        _ => null,
    };

    internal static string NameOf(JsonProperty member)
    {
        try
        {
            return member.Name.ToLowerInvariant();
        }
        catch (InvalidOperationException)
        {
            return "";
        }
    }
}
