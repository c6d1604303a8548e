namespace Muxi.Llm.Gateway.Surfaces.OpenAI;

/// <summary><c>POST /v1/moderations</c>.</summary>
internal sealed class Moderations(LlmClient client, Callees callees)
{
    public async Task AnswerAsync(Incoming call)
    {
        var request = await JsonCall.ReadAsync(call, static body => ModerationRequest.Parse(body.Span));
        var (fallbacks, others) = JsonCall.Fallbacks(request.Extra);
        request = request with { Extra = others, Model = request.Model.Length > 0 ? request.Model : ModerationsResource.DefaultModel };
        var options = callees.OptionsFor(call, request.Model, fallbacks);
        await call.AnswerAsync(await client.Moderations.CreateAsync(request, options, call.Aborted), ModerationReply.Write);
    }
}
