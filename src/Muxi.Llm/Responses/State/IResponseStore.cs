namespace Muxi.Llm;

/// <summary>
/// Where responses are kept for services that keep none themselves, so that they can be looked at and gone on from: <see cref="MemoryResponseStore"/>,
/// <see cref="FileResponseStore"/>, or one of your own. Who may read what is decided before a store is asked: a key is a hash of the response's id and of whose it is.
/// </summary>
public interface IResponseStore
{
    /// <summary>Reads an entry.</summary>
    /// <returns>Its bytes; null where there is none, or its time is over.</returns>
    ValueTask<ReadOnlyMemory<byte>?> ReadAsync(string key, CancellationToken cancellationToken = default);

    /// <summary>Writes an entry, in place of one of the same key.</summary>
    /// <param name="key">Its name.</param>
    /// <param name="value">Its bytes; they are not changed afterwards.</param>
    /// <param name="expiresAt">When it is to be forgotten.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask WriteAsync(string key, ReadOnlyMemory<byte> value, DateTimeOffset expiresAt, CancellationToken cancellationToken = default);

    /// <summary>Forgets an entry.</summary>
    /// <returns>Whether there was one.</returns>
    ValueTask<bool> DeleteAsync(string key, CancellationToken cancellationToken = default);
}
