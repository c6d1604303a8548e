using System.IO.Enumeration;
using System.Text;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Request members that hold where a request leaves them out.</summary>
internal sealed class RequestDefaults
{
    /// <summary>What says who is asked what, and how the answer comes: the call's own alone.</summary>
    private static readonly string[] _notDefaults = ["model", "messages", "stream"];

    private RequestDefaults? _ofKnownMembers;

    /// <param name="members">In OpenAI's words, as in a request's JSON.</param>
    /// <exception cref="JsonException">One is of the wrong type.</exception>
    public RequestDefaults(Extra members)
    {
        Members = members;
        Chat = Parse(members);
    }

    public Extra Members { get; }

    /// <summary>The members as a chat request, which has nothing else.</summary>
    public ChatCompletionRequest Chat { get; }

    /// <summary>The same, without members that we do not know: they are one service's own.</summary>
    public RequestDefaults OfKnownMembers => _ofKnownMembers ??= Chat.Extra.IsEmpty ? this : new(Chat.Extra.Names.Aggregate(Members, static (members, name) => members.Without(name)));

    /// <summary>What is wrong with them, and which one it is; nothing where they can be used.</summary>
    public static (string? Fault, string? Member) FaultOf(Extra members)
    {
        foreach (var name in members.Names)
        {
            if (_notDefaults.Contains(name)) return ($"'{name}' is each request's own: it has no default", name);
            try
            {
                Parse(default(Extra).With(name, members[name]));
            }
            catch (JsonException e)
            {
                return (e.Message.TrimEnd('.'), name);
            }
        }
        return (null, null);
    }

    private static ChatCompletionRequest Parse(Extra members) =>
        ChatCompletionRequest.Parse(Encoding.UTF8.GetBytes(members.With("model", "\"-\"").With("messages", "[]").ToString()));
}

/// <summary>Which defaults hold for which models: the code's before the file's, and of those the most specific before the others.</summary>
internal sealed class DefaultRules
{
    private readonly List<(string Glob, RequestDefaults Defaults)> _rules = [];

    public DefaultRules(LlmOptions options)
    {
        foreach (var layer in (ReadOnlySpan<IReadOnlyDictionary<string, Extra>>)[options.Defaults, (options.Configuration ?? LlmConfiguration.Empty).Defaults])
            foreach (var (glob, members) in layer.Where(static rule => !rule.Value.IsEmpty).OrderByDescending(static rule => Globs.Weight(rule.Key)))
                _rules.Add((glob, new(members)));
    }

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => _rules.Count == 0;

    /// <summary>What holds for a model, by any of its names; the first that sets a member counts.</summary>
    /// <param name="names">As it was called, what that is an alias of, and <c>provider/model</c>.</param>
    /// <param name="call">For a fallback, the names of the call's own model: what is meant for an alias holds for whoever answers in its place.</param>
    public IReadOnlyList<RequestDefaults> For(IReadOnlyList<string> names, IReadOnlyList<string>? call = null)
    {
        if (_rules.Count == 0) return [];
        var found = new List<RequestDefaults>();
        foreach (var (glob, defaults) in _rules)
            if (names.Any(name => Globs.Matches(glob, name))) found.Add(defaults);
            // The last name is the model itself, and what is meant for that is for no other.
            else if (call?.SkipLast(1).Contains(glob) == true) found.Add(defaults.OfKnownMembers);
        return found;
    }
}

/// <summary>Patterns for models' names: <c>*</c> and <c>?</c>, ignoring case.</summary>
internal static class Globs
{
    public static bool Matches(string glob, string name) => FileSystemName.MatchesSimpleExpression(glob, name);

    /// <summary>How specific it is: a name without wildcards is above all, then the letters count.</summary>
    public static int Weight(string glob)
    {
        var letters = glob.Count(static letter => letter is not ('*' or '?'));
        return letters == glob.Length ? int.MaxValue : letters;
    }
}
