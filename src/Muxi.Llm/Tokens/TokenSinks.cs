using System.Buffers;

namespace Muxi.Llm;

/// <summary>Where the ids of a text's tokens go: one at a time, so that counting keeps none of them.</summary>
internal interface ITokenSink
{
    /// <summary>Takes the next id.</summary>
    /// <returns>False when it wants no more; encoding ends then.</returns>
    bool Add(int id);
}

/// <summary>Counts, and ends one above the limit.</summary>
internal struct CountSink(int limit) : ITokenSink
{
    public int Count { get; private set; }

    public bool Add(int id) => ++Count <= limit;
}

/// <summary>Keeps all ids.</summary>
internal struct ListSink : ITokenSink
{
    public required List<int> Ids { get; init; }

    public readonly bool Add(int id)
    {
        Ids.Add(id);
        return true;
    }
}

/// <summary>Writes all ids.</summary>
internal struct WriterSink : ITokenSink
{
    public required IBufferWriter<int> To { get; init; }

    public readonly bool Add(int id)
    {
        To.GetSpan(1)[0] = id;
        To.Advance(1);
        return true;
    }
}
