namespace Muxi.Llm;

/// <summary>Who is asked when a target has failed for good: a model, with settings of its own where it needs them.</summary>
/// <param name="Model"><c>provider/model</c>, or an alias.</param>
public sealed record Fallback(string Model)
{
    /// <summary>
    /// Settings for this target. Those that are not set are the call's, but for the key, the base URL and the body's further members: these go to the same provider only.
    /// </summary>
    public RequestOptions? Options { get; init; }

    /// <summary>
    /// The failures after which this target is asked; empty for the usual ones: all but a request that is wrong in itself (400, 413, 422). List
    /// <see cref="ErrorKind.ContextLength"/> to go on to a model with a larger window.
    /// </summary>
    public IReadOnlyList<ErrorKind> On { get; init; } = [];

    /// <summary>The variables that hold this target's key, where a file names them; they are read at each call.</summary>
    internal IReadOnlyList<string> KeyVariables { get; init; } = [];

    /// <summary>A model alone: <c>Fallbacks = ["openai/gpt-4o-mini"]</c>.</summary>
    public static implicit operator Fallback(string model) => new(model);

    /// <summary>Whether this target is asked after such a failure.</summary>
    internal bool Covers(LlmException error) => On.Count > 0 ? On.Contains(error.Kind) : error.Kind is not (
        ErrorKind.BadRequest or ErrorKind.ContextLength or ErrorKind.ContentFilter or ErrorKind.TooLarge or ErrorKind.Unprocessable);
}
