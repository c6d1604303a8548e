using System.Collections.Immutable;

namespace Muxi.Llm;

/// <summary>A service: where it is, how it is told who asks, and which wire format it speaks for each operation. Facts only.</summary>
/// <param name="Name">Our name for it: what stands before the slash in <c>provider/model</c>.</param>
/// <param name="BaseUrl">Its address, path included, without a slash at the end; <c>{name}</c> in it stands for one of its <see cref="UrlParts"/>.</param>
/// <param name="Auth">How it is told who asks.</param>
public sealed partial record Provider(string Name, string BaseUrl, Auth Auth)
{
    /// <summary>The name that the vendor uses.</summary>
    public string DisplayName { get; init; } = Name;

    /// <summary>Other names by which it is known.</summary>
    public ImmutableArray<string> Aliases { get; init; } = [];

    /// <summary>Environment variables that hold the base URL by custom, besides <c>NAME_BASE_URL</c>.</summary>
    public ImmutableArray<string> BaseUrlVariables { get; init; } = [];

    /// <summary>
    /// Environment variables that by custom tell a server of one's own where to listen, and others where it is: <c>host</c>, <c>host:port</c>, <c>:port</c> or a URL. They come
    /// after those of the base URL.
    /// </summary>
    public ImmutableArray<string> HostVariables { get; init; } = [];

    /// <summary>
    /// What an address from the environment ends in as well, as far as it does not yet: vendors' own variables leave a version out (<c>/v1</c>). It may have several
    /// segments, of which one in braces stands for any.
    /// </summary>
    public string BaseUrlSuffix { get; init; } = "";

    /// <summary>What the address is made of besides: a region, a project.</summary>
    public ImmutableArray<UrlPart> UrlParts { get; init; } = [];

    /// <summary>
    /// Hosts that are the service's own wherever an account of it is, as globs (<c>*.example.com</c>): there a key is needed as at <see cref="BaseUrl"/>, also where the
    /// environment, the code or a file names the address.
    /// </summary>
    public ImmutableArray<string> Hosts { get; init; } = [];

    /// <summary>
    /// Other hosts of the vendor's, as globs, to which its replies may send: the key goes there too, over https, as long as the service is asked at <see cref="BaseUrl"/>. An
    /// address that somebody has set up is asked for such an address itself.
    /// </summary>
    public ImmutableArray<string> ToldHosts { get; init; } = [];

    /// <summary>What a request's body says of whose call it is: the first whose variable is set goes along, unless the request holds one of them.</summary>
    public ImmutableArray<AccountMember> AccountMembers { get; init; } = [];

    /// <summary>Another form of its addresses, with dated versions of its API; null where there is none.</summary>
    public DatedApi? Dated { get; init; }

