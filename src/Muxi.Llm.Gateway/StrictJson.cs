using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Muxi.Llm.Gateway;

/// <summary>
/// One look over a body before it is read: it must be one JSON value in UTF-8, not too deep, and no object may have two members of one name. Of two readers of the same
/// bytes one takes the first and one the last; what was checked must be what is sent.
/// </summary>
internal static class StrictJson
{
    private const int Deepest = 64;

    /// <exception cref="JsonException">It is not; the path names the member, where it is one.</exception>
    public static void Check(ReadOnlyMemory<byte> body)
    {
        var utf8 = body.Span;
        if (utf8.IsEmpty) throw new JsonException("the body is empty: send a JSON object");
        if (!Utf8.IsValid(utf8)) throw new JsonException("the body is not UTF-8");
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = Deepest + 1 });
        var open = new Stack<MemberNames>();
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray && reader.CurrentDepth >= Deepest) throw new JsonException($"the body is nested deeper than {Deepest} levels");
                if (reader.TokenType == JsonTokenType.StartObject) open.Push(new());
                else if (reader.TokenType == JsonTokenType.EndObject) open.Pop();
                else if (reader.TokenType == JsonTokenType.PropertyName && !open.Peek().Add(Name(reader, body))) throw Twice(reader);
            }
        }
        catch (JsonException e) when (e.Path is null && e.LineNumber is not null)
        {
            throw new JsonException($"the body is not valid JSON: {JsonFault.Of(e)}", e);
        }
    }

    /// <summary>The name's bytes: in the body itself, unless it is written with escapes.</summary>
    private static ReadOnlyMemory<byte> Name(in Utf8JsonReader reader, ReadOnlyMemory<byte> body) =>
        reader.ValueIsEscaped ? Encoding.UTF8.GetBytes(reader.Text()) : body.Slice((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length);

    private static JsonException Twice(in Utf8JsonReader reader)
    {
        var name = reader.Text();
        if (name.Length > 100) name = name[..100] + "...";
        return new($"'{name}' stands twice in one object", name, null, null);
    }

    /// <summary>The names of one object: few are compared one by one, many are hashed.</summary>
    private sealed class MemberNames : IEqualityComparer<ReadOnlyMemory<byte>>
    {
        private const int Few = 12;

        private readonly List<ReadOnlyMemory<byte>> _names = [];
        private HashSet<ReadOnlyMemory<byte>>? _many;

        public bool Add(ReadOnlyMemory<byte> name)
        {
            if (_many is not null) return _many.Add(name);
            foreach (var other in _names)
                if (other.Span.SequenceEqual(name.Span)) return false;
            _names.Add(name);
            if (_names.Count == Few) _many = new(_names, this);
            return true;
        }

        public bool Equals(ReadOnlyMemory<byte> x, ReadOnlyMemory<byte> y) => x.Span.SequenceEqual(y.Span);

        // Seeded by chance for each process: nobody can prepare names that collide.
        public int GetHashCode(ReadOnlyMemory<byte> name)
        {
            var hash = new HashCode();
            hash.AddBytes(name.Span);
            return hash.ToHashCode();
        }
    }
}
