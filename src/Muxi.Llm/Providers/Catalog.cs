using System.Collections.Immutable;

namespace Muxi.Llm;

/// <summary>All services that are known, and the factory that turns <c>provider/model</c> into one of them.</summary>
public static class Catalog
{
    private const string DefaultProvider = "openai";

    /// <summary>How many names an error tells; with all of them nobody would read it.</summary>
    private const int ShownNames = 12;

    private static ImmutableArray<Provider> _added = [];

    /// <summary>The services that come with the library, in the order in which a default is looked for.</summary>
    public static ImmutableArray<Provider> BuiltIn { get; } =
    [
        Providers.OpenAI, Providers.Anthropic, Providers.Gemini, Providers.OpenRouter, Providers.Groq, Providers.DeepSeek, Providers.XAI, Providers.MiniMax, Providers.Bedrock,
        Providers.Mistral, Providers.Perplexity, Providers.Cerebras, Providers.Codestral,
        Providers.Together, Providers.Fireworks, Providers.DeepInfra, Providers.Nvidia, Providers.Anyscale, Providers.Voyage, Providers.Jina,
        Providers.OpenAIResponses, Providers.DeepSeekAnthropic, Providers.MoonshotAnthropic,
        Providers.VertexAI, Providers.Azure, Providers.Cloudflare, Providers.Databricks, Providers.GitHub, Providers.Snowflake,
        Providers.Moonshot, Providers.Zai, Providers.DashScope, Providers.Vercel,
        Providers.AI21, Providers.AI302, Providers.AIHubMix, Providers.Baseten, Providers.Chutes, Providers.Clarifai, Providers.Cohere, Providers.CometApi, Providers.Crusoe,
        Providers.DigitalOcean, Providers.Doubleword, Providers.Featherless, Providers.Friendli, Providers.GmiCloud, Providers.Helicone, Providers.Heroku, Providers.HuggingFace, Providers.Hunyuan,
        Providers.HuggingFaceEndpoint, Providers.Hyperbolic, Providers.Inception, Providers.InferenceNet, Providers.IoNet, Providers.MetaLlama, Providers.ModelScope, Providers.Morph, Providers.NanoGpt,
        Providers.Nebius, Providers.Novita, Providers.Nscale, Providers.OpenCode, Providers.OVHcloud, Providers.Poe, Providers.Portkey, Providers.PublicAI, Providers.Qianfan,
        Providers.Recraft, Providers.Replicate, Providers.Requesty, Providers.SambaNova, Providers.Sarvam, Providers.Scaleway, Providers.SiliconFlow, Providers.StepFun, Providers.Synthetic,
        Providers.Telnyx, Providers.Tinfoil, Providers.Upstage, Providers.V0, Providers.Venice, Providers.Volcengine, Providers.Vultr, Providers.Wandb, Providers.Watsonx, Providers.Writer, Providers.Xiaomi,
        Providers.ZenMux,
        Providers.OllamaCloud, Providers.Ollama, Providers.LMStudio, Providers.Vllm, Providers.LlamaCpp, Providers.SGLang, Providers.Tgi, Providers.Tei, Providers.LocalAI, Providers.LiteLLM, Providers.Jan, Providers.Llamafile, Providers.DockerModelRunner, Providers.Sandbox,
    ];

    private static readonly Dictionary<string, Provider> _byName = ByName();

    /// <summary>The services that come with the library and those that were added.</summary>
    public static ImmutableArray<Provider> All => _added.IsEmpty ? BuiltIn : [.. _added, .. BuiltIn.Where(builtIn => _added.All(added => added.Name != builtIn.Name))];

    /// <summary>Makes a service known to the whole program; one of the same name takes the other's place.</summary>
    /// <exception cref="ConfigurationException">The name or the base URL cannot be used.</exception>
    public static void Add(Provider provider)
    {
        Check(provider);
        ImmutableInterlocked.Update(ref _added, static (added, one) => [.. added.Where(other => other.Name != one.Name), one], provider);
    }

    /// <summary>Finds the service and the model that a name means: <c>provider/model</c>, or a bare model of OpenAI's. Further slashes belong to the model.</summary>
    /// <exception cref="ConfigurationException">There is no such service; the message names the nearest ones.</exception>
    public static ModelName Resolve(string name) => Resolve(name, []);