    /// <summary>Headers that go with every request: a version, above all. The caller's own take their place.</summary>
    public ImmutableDictionary<string, string> Headers { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Headers whose values come from the environment: header name to variable. Not sent where the variable is not set.</summary>
    public ImmutableDictionary<string, string> HeaderVariables { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Whether people run it themselves, so that <c>model@host:port</c> may name the machine.</summary>
    public bool IsSelfHosted { get; init; }

    /// <summary>How such a server is started, for the error that it does not run: <c>start it with 'ollama serve'</c>. Null where there is no one way.</summary>
    public string? StartHint { get; init; }

    /// <summary>How a server of its own is started for a model that is a file of this machine; null where none is. It is started where nothing says an address.</summary>
    public LocalServer? Launch { get; init; }

    /// <summary>What to do about a model that is not there, for the error that says so; <c>{model}</c> in it stands for the model. Null where there is nothing to do.</summary>
    public string? MissingModelHint { get; init; }

    /// <summary>What stands before a model's name that has no slash, where the service wants the whole: <c>accounts/NAME/models/</c>. The names that people use are the short ones.</summary>
    public string ModelPrefix { get; init; } = "";

    /// <summary>The model to use when none is named and this is the first provider with a key; null where there is no sensible one.</summary>
    public string? DefaultModel { get; init; }

    /// <summary>The models to use for other operations than chat, by the operation's name (<c>embeddings</c>, <c>images</c>, ...); where one is missing, there is no sensible one.</summary>
    public ImmutableDictionary<string, string> DefaultModels { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The wire format of chat; null where there is no chat.</summary>
    public ChatDialect? Chat { get; init; }

    /// <summary>The wire format of responses; null where it has none: then they are made by its chat.</summary>
    public ResponsesDialect? Responses { get; init; }

    /// <summary>The wire format of making pictures; null where it makes none.</summary>
    public ImagesDialect? Images { get; init; }

    /// <summary>The wire format of files; null where there are none.</summary>
    public FilesDialect? Files { get; init; }

    /// <summary>The wire format of uploads in parts; null where a file comes in one call only.</summary>
    public UploadsDialect? Uploads { get; init; }

    /// <summary>The wire format of batches; null where there are none.</summary>
    public BatchesDialect? Batches { get; init; }

    /// <summary>The wire format in which it counts a chat request's tokens; null where it does not count.</summary>
    public TokenCountDialect? TokenCount { get; init; }

    /// <summary>The wire format of completions, the form before chat; null where there are none.</summary>
    public CompletionsDialect? Completions { get; init; }

    /// <summary>The wire format of embeddings; null where there are none.</summary>
    public EmbeddingsDialect? Embeddings { get; init; }

    /// <summary>The wire format of ranking documents; null where it ranks none.</summary>
    public RerankDialect? Rerank { get; init; }

    /// <summary>The wire format of moderation; null where there is none.</summary>
    public ModerationsDialect? Moderations { get; init; }

    /// <summary>The wire format of reading documents; null where it reads none.</summary>
    public OcrDialect? Ocr { get; init; }

    /// <summary>The wire format in which it lists its models, OpenAI's unless something else is said; null where it does not list them.</summary>
    public ModelsDialect? Models { get; init; } = new OpenAIModels();

    /// <summary>The wire format of speech; null where there is none.</summary>
    public SpeechDialect? Speech { get; init; }

    /// <summary>The wire format of transcripts; null where there are none.</summary>
    public TranscriptionDialect? Transcription { get; init; }

    /// <summary>The wire format of translated speech; null where there is none.</summary>
    public TranslationDialect? Translation { get; init; }

    /// <summary>Where the facts are from.</summary>
    public string? Documentation { get; init; }

    /// <summary>How well its wire format is known.</summary>
    public Evidence Evidence { get; init; }

    /// <summary>A service inside this process: what answers instead of a socket.</summary>
    internal Func<TimeProvider, HttpMessageHandler>? InProcess { get; init; }

    /// <summary>Whether it only pretends, so that it stands in where nobody has set anything up, and never beside what was set up.</summary>
    internal bool IsSimulated { get; init; }

    /// <summary>The variables that a configuration file names in place of the customary ones; empty for those.</summary>
    internal ImmutableArray<string> OwnKeyVariables { get; init; } = [];

    /// <summary>All variables that may hold the key, the first that is set counts.</summary>
    public ImmutableArray<string> KeyVariables => OwnKeyVariables.Length > 0 ? OwnKeyVariables : Auth.Header.Length == 0 ? [] : [.. new[] { VariableName("API_KEY") }.Concat(Auth.Variables).Distinct()];

    /// <summary>All variables that may hold a credential: those of the key, then those of the other way to tell who asks.</summary>
    public ImmutableArray<string> CredentialVariables => [.. KeyVariables.Concat(Auth.Others.SelectMany(static other => other.Variables))];

    /// <summary>All variables that may hold the base URL, the first that is set counts.</summary>
    public ImmutableArray<string> UrlVariables => [.. new[] { VariableName("BASE_URL") }.Concat(BaseUrlVariables).Concat(HostVariables).Distinct()];

    /// <summary>All variables that may hold a dated version of its API, the first that is set counts; empty where there is none.</summary>
    public ImmutableArray<string> VersionVariables => Dated is null ? [] : [.. new[] { VariableName("API_VERSION") }.Concat(Dated.Variables).Distinct()];

    /// <summary>The variable that the vendor's own pages tell people to put the key into; null where there is no key.</summary>
    internal string? CustomaryVariable => Auth.Variables is [var first, ..] && !char.IsAsciiDigit(first[0]) ? first : KeyVariables is [var own, ..] ? own : null;

    /// <summary>The model's whole name, as the service wants it.</summary>
    internal string WholeModel(string model) => ModelPrefix.Length == 0 || model.Length == 0 || model.Contains('/', StringComparison.Ordinal) ? model : ModelPrefix + model;

    /// <summary>Whether this is its name or an alias, ignoring case.</summary>
    internal bool IsCalled(string name)
    {
        if (Name.Equals(name, StringComparison.OrdinalIgnoreCase)) return true;
        foreach (var alias in Aliases)
            if (alias.Equals(name, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }

    /// <summary>The variable of its name; no shell sets one that begins with a digit, so that gets an underscore before it.</summary>
    private string VariableName(string ending) => $"{(char.IsAsciiDigit(Name[0]) ? "_" : "")}{Name.ToUpperInvariant().Replace('-', '_')}_{ending}";
}
