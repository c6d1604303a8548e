namespace Muxi.Llm;

internal static partial class Verbs
{
    public static readonly Verb<RerankRequest, RerankResponse> Rerank = new("rerank", static (provider, model) => provider.Rerank?.ForModel(model))
    {
        With = static (request, extra) => request with { Extra = request.Extra.With(extra) },
    };
}
