namespace Muxi.Llm;

/// <summary>A model as its provider lists it.</summary>
/// <remarks>Source: Model in OpenAI's OpenAPI document 2.3.0, and ModelInfo in Anthropic's reference.</remarks>
public sealed record Model : Reply
{
    /// <summary>Its id, in the provider's own words.</summary>
    public required string Id { get; init; }

    /// <summary>Always <c>model</c>, whatever word the provider has for it.</summary>
    public string Object => "model";

    /// <summary>When it was made, in Unix seconds; null where the provider does not say.</summary>
    public long? Created { get; init; }

    /// <summary>Whose it is; null where the provider does not say.</summary>
    public string? OwnedBy { get; init; }

    /// <summary>Its name for people, where the provider tells one.</summary>
    public string? DisplayName { get; init; }

    /// <summary>Members that we do not know: limits, prices, abilities.</summary>
    public Extra Extra { get; init; }

    /// <summary>As it is asked for: <c>provider/model</c>. Without a provider, for a model that was parsed from text, its id.</summary>
    public string Name => Provider is null ? Id : $"{Provider}/{Id}";

    /// <summary>Reads a model in OpenAI's JSON form, or in Anthropic's.</summary>
    /// <exception cref="System.Text.Json.JsonException">It is not JSON or has no id.</exception>
    public static Model Parse(ReadOnlySpan<byte> utf8) => ModelJson.Read(utf8) ?? throw new System.Text.Json.JsonException("A model needs 'id'.");

    /// <summary>The model in OpenAI's JSON form.</summary>
    public string ToJson() => JsonOut.ToText(this, static (json, model) => ModelJson.Write(json, model, model.Id), indented: false);

    /// <summary>As <see cref="ToJson"/>, with line breaks and indentation for people.</summary>
    public string ToIndentedJson() => JsonOut.ToText(this, static (json, model) => ModelJson.Write(json, model, model.Id), indented: true);
}
