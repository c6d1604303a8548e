using System.Collections.Immutable;

namespace Muxi.Llm;

/// <summary>A member of a request's body that says whose call it is, where the key alone does not: a project, a space.</summary>
/// <param name="Name">What the service calls it, as it stands in the body.</param>
/// <param name="Variables">Environment variables that hold it; the first that is set counts.</param>
public sealed record AccountMember(string Name, params ImmutableArray<string> Variables);

/// <summary>Whose call it is: the one member of those that its service takes which somebody has set.</summary>
/// <param name="Name">The member.</param>
/// <param name="Value">Its value.</param>
/// <param name="Members">All that the service takes, of which it wants one.</param>
internal sealed record Account(string Name, string Value, ImmutableArray<AccountMember> Members)
{
    /// <summary>A request's further members with this one beside them; the caller's own, be it another of them, goes before it.</summary>
    public Extra Beside(Extra members)
    {
        foreach (var member in Members)
            if (members.TryGet(member.Name, out _)) return members;
        return members.With(Name, RawJson.Trusted(JsonOut.ToUtf8(Value, static (json, value) => json.WriteStringValue(value))));
    }
}
