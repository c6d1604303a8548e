namespace Muxi.Llm;

// The doors of one line, over LlmClient.Default. Their synchronous twins stand in SyncDoors.Images.cs.
public sealed partial record ImagesResponse
{
    /// <summary>Makes one picture: <c>await ImagesResponse.GenerateAsync("openai/gpt-image-1", "A lighthouse at dusk")</c>.</summary>
    /// <exception cref="LlmException">As <see cref="ImagesResource.GenerateAsync"/>.</exception>
    public static Task<ImagesResponse> GenerateAsync(string model, string prompt, CancellationToken cancellationToken = default) =>
        GenerateAsync(new ImageGenerationRequest { Model = model, Prompt = prompt }, null, cancellationToken);

    /// <summary>Makes pictures with every option.</summary>
    /// <exception cref="LlmException">As <see cref="ImagesResource.GenerateAsync"/>.</exception>
    public static Task<ImagesResponse> GenerateAsync(ImageGenerationRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        LlmClient.Default.Images.GenerateAsync(request, options, cancellationToken);

    /// <summary>Makes pictures with every option and shows them while they are made.</summary>
    /// <exception cref="LlmException">As <see cref="ImagesResource.GenerateStreamAsync"/>.</exception>
    public static IAsyncEnumerable<ImageStreamEvent> GenerateStreamAsync(ImageGenerationRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        LlmClient.Default.Images.GenerateStreamAsync(request, options, cancellationToken);

    /// <summary>Makes one picture from another: <c>await ImagesResponse.EditAsync("openai/gpt-image-1", ImageInput.FromFile("cat.png"), "Give it a hat")</c>.</summary>
    /// <exception cref="LlmException">As <see cref="ImagesResource.EditAsync"/>.</exception>
    public static Task<ImagesResponse> EditAsync(string model, ImageInput image, string prompt, CancellationToken cancellationToken = default) =>
        EditAsync(new ImageEditRequest { Model = model, Images = [image], Prompt = prompt }, null, cancellationToken);

    /// <summary>Makes pictures from others with every option.</summary>
    /// <exception cref="LlmException">As <see cref="ImagesResource.EditAsync"/>.</exception>
    public static Task<ImagesResponse> EditAsync(ImageEditRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        LlmClient.Default.Images.EditAsync(request, options, cancellationToken);

    /// <summary>Makes pictures from others with every option and shows them while they are made.</summary>
    /// <exception cref="LlmException">As <see cref="ImagesResource.EditStreamAsync"/>.</exception>
    public static IAsyncEnumerable<ImageStreamEvent> EditStreamAsync(ImageEditRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        LlmClient.Default.Images.EditStreamAsync(request, options, cancellationToken);

    /// <summary>Makes one picture that is like another one.</summary>
    /// <exception cref="LlmException">As <see cref="ImagesResource.CreateVariationAsync"/>.</exception>
    public static Task<ImagesResponse> CreateVariationAsync(string model, FileSource image, CancellationToken cancellationToken = default) =>
        CreateVariationAsync(new ImageVariationRequest { Model = model, Image = image }, null, cancellationToken);

    /// <summary>Makes pictures that are like another one, with every option.</summary>
    /// <exception cref="LlmException">As <see cref="ImagesResource.CreateVariationAsync"/>.</exception>
    public static Task<ImagesResponse> CreateVariationAsync(ImageVariationRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        LlmClient.Default.Images.CreateVariationAsync(request, options, cancellationToken);
}
