using System.Collections.Immutable;
using Microsoft.Extensions.AI;

namespace Muxi.Llm;

public sealed partial record Provider
{
    private const string OwnModel = "default";

    /// <summary>
    /// Any chat client of Microsoft.Extensions.AI as a service of that name, so that fallback, tools, structured output and the gateway work with it as with all others:
    /// <c>Catalog.Add(Provider.From(client, "mine"))</c>, then <c>mine/MODEL</c>. The model is given to the client as its <see cref="ChatOptions.ModelId"/>, but for
    /// <c>mine/default</c>, which leaves the choice to it.
    /// </summary>
    /// <remarks>
    /// The client stays the caller's: nothing here disposes it. What it raises becomes an <see cref="LlmException"/> with that as its inner exception. OpenAI's options that the
    /// abstraction has no place for are in <see cref="ChatOptions.AdditionalProperties"/> under OpenAI's names; what could not come back, several answers and log probabilities, is left
    /// out with a warning.
    /// </remarks>
    /// <param name="client">Whom to ask.</param>
    /// <param name="name">What stands before the slash; null for the name that the client's metadata tells.</param>
    /// <exception cref="ConfigurationException">There is no name, or it cannot stand before a slash.</exception>
    public static Provider From(IChatClient client, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        var about = client.GetService(typeof(ChatClientMetadata)) as ChatClientMetadata;
        return Of(name ?? about?.ProviderName, client, null) with { DefaultModel = about?.DefaultModelId ?? OwnModel };
    }

    /// <summary>Any embedding generator of Microsoft.Extensions.AI as a service of that name, as <see cref="From(IChatClient, string?)"/>. It takes texts, not tokens.</summary>
    /// <param name="generator">Whom to ask.</param>
    /// <param name="name">What stands before the slash; null for the name that the generator's metadata tells.</param>
    /// <exception cref="ConfigurationException">There is no name, or it cannot stand before a slash.</exception>
    public static Provider From(IEmbeddingGenerator<string, Embedding<float>> generator, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(generator);
        var about = generator.GetService(typeof(EmbeddingGeneratorMetadata)) as EmbeddingGeneratorMetadata;
        return Of(name ?? about?.ProviderName, null, generator) with { DefaultModels = new Dictionary<string, string> { [Operations.Embeddings] = about?.DefaultModelId ?? OwnModel }.ToImmutableDictionary() };
    }

    /// <summary>A chat client and an embedding generator as one service.</summary>
    /// <param name="client">Whom to ask for chat.</param>
    /// <param name="generator">Whom to ask for embeddings.</param>
    /// <param name="name">What stands before the slash; null for the name that the client's metadata tells.</param>
    /// <exception cref="ConfigurationException">There is no name, or it cannot stand before a slash.</exception>
    public static Provider From(IChatClient client, IEmbeddingGenerator<string, Embedding<float>> generator, string? name = null)
    {
        var chat = From(client, name);
        var embeddings = From(generator, chat.Name);
        return Of(chat.Name, client, generator) with { DefaultModel = chat.DefaultModel, DefaultModels = embeddings.DefaultModels };
    }

    private static Provider Of(string? name, IChatClient? client, IEmbeddingGenerator<string, Embedding<float>>? generator)
    {
        if (string.IsNullOrWhiteSpace(name)) throw new ConfigurationException("the client does not tell its name: give one, Provider.From(client, \"mine\")");
        var provider = new Provider(name.Trim(), "http://in-process.invalid/v1", Auth.None)
        {
            Chat = client is null ? null : new CanonicalChat(),
            Embeddings = generator is null ? null : new OpenAIEmbeddings(),
            Models = null,
            InProcess = clock => new ClientHandler(name, client, generator, clock),
        };
        Catalog.Check(provider);
        return provider;
    }
}
