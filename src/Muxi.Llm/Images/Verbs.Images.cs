namespace Muxi.Llm;

internal static partial class Verbs
{
    public static readonly Verb<ImageGenerationRequest, ImagesResponse> ImageGeneration = new("image generation", static (provider, model) => provider.Images?.ForModel(model)) { Repeats = Repeats.WithoutEffect, With = WithExtra };

    public static readonly Verb<ImageEditRequest, ImagesResponse> ImageEdit = new("image editing", static (provider, model) => provider.Images?.ForModel(model) as IVerb<ImageEditRequest, ImagesResponse>)
    {
        Repeats = Repeats.WithoutEffect, With = WithExtra, Files = static request => request.Files(),
    };

    public static readonly Verb<ImageVariationRequest, ImagesResponse> ImageVariation = new("image variations", static (provider, model) => provider.Images?.ForModel(model) as IVerb<ImageVariationRequest, ImagesResponse>)
    {
        Repeats = Repeats.WithoutEffect, With = static (request, extra) => request with { Extra = request.Extra.With(extra) }, Files = static request => [request.Image],
    };

    public static readonly StreamVerb<ImageGenerationRequest, ImageStreamEvent> ImageGenerationStream = new(
        "streamed image generation", static (provider, model) => provider.Images?.ForModel(model) as IStreamVerb<ImageGenerationRequest, ImageStreamEvent>, static one => one.Image is not null, static () => new ImageAccumulator())
    {
        Repeats = Repeats.WithoutEffect, With = WithExtra,
    };

    public static readonly StreamVerb<ImageEditRequest, ImageStreamEvent> ImageEditStream = new(
        "streamed image editing", static (provider, model) => provider.Images?.ForModel(model) as IStreamVerb<ImageEditRequest, ImageStreamEvent>, static one => one.Image is not null, static () => new ImageAccumulator())
    {
        Repeats = Repeats.WithoutEffect, With = WithExtra, Files = static request => request.Files(),
    };

    private static ImageGenerationRequest WithExtra(ImageGenerationRequest request, Extra extra) => request with { Extra = request.Extra.With(extra) };

    private static ImageEditRequest WithExtra(ImageEditRequest request, Extra extra) => request with { Extra = request.Extra.With(extra) };
}
