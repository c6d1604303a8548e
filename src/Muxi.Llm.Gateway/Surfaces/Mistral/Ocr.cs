using Muxi.Llm.Gateway.Surfaces.OpenAI;

namespace Muxi.Llm.Gateway.Surfaces.Mistral;

/// <summary><c>POST /v1/ocr</c>, Mistral's path for reading documents.</summary>
internal sealed class Ocr(LlmClient client, Callees callees)
{
    public async Task AnswerAsync(Incoming call)
    {
        var request = await JsonCall.ReadAsync(call, static body => OcrRequest.Parse(body.Span));
        var (fallbacks, others) = JsonCall.Fallbacks(request.Extra);
        var options = callees.OptionsFor(call, request.Model, fallbacks);
        await call.AnswerAsync(await client.Ocr.ProcessAsync(request with { Extra = others }, options, call.Aborted), OcrReplyWriter.Write);
    }
}
