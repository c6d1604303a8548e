using System.Globalization;

namespace Muxi.Llm.Cli;

/// <summary>Something that the user can mend: a file that is not there. Told in one line.</summary>
internal class FailureException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The command was not used as it can be used.</summary>
internal sealed class UsageException(string message) : FailureException(message);

/// <summary>Turns what went wrong into one line on standard error and an exit code.</summary>
internal static class Failures
{
    public const int Failed = 1;
    public const int WrongUsage = 2;

    /// <summary>Tells what went wrong and gives the exit code.</summary>
    public static int Report(Exception error, Terminal terminal)
    {
        // `| head -1` has what it wanted.
        if (error is OutputClosedException) return 0;
        if (error is OperationCanceledException && terminal.Interrupts.Token.IsCancellationRequested)
        {
            terminal.Note("cancelled");
            return terminal.Interrupts.ExitCode;
        }
        Tell(error, terminal);
        return error is UsageException ? WrongUsage : Failed;
    }

    /// <summary>Tells what went wrong: what, who, and how to mend it.</summary>
    public static void Tell(Exception error, Terminal terminal)
    {
        terminal.Note(error switch
        {
            LlmException call => call.Message + Remedy(call, terminal),
            FailureException => error.Message,
            OperationCanceledException => "cancelled",
            _ => $"unexpected {error.GetType().Name}: {error.Message} (set MUXI_LLM_DEBUG=1 for the trace)",
        });
        if (terminal.Variable("MUXI_LLM_DEBUG") is not null) terminal.Error.WriteLine(error);
    }

    /// <summary>Does what reads or writes files here; what goes wrong with these is told in one line.</summary>
    /// <param name="what">What is done, or the option that asks for it.</param>
    /// <param name="act">Does it.</param>
    /// <exception cref="FailureException">A file cannot be read or written.</exception>
    public static async Task<T> OnDiskAsync<T>(string what, Func<Task<T>> act)
    {
        try
        {
            return await act();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FailureException($"{what}: {e.Message}", e);
        }
    }

    private static string Remedy(LlmException error, Terminal terminal) => error.Kind switch
    {
        ErrorKind.Authentication => terminal.KeySource(error.Provider) is { } source ? $" (check {source})" : "",
        ErrorKind.Permission => terminal.KeySource(error.Provider) is { } source ? $" (the key in {source} may not do this)" : "",
        // Without a model it is about what a service keeps.
        ErrorKind.RateLimit or ErrorKind.Quota or ErrorKind.NotFound when string.IsNullOrEmpty(error.Model) => error.Kind == ErrorKind.RateLimit ? $" (try again {Later(error)})" : "",
        ErrorKind.RateLimit => $" (try again {Later(error)}, or another model with -m)",
        ErrorKind.Quota => " (the credit is spent: pay the provider, or pick another one with -m)",
        ErrorKind.NotFound => error.Provider is { } provider ? $" (muxi-llm models {provider} lists what there is)" : "",
        ErrorKind.ContextLength => " (shorten the prompt, or pick a model with more room with -m)",
        ErrorKind.ContentFilter => " (the provider's policy refused it)",
        ErrorKind.TooLarge => " (send less, or smaller files)",
        // A model's file that cannot be loaded cannot be loaded later either; its program's own words say why.
        ErrorKind.Server when error is ApiException { Code: LocalModels.FailedCode } => "",
        ErrorKind.Overloaded or ErrorKind.Server or ErrorKind.Timeout => $" (try again {Later(error)})",
        ErrorKind.Connection => error.Message.EndsWith(')') ? "" : " (check the network, the proxy and the base URL)",
        ErrorKind.StreamInterrupted => " (the answer is not whole; try again)",
        _ => "",
    };

    private static string Later(LlmException error) =>
        error is ApiException { RetryAfter: { } wait } ? string.Create(CultureInfo.InvariantCulture, $"in {Math.Ceiling(wait.TotalSeconds):0} s") : "later";
}
