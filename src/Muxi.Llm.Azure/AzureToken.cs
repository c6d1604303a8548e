using System.Diagnostics.CodeAnalysis;
using Azure.Core;

namespace Muxi.Llm;

/// <summary>A token that is kept until shortly before it runs out, and fetched once for all who wait for it.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The semaphore's wait handle is never asked for, so that there is nothing to let go of.")]
internal sealed class AzureToken(TokenCredential credential, string scope)
{
    /// <summary>How long before its end a token is renewed, as Azure's own clients do it.</summary>
    private static readonly TimeSpan _margin = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim _fetching = new(1, 1);
    private AccessToken? _token;

    /// <summary>The token's text.</summary>
    public async ValueTask<string> GetAsync(TimeProvider clock, CancellationToken cancellationToken)
    {
        if (Fresh(clock) is { } known) return known;
        await _fetching.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (Fresh(clock) is { } meanwhile) return meanwhile;
            // Programs that are asked may take their time, and look at no token of ours.
            var fetched = await Task.Run(() => credential.GetTokenAsync(new([scope]), cancellationToken).AsTask(), cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
            _token = fetched;
            return fetched.Token;
        }
        catch (Exception e) when (_token is { } old && old.ExpiresOn > clock.GetUtcNow() && (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested))
        {
            // It still holds: who gives tokens may be back before it does not.
            return old.Token;
        }
        finally
        {
            _fetching.Release();
        }
    }

    private string? Fresh(TimeProvider clock)
    {
        if (_token is not { } token) return null;
        var renewal = token.RefreshOn is { } wished && wished < token.ExpiresOn - _margin ? wished : token.ExpiresOn - _margin;
        return clock.GetUtcNow() < renewal ? token.Token : null;
    }
}
