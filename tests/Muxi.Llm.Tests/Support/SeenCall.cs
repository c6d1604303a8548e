using System.Net;
using System.Text;

namespace Muxi.Llm.Tests;

/// <summary>What answers in place of a socket and notes the last call: for addresses that no test server can have.</summary>
internal sealed class SeenCall(string reply, string mediaType = "application/json") : HttpMessageHandler
{
    public string? Url { get; private set; }
    public string? Method { get; private set; }
    public string? Authorization { get; private set; }
    public string? Body { get; private set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        (Url, Method, Authorization) = (request.RequestUri!.AbsoluteUri, request.Method.Method, request.Headers.TryGetValues("Authorization", out var values) ? string.Join(',', values) : null);
        Body = request.Content is null ? null : await request.Content.ReadAsStringAsync(cancellationToken);
        return new(HttpStatusCode.OK) { Content = new StringContent(reply, Encoding.UTF8, mediaType) };
    }
}
