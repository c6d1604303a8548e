namespace Muxi.Llm;

/// <summary>A piece of a list that is given page by page.</summary>
/// <typeparam name="T">What is listed.</typeparam>
public sealed record Page<T> : Reply
{
    /// <summary>What stands on this page, in the provider's order.</summary>
    public IReadOnlyList<T> Data { get; init; } = [];

    /// <summary>Whether there is more behind this page.</summary>
    public bool HasMore { get; init; }

    /// <summary>What the next page is asked for with: the last id, or the provider's own mark; null where there is none.</summary>
    public string? LastId { get; init; }

    /// <summary>The first id on this page, where the provider tells it.</summary>
    public string? FirstId { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }

    /// <summary>What stands on the page was given by the same call, and says so.</summary>
    internal override CallRecord? Call
    {
        get => base.Call;
        set
        {
            base.Call = value;
            foreach (var item in Data)
                if (item is Reply reply) reply.Call = value;
        }
    }
}

/// <summary>Going through a list to its end.</summary>
internal static class Pages
{
    private const int Most = 10_000;

    /// <summary>Everything on every page, each asked for when it is needed.</summary>
    /// <param name="ask">Asks for the page behind a mark; null for the first one.</param>
    /// <param name="cancellationToken">Ends the call under way.</param>
    public static async IAsyncEnumerable<T> AllAsync<T>(Func<string?, CancellationToken, Task<Page<T>>> ask, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? after = null;
        for (var at = 0; at < Most; at++)
        {
            var page = await ask(after, cancellationToken).ConfigureAwait(false);
            foreach (var item in page.Data) yield return item;
            // A service that knows no pages and says that there are more gives the same list again.
            if (!page.HasMore || page.LastId is null || page.LastId == after) yield break;
            after = page.LastId;
        }
    }
}
