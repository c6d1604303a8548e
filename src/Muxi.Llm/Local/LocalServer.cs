using System.Collections.Immutable;

namespace Muxi.Llm;

/// <summary>How a server for a model's file is started on this machine. Facts only: nothing is started by it.</summary>
/// <param name="Command">The program's name, as it is found in <c>PATH</c>.</param>
public sealed record LocalServer(string Command)
{
    /// <summary>Environment variables that name the program by custom: a path, or another name to find in <c>PATH</c>. The first that is set counts.</summary>
    public ImmutableArray<string> CommandVariables { get; init; } = [];

    /// <summary>Environment variables that name the folder of models by custom. The first that is set counts.</summary>
    public ImmutableArray<string> FolderVariables { get; init; } = [];

    /// <summary>How the program is got, for the error that it is not there.</summary>
    public string InstallHint { get; init; } = "";

    /// <summary>How a model's file ends: <c>.gguf</c>. A model whose name ends so is a file here.</summary>
    public string FileEnding { get; init; } = ".gguf";

    /// <summary>The option before the model's file.</summary>
    public string ModelOption { get; init; } = "--model";

    /// <summary>The option before the name by which replies call the model, so that they do not tell where it lies; null where there is none.</summary>
    public string? AliasOption { get; init; }

    /// <summary>The option before the address to listen at.</summary>
    public string HostOption { get; init; } = "--host";

    /// <summary>The option before the port to listen at.</summary>
    public string PortOption { get; init; } = "--port";

    /// <summary>The environment variable in which the program takes the key that it then wants of everybody.</summary>
    public string KeyVariable { get; init; } = "";

    /// <summary>Further arguments for operations that need a process of their own, by the operation's name.</summary>
    public ImmutableDictionary<string, ImmutableArray<string>> OperationArguments { get; init; } = ImmutableDictionary<string, ImmutableArray<string>>.Empty;

    /// <summary>How a file begins that goes along with a model's, as one that reads pictures does; null where there are none.</summary>
    public string? CompanionPrefix { get; init; }

    /// <summary>The option before such a file.</summary>
    public string CompanionOption { get; init; } = "";

    /// <summary>The path, from the server's root, that answers 200 as soon as the model is loaded, and anything else before.</summary>
    public string HealthPath { get; init; } = "health";

    /// <summary>The path, from the server's root, below which its API is.</summary>
    public string ApiPath { get; init; } = "v1";

    /// <summary>A path of the API that answers 200 to whoever has the key: so it is known whose server it is that answers at the port.</summary>
    public string KeyPath { get; init; } = "models";

    /// <summary>What the program writes where its port is taken; it is started again at another one then.</summary>
    public string PortTakenWords { get; init; } = "";
}
