namespace Muxi.Llm;

/// <summary>What the router knows of every verb.</summary>
/// <param name="Name">As errors call it.</param>
internal abstract record Verb<TRequest>(string Name)
{
    /// <summary>When a call may be sent again.</summary>
    public Repeats Repeats { get; init; } = Repeats.Freely;

    /// <summary>The files in a request; null for a verb that has none.</summary>
    public Func<TRequest, IEnumerable<FileSource>>? Files { get; init; }

    /// <summary>The request with further members of the body; null for a verb without a body of members.</summary>
    public Func<TRequest, Extra, TRequest>? With { get; init; }

    /// <summary>The request with what it leaves out and the settings have; null for a verb that has no defaults.</summary>
    public Func<TRequest, RequestDefaults, TRequest>? Fill { get; init; }

    /// <summary>The request with the ids of a provider's own things as that provider knows them; null for a verb that has none.</summary>
    public Func<TRequest, Provider, Targets, TRequest>? Localize { get; init; }

    /// <summary>The request with what lies at addresses that the service does not read itself; null for a verb whose requests name none.</summary>
    public Func<TRequest, MediaReading, ValueTask<TRequest>>? Inline { get; init; }

    /// <summary>The request as it is asked at one of its stops.</summary>
    /// <exception cref="ConfigurationException">There is no body that further members could go into.</exception>
    /// <exception cref="BadRequestException">It names something that another provider has.</exception>
    public TRequest At(Stop stop, TRequest request, Targets targets)
    {
        if (Localize is not null) request = Localize(request, stop.Name.Provider, targets);
        if (Fill is not null)
            for (var i = 0; i < stop.Defaults.Count; i++) request = Fill(request, stop.Defaults[i]);
        if (stop.Options is not { ExtraBody: { IsEmpty: false } extra }) return request;
        return With is null ? throw new ConfigurationException($"{Name} has no ExtraBody: there is no body that it could go into") { Provider = stop.Name.Provider.Name } : With(request, extra);
    }

    /// <summary>When this request may be sent again: a file that can be read but once makes it less often.</summary>
    public Repeats RepeatsOf(TRequest request) => Files?.Invoke(request).All(static file => file.IsReplayable) == false ? Repeats.Unsent : Repeats;
}

/// <summary>What the router knows of a verb that is answered once.</summary>
/// <param name="Name">As errors call it.</param>
/// <param name="On">How to find it on a service; null where the service has none.</param>
internal sealed record Verb<TRequest, TReply>(string Name, Func<Provider, string, IVerb<TRequest, TReply>?> On) : Verb<TRequest>(Name);

/// <summary>What the router knows of a verb that is answered in pieces.</summary>
/// <param name="Name">As errors call it.</param>
/// <param name="On">How to find it on a service; null where the service has none.</param>
/// <param name="HasContent">Whether a chunk commits the attempt.</param>
/// <param name="Accumulate">Begins to put chunks together, for an exception that tells what was received.</param>
internal sealed record StreamVerb<TRequest, TChunk>(
    string Name, Func<Provider, string, IStreamVerb<TRequest, TChunk>?> On, Func<TChunk, bool> HasContent, Func<IAccumulator<TChunk>> Accumulate) : Verb<TRequest>(Name);

/// <summary>What the router knows of a verb that is answered with bytes.</summary>
/// <param name="Name">As errors call it.</param>
/// <param name="On">How to find it on a service; null where the service has none.</param>
/// <param name="Make">Makes the reply around the bytes.</param>
internal sealed record ContentVerb<TRequest, TReply>(string Name, Func<Provider, string, IContentVerb<TRequest>?> On, Func<ContentBody, TReply> Make) : Verb<TRequest>(Name)
    where TReply : ContentReply
{
    /// <summary>Whether a reply without a byte is a good one: a file may be empty, speech may not.</summary>
    public bool MayBeEmpty { get; init; }
}

/// <summary>Puts the chunks of a stream together.</summary>
internal interface IAccumulator<in TChunk>
{
    void Add(TChunk chunk);

    /// <summary>The reply so far; null when nothing came.</summary>
    Reply? ToReply();
}

/// <summary>All verbs; each operation's stand beside its types.</summary>
internal static partial class Verbs;
