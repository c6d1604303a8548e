using System.Globalization;

namespace Muxi.Llm;

/// <summary>Lists whose pages are numbered from 0 on, and say neither that there is more nor what to ask for it with.</summary>
internal static class NumberedPages
{
    /// <summary>As many as there are on a page where nothing is said.</summary>
    private const int Usual = 100;

    /// <summary>The page with the number of the next one, which there may be where this one is full.</summary>
    /// <param name="page">The page as it was read.</param>
    /// <param name="number">Its number as it was asked for; null for the first.</param>
    /// <param name="limit">How many it may hold; null for the service's usual number.</param>
    public static Page<T> Of<T>(Page<T> page, string? number, int? limit)
    {
        var at = int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var asked) ? asked : 0;
        var isFull = page.Data.Count >= (limit ?? Usual);
        return page with { HasMore = isFull, LastId = isFull ? (at + 1).ToString(CultureInfo.InvariantCulture) : null };
    }
}
