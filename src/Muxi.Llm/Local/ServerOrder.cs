using Microsoft.Extensions.Logging;

namespace Muxi.Llm;

/// <summary>A server that is wanted, and all that is needed to start it where it does not run yet.</summary>
/// <param name="Model">The file and the program.</param>
/// <param name="Operation">What is asked of it, as verbs are named.</param>
/// <param name="Settings">Of the client that wants it.</param>
internal sealed record ServerOrder(ModelFile Model, string Operation, LlmOptions Settings)
{
    /// <summary>The name of the model as it was asked for, for notes.</summary>
    public required string Name { get; init; }

    /// <summary>Where the start is told.</summary>
    public required ILogger Logger { get; init; }

    /// <summary>How servers are run.</summary>
    public LocalServerOptions Options { get; } = Settings.LocalServers ?? Settings.Configuration?.LocalServers ?? new();

    public TimeProvider Clock => Settings.TimeProvider;

    /// <summary>What tells a server from another: those who want the same share one.</summary>
    public string Key => string.Join('\0', [Settings.LocalServers?.Command ?? "", Model.Program.Command, Model.Path, .. Mode, "", .. Options.Arguments]);

    /// <summary>The arguments that the operation needs.</summary>
    private IReadOnlyList<string> Mode => Model.Program.OperationArguments.TryGetValue(Operation, out var arguments) ? arguments : [];

    /// <summary>The program's arguments, all of them; the user's own stand last, so that they count.</summary>
    public IEnumerable<string> Arguments(int port)
    {
        var program = Model.Program;
        List<string> all = [program.ModelOption, Model.Path, program.HostOption, "127.0.0.1", program.PortOption, port.ToString(System.Globalization.CultureInfo.InvariantCulture)];
        if (program.AliasOption is { } alias) all.AddRange([alias, System.IO.Path.GetFileName(Model.Path)]);
        if (Mode.Count == 0 && !Options.Arguments.Contains(program.CompanionOption) && Model.Companion() is { } companion) all.AddRange([program.CompanionOption, companion]);
        return [.. all, .. Mode, .. Options.Arguments];
    }
}
