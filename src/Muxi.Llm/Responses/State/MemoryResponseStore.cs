namespace Muxi.Llm;

/// <summary>
/// Keeps responses in this process, up to a number of them and of bytes: what was not used for longest leaves first. Safe to use from many threads.
/// </summary>
public sealed class MemoryResponseStore : IResponseStore
{
    private readonly Dictionary<string, LinkedListNode<Entry>> _entries = new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> _byUse = [];
    private readonly Lock _lock = new();
    private readonly TimeProvider _clock;
    private readonly int _maxEntries;
    private readonly long _maxBytes;
    private long _bytes;

    /// <summary>A store of its own bounds.</summary>
    /// <param name="maxEntries">How many responses it keeps.</param>
    /// <param name="maxBytes">How many bytes they have together; a larger one alone is not kept.</param>
    /// <param name="timeProvider">The clock; without one that of a client by default.</param>
    /// <exception cref="ArgumentOutOfRangeException">A bound is below 1.</exception>
    public MemoryResponseStore(int maxEntries = 10_000, long maxBytes = 256L << 20, TimeProvider? timeProvider = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxEntries, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxBytes, 1);
        (_maxEntries, _maxBytes, _clock) = (maxEntries, maxBytes, timeProvider ?? new LlmOptions().TimeProvider);
    }

    /// <summary>How many responses it keeps now.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _entries.Count;
        }
    }

    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>?> ReadAsync(string key, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out var node)) return default;
            if (node.Value.ExpiresAt <= _clock.GetUtcNow())
            {
                Remove(node);
                return default;
            }
            _byUse.Remove(node);
            _byUse.AddLast(node);
            return new(node.Value.Bytes);
        }
    }

    /// <inheritdoc/>
    public ValueTask WriteAsync(string key, ReadOnlyMemory<byte> value, DateTimeOffset expiresAt, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            if (_entries.TryGetValue(key, out var before)) Remove(before);
            if (value.Length > _maxBytes) return default;
            _entries[key] = _byUse.AddLast(new Entry(key, value, expiresAt));
            _bytes += value.Length;
            while (_entries.Count > _maxEntries || _bytes > _maxBytes) Remove(_byUse.First!);
        }
        return default;
    }

    /// <inheritdoc/>
    public ValueTask<bool> DeleteAsync(string key, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out var node)) return new(false);
            var isThere = node.Value.ExpiresAt > _clock.GetUtcNow();
            Remove(node);
            return new(isThere);
        }
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        _byUse.Remove(node);
        _entries.Remove(node.Value.Key);
        _bytes -= node.Value.Bytes.Length;
    }

    private sealed record Entry(string Key, ReadOnlyMemory<byte> Bytes, DateTimeOffset ExpiresAt);
}
