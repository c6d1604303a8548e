namespace Muxi.Llm;

/// <summary>Ids that say whose they are, <c>provider/id</c>: at that provider the bare id is meant, at another one it is a mistake.</summary>
internal static class OwnedIds
{
    /// <summary>The id as the provider knows it.</summary>
    /// <param name="id">With or without a provider's name.</param>
    /// <param name="provider">Who is asked.</param>
    /// <param name="targets">Knows the providers' names.</param>
    /// <param name="param">The request member that holds the id.</param>
    /// <param name="mend">What to do where it is another provider's, to follow its name and that of who is asked.</param>
    /// <exception cref="BadRequestException">It is another provider's.</exception>
    public static string At(string id, Provider provider, Targets targets, string param, Func<string, string, string> mend)
    {
        var slash = id.IndexOf('/', StringComparison.Ordinal);
        // What is nobody's name is part of a vendor's own id.
        if (slash <= 0 || targets.Find(id[..slash]) is not { } owner) return id;
        if (owner.Name == provider.Name) return id[(slash + 1)..];
        throw Wrong.Request(param, $"'{id}' is at {owner.Name}, and {provider.Name} is asked: {mend(owner.Name, provider.Name)}", provider.Name);
    }
}
