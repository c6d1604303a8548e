namespace Muxi.Llm;

internal sealed class SandboxHandler(TimeProvider clock) : HttpMessageHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => throw new InvalidOperationException(clock.ToString());
}
