using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Muxi.Llm;

/// <summary>
/// How types are read where the caller gives no <see cref="JsonTypeInfo"/>: by reflection, with names in camel case and enums as words. The members of this file alone
/// reflect over types; the compiler warns of them in a program that is trimmed or compiled ahead of time.
/// </summary>
internal static class Reflected
{
    public const string Why = "It reflects over the type. Pass a JsonTypeInfo of a JsonSerializerContext instead.";

    private static JsonSerializerOptions? _options;

    [RequiresUnreferencedCode(Why), RequiresDynamicCode(Why)]
    public static JsonTypeInfo<T> Type<T>() => (JsonTypeInfo<T>)(_options ??= Options()).GetTypeInfo(typeof(T));

    [RequiresUnreferencedCode(Why), RequiresDynamicCode(Why)]
    private static JsonSerializerOptions Options()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            RespectNullableAnnotations = true, Converters = { new JsonStringEnumConverter() }, TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        };
        options.MakeReadOnly();
        return options;
    }
}

public sealed partial class ChatCompletionsResource
{
    /// <summary>Asks for a value of a type, by reflection over it.</summary>
    /// <exception cref="LlmException">As <see cref="CreateAsync{T}(ChatCompletionRequest, JsonTypeInfo{T}, RequestOptions?, CancellationToken)"/>.</exception>
    [RequiresUnreferencedCode(Reflected.Why), RequiresDynamicCode(Reflected.Why)]
    public Task<ChatCompletion<T>> CreateAsync<T>(ChatCompletionRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        CreateAsync(request, Reflected.Type<T>(), options, cancellationToken);
}

public sealed partial record ChatCompletion
{
    /// <summary>Asks a model for a value of a type, by reflection over it: <c>await ChatCompletion.CreateAsync&lt;Person&gt;("openai/gpt-4o-mini", "Invent a person.")</c>.</summary>
    /// <exception cref="LlmException">As <see cref="ChatCompletionsResource.CreateAsync{T}(ChatCompletionRequest, JsonTypeInfo{T}, RequestOptions?, CancellationToken)"/>.</exception>
    [RequiresUnreferencedCode(Reflected.Why), RequiresDynamicCode(Reflected.Why)]
    public static Task<ChatCompletion<T>> CreateAsync<T>(string model, string prompt, CancellationToken cancellationToken = default) =>
        CreateAsync(Ask(model, prompt), Reflected.Type<T>(), null, cancellationToken);
}

public static partial class SyncDoors
{
    extension(ChatCompletion)
    {
        /// <summary>Asks a model for a value of a type, by reflection over it, and waits for it.</summary>
        [RequiresUnreferencedCode(Reflected.Why), RequiresDynamicCode(Reflected.Why)]
        public static ChatCompletion<T> Create<T>(string model, string prompt, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Chat.Completions.Create(ChatCompletion.Ask(model, prompt), Reflected.Type<T>(), null, cancellationToken);
    }

    extension(ChatCompletionsResource completions)
    {
        /// <summary>Asks for a value of a type, by reflection over it, and waits for it.</summary>
        [RequiresUnreferencedCode(Reflected.Why), RequiresDynamicCode(Reflected.Why)]
        public ChatCompletion<T> Create<T>(ChatCompletionRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            completions.Create(request, Reflected.Type<T>(), options, cancellationToken);
    }
}
