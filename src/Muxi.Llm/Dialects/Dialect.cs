namespace Muxi.Llm;

/// <summary>
/// A wire format of one operation: an immutable record of pure functions whose properties are its quirks, plain data with defaults. Which verbs it has shows in the
/// interfaces that it implements: <see cref="IVerb{TRequest, TReply}"/>, <see cref="IStreamVerb{TRequest, TChunk}"/>, <see cref="IContentVerb{TRequest}"/>; one that is not
/// there is not offered.
/// </summary>
public abstract record Dialect;

/// <summary>Makes the usual courses of a verb.</summary>
public static class Exchange
{
    /// <summary>The simplest course: one call and its reply.</summary>
    /// <param name="render">Makes the call.</param>
    /// <param name="parse">Reads its reply.</param>
    public static IExchange<T> Of<T>(Func<HttpCall> render, Func<HttpReply, T> parse) => new OneCall<T>(render, parse);

    private sealed class OneCall<T>(Func<HttpCall> render, Func<HttpReply, T> parse) : IExchange<T>
    {
        public Step<T> Next(HttpReply? reply) => reply is { } got ? Step<T>.Done(parse(got)) : Step<T>.Send(render());
    }
}
