using System.Security.Cryptography;
using System.Text;

namespace Muxi.Llm;

/// <summary>
/// The ids of calls as a service takes them: at least one letter, and none twice in a conversation. Other services write what this one does not take, count anew in
/// every turn, or give none at all.
/// </summary>
/// <param name="allowed">Makes an id that is not empty one that the service takes.</param>
/// <param name="isOneLength">Whether all ids are of one length, so that nothing can be added to one that was there before.</param>
internal sealed class ToolCallIds(Func<string, string> allowed, bool isOneLength = false)
{
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Calls> _calls = new(StringComparer.Ordinal);

    /// <summary>The id of the next call that has this one.</summary>
    public string OfCall(string id)
    {
        var wanted = Allowed(id);
        var given = wanted;
        for (var i = 2; !_taken.Add(given); i++) given = isOneLength ? Allowed($"{id} {i}") : $"{wanted}_{i}";
        if (!_calls.TryGetValue(id, out var calls)) _calls[id] = calls = new();
        calls.Given.Add(given);
        return given;
    }

    /// <summary>The id of the call that a result answers: the first one of its id that has no result yet, else the last one.</summary>
    public string OfResult(string id)
    {
        if (!_calls.TryGetValue(id, out var calls)) return Allowed(id);
        return calls.Given[Math.Min(calls.Answered++, calls.Given.Count - 1)];
    }

    /// <summary>The id where it has so many letters and digits and nothing else, otherwise a hash of it that has.</summary>
    public static string OfLength(string id, int length)
    {
        if (id.Length == length && id.All(char.IsAsciiLetterOrDigit)) return id;
        const string Signs = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(id));
        return string.Create(length, hash, static (signs, hash) =>
        {
            for (var i = 0; i < signs.Length; i++) signs[i] = Signs[hash[i % hash.Length] % Signs.Length];
        });
    }

    private string Allowed(string id) => id.Length == 0 ? "call" : allowed(id);

    /// <summary>The calls of one id.</summary>
    private sealed class Calls
    {
        public List<string> Given { get; } = [];

        public int Answered { get; set; }
    }
}