    internal static ModelName Resolve(string name, IReadOnlyList<Provider> own)
    {
        ArgumentNullException.ThrowIfNull(name);
        var slash = name.IndexOf('/');
        var providerName = slash < 0 ? DefaultProvider : name[..slash];
        var model = slash < 0 ? name : name[(slash + 1)..];
        var provider = Find(providerName, own) ?? throw Unknown(providerName, name, own);
        if (model.Length == 0) throw new ConfigurationException($"'{name}' names no model: write {providerName}/MODEL") { Provider = provider.Name };
        return provider.IsSelfHosted && !HubFile.IsMeant(model) && HostStart(model) is var at and > 0
            ? new(provider, model[..at], model[(at + 1)..])
            : new(provider, model, null);
    }

    /// <summary>Finds a service by its name or an alias, ignoring case; null when there is none.</summary>
    internal static Provider? Find(string name, IReadOnlyList<Provider> own)
    {
        foreach (var provider in own)
            if (provider.IsCalled(name)) return provider;
        foreach (var provider in _added)
            if (provider.IsCalled(name)) return provider;
        return _byName.GetValueOrDefault(name);
    }

    internal static ConfigurationException Unknown(string provider, string name, IReadOnlyList<Provider> own)
    {
        var known = own.Concat(All).Select(one => one.Name).Distinct().ToArray();
        var near = Nearness.Near(provider, known);
        var more = known.Length > ShownNames ? $" and {known.Length - ShownNames} more, which Catalog.All and 'muxi-llm providers' list" : "";
        var where = name == provider ? "" : $" in '{name}'";
        return new(near.Length > 0
            ? $"unknown provider '{provider}'{where}; did you mean {string.Join(" or ", near)}?"
            : $"unknown provider '{provider}'{where}; known are {string.Join(", ", known.Take(ShownNames))}{more}");
    }

    internal static void Check(Provider provider)
    {
        if (provider.Name.Length == 0 || provider.Name.Contains('/', StringComparison.Ordinal))
            throw new ConfigurationException($"'{provider.Name}' cannot be a provider's name: it must not be empty or hold a slash");
        // A part of the address may stand for any word.
        if (!Uri.TryCreate(provider.BaseUrl.Replace('{', 'x').Replace('}', 'x'), UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            throw new ConfigurationException($"the base URL '{Redaction.HideUser(provider.BaseUrl)}' of '{provider.Name}' is no http(s) address") { Provider = provider.Name };
    }

    /// <summary>Every name and alias, ignoring case: a search through all services at each call would show.</summary>
    private static Dictionary<string, Provider> ByName()
    {
        var names = new Dictionary<string, Provider>(StringComparer.OrdinalIgnoreCase);
        foreach (var provider in BuiltIn)
        {
            names.TryAdd(provider.Name, provider);
            foreach (var alias in provider.Aliases) names.TryAdd(alias, provider);
        }
        return names;
    }

    /// <summary>Where <c>@host[:port]</c> begins; -1 when what follows the last <c>@</c> is no host.</summary>
    private static int HostStart(string model)
    {
        var at = model.LastIndexOf('@');
        return at > 0 && Uri.TryCreate($"http://{model[(at + 1)..]}/", UriKind.Absolute, out var url) && url.PathAndQuery == "/" && url.UserInfo.Length == 0 && url.Fragment.Length == 0 ? at : -1;
    }
}

/// <summary>A name that was resolved.</summary>
/// <param name="Provider">Who is asked.</param>
/// <param name="Model">The model, without the provider's name and the host.</param>
/// <param name="Host">The machine, <c>host[:port]</c>, where the name tells one.</param>
public sealed record ModelName(Provider Provider, string Model, string? Host)
{
    /// <summary>The name as <c>provider/model[@host]</c>.</summary>
    public override string ToString() => Host is null ? $"{Provider.Name}/{Model}" : $"{Provider.Name}/{Model}@{Host}";
}

/// <summary>How far two words are apart.</summary>
internal static class Nearness
{
    /// <summary>The words that may have been meant, the nearest first, as <c>; did you mean x or y?</c>; empty when none is near.</summary>
    public static string Hint(string typed, IEnumerable<string> words)
    {
        var near = Near(typed, words);
        return near.Length == 0 ? "" : $"; did you mean {string.Join(" or ", near)}?";
    }

    /// <summary>Up to three of the words, those that are the fewest letters away.</summary>
    public static string[] Near(string typed, IEnumerable<string> words) =>
        [.. words.Select(word => (Word: word, Distance: Distance(word, typed.ToLowerInvariant()))).Where(near => near.Distance <= Math.Max(2, typed.Length / 3) && near.Distance < typed.Length)
            .OrderBy(near => near.Distance).Take(3).Select(near => near.Word)];

    /// <summary>The number of letters to insert, delete or replace (Levenshtein).</summary>
    public static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }
        return row[b.Length];
    }
}
