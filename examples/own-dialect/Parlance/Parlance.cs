using Muxi.Llm;

namespace Parlance;

/// <summary>The facts of Parlance, an invented service with a wire format of its own. Add it with <c>Catalog.Add(Parlance.Provider)</c>, ask <c>parlance/MODEL</c>.</summary>
public static class Parlance
{
    /// <summary>Where it is, how it is told who asks, and what it speaks.</summary>
    public static Provider Provider { get; } = new("parlance", "https://api.parlance.example/v3", Auth.Bearer("PARLANCE_API_KEY"))
    {
        DisplayName = "Parlance",
        DefaultModel = "alto",
        // A model's difference is data, too: those of the small kind know no skills.
        Chat = new ParlanceChat().For("*-mini", static chat => chat with { Skills = false }),
        Models = null,
    };
}
