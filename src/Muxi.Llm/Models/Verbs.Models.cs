namespace Muxi.Llm;

internal static partial class Verbs
{
    public static readonly Verb<ModelListRequest, Page<Model>> ModelList = new("listing models", static (provider, _) => provider.Models);

    public static readonly Verb<ModelRetrieveRequest, Model> Model = new("models", static (provider, _) => provider.Models);

    public static readonly Verb<ModelDeleteRequest, ModelDeleted> ModelDelete = new("deleting models", static (provider, _) => provider.Models as IVerb<ModelDeleteRequest, ModelDeleted>) { Repeats = Repeats.WithoutEffect };

    public static readonly Verb<RunningModelsRequest, Page<RunningModel>> RunningModels = new("listing running models", static (provider, _) => provider.Models as IVerb<RunningModelsRequest, Page<RunningModel>>);

    public static readonly Verb<ServerVersionRequest, ServerVersion> ServerVersion = new("telling its version", static (provider, _) => provider.Models as IVerb<ServerVersionRequest, ServerVersion>);

    public static readonly StreamVerb<ModelPullRequest, ModelPullProgress> ModelPull = new(
        "pulling models", static (provider, _) => provider.Models as IStreamVerb<ModelPullRequest, ModelPullProgress>, static progress => progress.HasContent, static () => new PullAccumulator())
    {
        With = static (request, extra) => request with { Extra = request.Extra.With(extra) },
    };
}
