using System.Text.Json;

namespace Muxi.Llm.Gateway;

/// <summary>Whose files, or other things that a service keeps, a request is about: an id says it, else <c>?provider=</c>, the header <c>x-provider</c> or a field <c>provider</c>, which is ours and never sent on.</summary>
internal sealed class Owners(LlmClient client, Callees callees, KeptThings things)
{
    public const string Member = "provider";

    private const string Header = "x-provider";

    /// <summary>Who is asked, and with which settings.</summary>
    /// <param name="Provider">The service.</param>
    /// <param name="Options">The client's headers that belong to it.</param>
    public readonly record struct Asked(Provider Provider, RequestOptions Options);

    /// <summary>Who is asked by a request without an id.</summary>
    /// <param name="call">The request.</param>
    /// <param name="field">What stands in its field; null for nothing.</param>
    /// <exception cref="RefusalException">400: the names differ, mean nobody, or there is none where one is needed.</exception>
    public Asked Of(Incoming call, string? field) => With(call, Named(call, field) ?? Default());

    /// <summary>Who has a thing, and its id there.</summary>
    /// <param name="call">The request.</param>
    /// <param name="id">The id, with or without a provider's name in front.</param>
    /// <param name="field">What stands in the request's field <c>provider</c>; null for nothing.</param>
    /// <exception cref="RefusalException">400: the id's provider is not the one that is named beside it.</exception>
    public (Asked Asked, string Id) OfId(Incoming call, string id, string? field = null)
    {
        var named = Named(call, field);
        var slash = id.IndexOf('/', StringComparison.Ordinal);
        if (slash > 0 && slash < id.Length - 1 && callees.Targets.Find(id[..slash]) is { } owner)
        {
            if (named is not null && named.Name != owner.Name) throw Differ(owner.Name, named.Name);
            return (With(call, owner), $"{owner.Name}/{id[(slash + 1)..]}");
        }
        var provider = named ?? Default();
        return (With(call, provider), $"{provider.Name}/{id}");
    }

    /// <summary>Takes our member out of a request's unknown ones.</summary>
    public static (string? Named, Extra Others) Take(Extra extra)
    {
        if (!extra.TryGet(Member, out var value)) return (null, extra);
        return value.ToElement() is { ValueKind: JsonValueKind.String } name ? (name.GetString(), extra.Without(Member)) : throw new JsonException($"'{Member}' must be a provider's name.", Member, null, null);
    }

    private static Asked With(Incoming call, Provider provider) =>
        new(provider, PassedHeaders.Of(call.Request.Headers) is { } passed ? new() { Headers = passed.For(new(provider, "", null)) } : new());

    private Provider? Named(Incoming call, string? field)
    {
        Provider? named = null;
        foreach (var name in call.Request.Query[Member].Concat(call.Request.Headers[Header]).Append(field))
        {
            if (string.IsNullOrEmpty(name)) continue;
            var provider = callees.Targets.Find(name) ?? throw new RefusalException(new(400, Unknown(name)) { Code = "unknown_provider", Param = Member });
            if (named is not null && named.Name != provider.Name) throw Differ(named.Name, provider.Name);
            named = provider;
        }
        return named;
    }

    private Provider Default()
    {
        try
        {
            return things.Owner(client);
        }
        catch (ConfigurationException e)
        {
            throw new RefusalException(new(400, $"{e.Message}, as ?{Member}=NAME, in the header {Header} or in a field '{Member}'") { Code = "missing_provider", Param = Member });
        }
    }

    private string Unknown(string name) => Catalog.Unknown(name.Length <= 100 ? name : name[..100] + "...", name.Length <= 100 ? name : name[..100] + "...", client.Settings.Providers).Message;

    private static RefusalException Differ(string one, string other) =>
        new(new(400, $"the request names two providers, {one} and {other}: name one") { Code = "conflicting_providers", Param = Member });
}
