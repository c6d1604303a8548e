using Microsoft.AspNetCore.Http;

namespace Muxi.Llm.Gateway;

/// <summary>The few headers of clients that are sent on: each belongs to a wire format, and goes to services that are spoken to in that one. No others pass.</summary>
internal sealed class PassedHeaders
{
    private static readonly (string Name, Func<ChatDialect, bool> Belongs)[] _known =
    [
        ("OpenAI-Beta", static dialect => dialect is OpenAIChat or OpenAIResponsesChat), ("Idempotency-Key", static dialect => dialect is OpenAIChat or OpenAIResponsesChat),
        ("anthropic-version", static dialect => dialect is AnthropicMessages), ("anthropic-beta", static dialect => dialect is AnthropicMessages),
    ];

    private readonly List<(string Name, string Value, Func<ChatDialect, bool> Belongs)> _sent = [];

    private PassedHeaders() { }

    /// <summary>Those that a client sent; null where there are none.</summary>
    /// <exception cref="RefusalException">400: one cannot be sent on.</exception>
    public static PassedHeaders? Of(IHeaderDictionary headers)
    {
        PassedHeaders? passed = null;
        foreach (var (name, belongs) in _known)
        {
            if (!headers.TryGetValue(name, out var values) || values.ToString() is not { Length: > 0 } value) continue;
            if (value.AsSpan().ContainsAnyExceptInRange(' ', '~')) throw new RefusalException(new(400, $"the header '{name}' holds other than plain ASCII") { Code = "invalid_header" });
            (passed ??= new())._sent.Add((name, value, belongs));
        }
        return passed;
    }

    /// <summary>What goes to a model, beneath headers that are configured for it. Never null, so that it keeps another model's headers away.</summary>
    public Dictionary<string, string> For(ModelName name, IReadOnlyDictionary<string, string>? configured = null)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (name.Provider.Chat?.ForModel(name.Model) is { } dialect)
            foreach (var (header, value, belongs) in _sent)
                if (belongs(dialect)) headers[header] = value;
        if (configured is not null)
            foreach (var (header, value) in configured) headers[header] = value;
        return headers;
    }
}
