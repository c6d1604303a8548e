using Muxi.Llm.Gateway.Surfaces.OpenAI;

namespace Muxi.Llm.Gateway.Surfaces.Cohere;

/// <summary><c>POST /v1/rerank</c> and <c>/v2/rerank</c>: Cohere's paths, of which the first is also that of the servers that follow OpenAI otherwise.</summary>
internal sealed class Rerank(LlmClient client, Callees callees)
{
    public async Task AnswerAsync(Incoming call)
    {
        var request = await JsonCall.ReadAsync(call, static body => RerankRequest.Parse(body.Span));
        var (fallbacks, others) = JsonCall.Fallbacks(request.Extra);
        var options = callees.OptionsFor(call, request.Model, fallbacks);
        await call.AnswerAsync(await client.Rerank.CreateAsync(request with { Extra = others }, options, call.Aborted), RerankReply.Write);
    }
}
