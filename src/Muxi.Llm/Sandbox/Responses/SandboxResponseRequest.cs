using System.Text.Json;
using System.Text.Json.Nodes;

namespace Muxi.Llm;

/// <summary>A request for a response that has passed the checks of <see cref="SandboxResponseReader"/>.</summary>
internal sealed record SandboxResponseRequest
{
    /// <summary>The body as it came.</summary>
    public required SandboxRequest Json { get; init; }

    /// <summary>The same request as a chat, by whose rules it is answered.</summary>
    public required SandboxChatRequest Chat { get; init; }

    /// <summary>What this request brings.</summary>
    public required IReadOnlyList<JsonObject> Input { get; init; }

    /// <summary>All that the model is given: what was said before, then <see cref="Input"/>.</summary>
    public required IReadOnlyList<JsonObject> Conversation { get; init; }

    public bool IsStreamed { get; init; }
    public bool IsStored { get; init; }
    public bool IsInBackground { get; init; }

    /// <summary>Whether reasoning comes with a summary.</summary>
    public bool Summarises { get; init; }

    /// <summary>Whether reasoning comes sealed.</summary>
    public bool Seals { get; init; }

    /// <summary>The service's own tools that are used, in order.</summary>
    public IReadOnlyList<SandboxTool> Own { get; init; } = [];

    public string Model => Chat.Model;

    public string Id(string prefix, string purpose) => Json.Id(prefix, purpose);

    public JsonElement? this[string name] => Json[name];
}
