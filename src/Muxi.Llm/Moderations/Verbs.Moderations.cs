namespace Muxi.Llm;

internal static partial class Verbs
{
    public static readonly Verb<ModerationRequest, ModerationResponse> Moderation = new("moderations", static (provider, _) => provider.Moderations)
    {
        With = static (request, extra) => request with { Extra = request.Extra.With(extra) },
    };
}
