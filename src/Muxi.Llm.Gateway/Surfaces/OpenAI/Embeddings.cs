namespace Muxi.Llm.Gateway.Surfaces.OpenAI;

/// <summary><c>POST /v1/embeddings</c>. The client gets the numbers in the form that it asks for, whatever form they came in.</summary>
internal sealed class Embeddings(LlmClient client, Callees callees)
{
    public async Task AnswerAsync(Incoming call)
    {
        var request = await JsonCall.ReadAsync(call, static body => EmbeddingRequest.Parse(body.Span));
        var format = request.EncodingFormat ?? EncodingFormat.Float;
        if (format != EncodingFormat.Float && format != EncodingFormat.Base64) throw JsonCall.Wrong("encoding_format", "'encoding_format' must be float or base64.");
        var (fallbacks, others) = JsonCall.Fallbacks(request.Extra);
        var options = callees.OptionsFor(call, request.Model, fallbacks);
        var reply = await client.Embeddings.CreateAsync(request with { EncodingFormat = null, Extra = others }, options, call.Aborted);
        await call.AnswerAsync(reply, (json, it) => EmbeddingReply.Write(json, it, format));
    }
}
