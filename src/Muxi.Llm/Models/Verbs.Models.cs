namespace Muxi.Llm;

internal static partial class Verbs
{
    public static readonly Verb<ModelListRequest, Page<Model>> ModelList = new("listing models", static (provider, _) => provider.Models);

    public static readonly Verb<ModelRetrieveRequest, Model> Model = new("models", static (provider, _) => provider.Models);
}
