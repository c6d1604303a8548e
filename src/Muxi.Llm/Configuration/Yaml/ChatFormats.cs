using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Muxi.Llm;

/// <summary>The wire formats of chat that a configuration file may name. A new one is a line here and one at <see cref="DialectJson"/>.</summary>
internal static class ChatFormats
{
    public static IReadOnlyList<ChatFormat> All { get; } =
    [
        ChatFormat.Of(new OpenAIChat(), DialectJson.Default.OpenAIChat, Providers.OpenAI),
        ChatFormat.Of(new AnthropicMessages(), DialectJson.Default.AnthropicMessages, Providers.Anthropic),
        ChatFormat.Of(new OpenAIResponsesChat(), DialectJson.Default.OpenAIResponsesChat, Providers.OpenAIResponses),
        ChatFormat.Of(new OllamaChat(), DialectJson.Default.OllamaChat, Providers.Ollama),
        ChatFormat.Of(new GeminiChat(), DialectJson.Default.GeminiChat, Providers.Gemini),
        ChatFormat.Of(new BedrockConverse(), DialectJson.Default.BedrockConverse, Providers.Bedrock),
        ChatFormat.Of(new CohereChat(), DialectJson.Default.CohereChat, Providers.Cohere),
        ChatFormat.Of(new ReplicateChat(), DialectJson.Default.ReplicateChat, Providers.Replicate),
    ];

    /// <summary>The format that a dialect is of; null where files cannot name it.</summary>
    public static ChatFormat? Of(ChatDialect dialect)
    {
        foreach (var format in All)
            if (format.IsOf(dialect)) return format;
        return null;
    }
}

/// <summary>One wire format by its name: how its dialect becomes JSON and comes back.</summary>
/// <param name="Plain">The dialect without any quirk.</param>
/// <param name="Pattern">The service that the format is from: who speaks it also is told as there who asks.</param>
internal abstract record ChatFormat(ChatDialect Plain, Provider Pattern)
{
    /// <summary>As files call it: by the service that it is from.</summary>
    public string Name => Pattern.Name;

    public static ChatFormat Of<T>(T plain, JsonTypeInfo<T> type, Provider pattern) where T : ChatDialect => new Typed<T>(plain, type, pattern);

    /// <summary>The quirks by their names.</summary>
    public abstract IReadOnlyDictionary<string, JsonPropertyInfo> Quirks { get; }

    public abstract bool IsOf(ChatDialect dialect);

    /// <summary>The dialect as JSON, its variants apart.</summary>
    public abstract JsonElement ToJson(ChatDialect dialect);

    /// <summary>A dialect from JSON that has every quirk.</summary>
    /// <exception cref="JsonException">A value is not of its quirk's type.</exception>
    public abstract ChatDialect FromJson(ReadOnlySpan<byte> utf8);

    private sealed record Typed<T>(T Typical, JsonTypeInfo<T> Type, Provider Pattern) : ChatFormat(Typical, Pattern) where T : ChatDialect
    {
        public override IReadOnlyDictionary<string, JsonPropertyInfo> Quirks { get; } =
            Type.Properties.Where(quirk => quirk.Set is not null && quirk.PropertyType != typeof(ImmutableArray<Variant<ChatDialect>>)).ToDictionary(quirk => quirk.Name);

        public override bool IsOf(ChatDialect dialect) => dialect is T;

        public override JsonElement ToJson(ChatDialect dialect) => JsonSerializer.SerializeToElement((T)(dialect with { Variants = [] }), Type);

        public override ChatDialect FromJson(ReadOnlySpan<byte> utf8) => JsonSerializer.Deserialize(utf8, Type)!;
    }
}

/// <summary>The dialects' quirks as JSON, in the words of configuration files.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, IgnoreReadOnlyProperties = true, RespectNullableAnnotations = true, UseStringEnumConverter = true)]
[JsonSerializable(typeof(OpenAIChat))]
[JsonSerializable(typeof(AnthropicMessages))]
[JsonSerializable(typeof(OpenAIResponsesChat))]
[JsonSerializable(typeof(OllamaChat))]
[JsonSerializable(typeof(GeminiChat))]
[JsonSerializable(typeof(BedrockConverse))]
[JsonSerializable(typeof(CohereChat))]
[JsonSerializable(typeof(ReplicateChat))]
internal sealed partial class DialectJson : JsonSerializerContext;
