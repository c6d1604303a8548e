using System.Text.Json;

namespace Muxi.Llm;

/// <summary>How a <see cref="FunctionTool"/> is made, shown to the model and run.</summary>
public sealed record FunctionToolOptions
{
    /// <summary>The name that the model calls it by; null for the method's own. A lambda has none, so it must be given one.</summary>
    public string? Name { get; init; }

    /// <summary>What it does and when to call it; null for what <c>[Description]</c> says.</summary>
    public string? Description { get; init; }

    /// <summary>Whether it may run while other calls of the same turn run. A turn's calls run at once where all its tools say so, else one after the other.</summary>
    public bool RunsInParallel { get; init; }

    /// <summary>Whether each call waits for <see cref="ToolLoopOptions.Approve"/>.</summary>
    public bool NeedsApproval { get; init; }

    /// <summary>How long a call may take; the model is told when it takes longer. Null sets no limit.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>
    /// Whether the service is asked to keep to the schema exactly (<c>strict</c>). The schema is then said so that services take it as strict: all is required, and
    /// what is optional may be null.
    /// </summary>
    public bool Strict { get; init; }

    /// <summary>How arguments and results of a method are read and written; with a source-generated context in it a method works trimmed and compiled ahead of time. Null for the usual ones of Microsoft.Extensions.AI.</summary>
    public JsonSerializerOptions? SerializerOptions { get; init; }

    /// <summary>Where a method's parameter of type <see cref="IServiceProvider"/> comes from; it is not shown to the model.</summary>
    public IServiceProvider? Services { get; init; }
}
