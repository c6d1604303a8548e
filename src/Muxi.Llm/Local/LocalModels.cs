using System.Net;
using Microsoft.Extensions.Logging;

namespace Muxi.Llm;

/// <summary>One client's view of the servers that are started here: it sees to it that a target's server runs, and lets go of all when the client does.</summary>
internal sealed class LocalModels(LlmOptions settings) : IDisposable
{
    /// <summary>The code of the error when a server does not come up.</summary>
    public const string FailedCode = "local_server_failed";

    private volatile bool _hasRun, _isGone;

    /// <summary>Waits until a target's server answers, and gives the target at its address with its key.</summary>
    /// <param name="target">Whose model is a file.</param>
    /// <param name="operation">What is asked, as verbs are named.</param>
    /// <param name="waiting">The limits of the call: of these only the whole call's counts here, since a model may take minutes to load.</param>
    /// <param name="logger">Where the start is told.</param>
    /// <exception cref="LlmException">It does not come up; nothing was sent.</exception>
    public async Task<(Target Target, ServerLease Lease)> RunAsync(Target target, string operation, Waiting waiting, ILogger logger)
    {
        if (_isGone) throw Failed(target, "no server is started for it: the client is disposed");
        _hasRun = true;
        waiting.Pause();
        try
        {
            var order = new ServerOrder(target.File!, operation, settings) { Name = target.Name, Logger = logger };
            var lease = await LocalServers.OfProcess.AcquireAsync(order, this, waiting.Token).ConfigureAwait(false);
            return (At(target, lease), lease);
        }
        catch (OperationCanceledException e) when (waiting.Token.IsCancellationRequested)
        {
            throw waiting.Explain(e, target.Provider.Name, target.Model);
        }
        catch (OperationCanceledException)
        {
            throw Failed(target, "its server was ended while it was started: the client was disposed, or it made room");
        }
        catch (LocalStartException e)
        {
            throw Failed(target, e.Message);
        }
        catch (ConfigurationException e)
        {
            // Each call that waited gets one of its own: attempts are noted on it.
            throw new ConfigurationException($"{target.Provider.Name}: {e.Message}", e) { Provider = target.Provider.Name, Model = target.Model };
        }
        finally
        {
            // Disposed between the first look and the start: nobody else would let go of it.
            if (_isGone) LocalServers.OfProcess.Release(this);
        }
    }

    public void Dispose()
    {
        _isGone = true;
        if (_hasRun) LocalServers.OfProcess.Release(this);
    }

    private static Target At(Target target, ServerLease lease) => target with
    {
        BaseUrl = new(lease.Url.AbsoluteUri, target.Provider),
        Key = lease.ApiKey,
        Auth = target.Provider.Auth,
        // One of the same name would take the key's place.
        Headers = [.. target.Headers.Where(header => !header.Key.Equals(target.Provider.Auth.Header, StringComparison.OrdinalIgnoreCase))],
        IsVendors = false,
        IsLocal = true,
        Secrets = [.. target.Secrets, lease.ApiKey],
    };

    private static ServerException Failed(Target target, string why) =>
        new($"{target.Provider.Name}: {why}") { Provider = target.Provider.Name, Model = target.Model, Status = HttpStatusCode.ServiceUnavailable, Code = FailedCode, WasSent = false };
}
