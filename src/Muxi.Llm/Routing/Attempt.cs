namespace Muxi.Llm;

/// <summary>One try of one target, as it went.</summary>
/// <param name="Target">Who was asked, as <c>provider/model</c>.</param>
/// <param name="Outcome"><c>ok</c>, or the kind of the failure, e.g. <c>RateLimit</c>.</param>
/// <param name="Duration">From sending until the outcome was known.</param>
/// <param name="Status">The HTTP status, where one came.</param>
public sealed record Attempt(string Target, string Outcome, TimeSpan Duration, int? Status = null)
{
    /// <summary>Whether the service may have done what it was asked for, though it looked like a failure.</summary>
    internal bool MayHaveWorked { get; init; }
}
