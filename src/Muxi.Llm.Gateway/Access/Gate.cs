using Microsoft.AspNetCore.Http;

namespace Muxi.Llm.Gateway;

/// <summary>Who may come in. With a key: whoever brings it, from anywhere. Without one: programs of this machine, and no web page of somebody else's.</summary>
internal sealed class Gate(string? masterKey)
{
    private readonly KeyCheck? _keys = masterKey is null ? null : new(masterKey);

    /// <summary>Lets a request in, or raises why not.</summary>
    /// <exception cref="RefusalException">400 for two keys, 401 for a wrong or missing one, 403 for a stranger's page.</exception>
    public void Check(HttpRequest request, Endpoint? endpoint)
    {
        if (_keys is null) CheckPage(request);
        if (endpoint?.IsOpen == true) return;
        var key = PresentedKey.Of(request.Headers);
        if (_keys is null || _keys.Accepts(key)) return;
        throw new RefusalException(new(401, key is null
            ? "this server needs its key: send it as 'Authorization: Bearer KEY' (x-api-key, api-key and x-goog-api-key do as well)"
            : "the key is not this server's") { Code = "invalid_api_key", IsChallenge = true });
    }

    /// <summary>
    /// Bodies that a web page of anybody's can send without asking first are not taken where no key is needed, but for forms: files cannot be sent otherwise, and a
    /// foreign page's have been refused by their Origin. What may be larger than JSON is said here, too.
    /// </summary>
    /// <exception cref="RefusalException">415: the body is announced as something else.</exception>
    public void CheckBody(Incoming call, BodyKind kind, GatewayOptions options)
    {
        if (kind == BodyKind.None) return;
        if (call.IsForm && kind is BodyKind.Form or BodyKind.JsonOrForm)
        {
            call.AllowBody(options.MaxUploadBytes);
            return;
        }
        if (kind == BodyKind.Form) throw Unsupported("multipart/form-data; boundary=...");
        if (call.IsForm || (_keys is null && !call.IsJson)) throw Unsupported("application/json");
    }

    private static RefusalException Unsupported(string right) => new(new(415, $"the body must be sent with 'Content-Type: {right}'") { Code = "unsupported_media_type" });

    /// <summary>
    /// A page whose name was made to point at this machine (DNS rebinding) sends its own Host; one that calls us from elsewhere sends its own Origin. Neither is answered,
    /// and no CORS header is ever sent.
    /// </summary>
    private static void CheckPage(HttpRequest request)
    {
        var host = request.Headers.Host.ToString();
        if (!Neighbours.IsLocal(host))
            throw Foreign($"the host '{Shown(host)}' is not this machine: without {GatewayOptions.KeyVariable} the server answers to localhost and loopback addresses only");
        foreach (var origin in request.Headers.Origin)
            if (!Neighbours.IsSameOrigin(origin, host))
                throw Foreign($"the page of '{Shown(origin)}' may not call this server: set {GatewayOptions.KeyVariable} and let it send the key");
    }

    private static RefusalException Foreign(string message) => new(new(403, message) { Code = "foreign_origin" });

    private static string Shown(string? text) => text is null or { Length: <= 100 } ? text ?? "" : text[..100] + "...";
}
