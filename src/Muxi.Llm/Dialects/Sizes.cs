using System.Globalization;

namespace Muxi.Llm;

/// <summary>Sizes that services publish as their limits.</summary>
internal static class Sizes
{
    /// <summary>Refuses a body that is surely refused anyway, before megabytes of it are sent.</summary>
    /// <param name="bytes">How large it is.</param>
    /// <param name="most">How large it may be; 0 for no limit.</param>
    /// <param name="context">The call's surroundings.</param>
    /// <exception cref="BadRequestException">It is larger.</exception>
    public static void Check(long bytes, long most, CallContext context)
    {
        if (most > 0 && bytes > most) throw context.Refuse("messages", $"the request has {Words(bytes)} with its attachments in base64: {Words(most)} at most are taken");
    }

    /// <summary>A number of bytes for people.</summary>
    public static string Words(long bytes) => bytes < 1 << 20 ? string.Create(CultureInfo.InvariantCulture, $"{(bytes + 1023) / 1024} KB") : string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024d * 1024):0.#} MB");
}
