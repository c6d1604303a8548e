namespace Muxi.Llm;

/// <summary>Where a model's task is asked for at the router. A name may say by whom it is run, as in chat (<c>org/model:provider</c>): a task's format is that of who runs it.</summary>
internal static class TaskPath
{
    /// <summary>The path with the model in it.</summary>
    /// <param name="path">What follows the base URL; <c>{model}</c> stands for the model's name.</param>
    /// <param name="runner">The name of who runs the models in this format; empty where a name has no such ending.</param>
    /// <param name="context">The call's surroundings.</param>
    /// <exception cref="UnsupportedFeatureException">The name says that somebody else is to run it.</exception>
    public static string Of(string path, string runner, CallContext context)
    {
        var model = context.Model;
        if (runner.Length > 0 && model.LastIndexOf(':') is > 0 and var at && at > model.LastIndexOf('/'))
        {
            if (!model.AsSpan(at + 1).Equals(runner, StringComparison.OrdinalIgnoreCase))
                throw context.Lacks("model", $"'{model[(at + 1)..]}' has a format of its own for this: leave it out or write {model[..at]}:{runner}, or ask that service by its own name");
            model = model[..at];
        }
        return path.Replace("{model}", ModelPath.Segments(model), StringComparison.Ordinal);
    }
}
