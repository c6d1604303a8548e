namespace Muxi.Llm;

public static partial class SyncDoors
{
    extension(ImagesResponse)
    {
        /// <summary>Makes one picture and waits for it.</summary>
        public static ImagesResponse Generate(string model, string prompt, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Images.Generate(new() { Model = model, Prompt = prompt }, null, cancellationToken);

        /// <summary>Makes pictures with every option and waits for them.</summary>
        public static ImagesResponse Generate(ImageGenerationRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Images.Generate(request, options, cancellationToken);

        /// <summary>Makes pictures with every option and shows them while they are made.</summary>
        public static IEnumerable<ImageStreamEvent> GenerateStream(ImageGenerationRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Images.GenerateStream(request, options, cancellationToken);

        /// <summary>Makes one picture from another and waits for it.</summary>
        public static ImagesResponse Edit(string model, ImageInput image, string prompt, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Images.Edit(new() { Model = model, Images = [image], Prompt = prompt }, null, cancellationToken);

        /// <summary>Makes pictures from others with every option and waits for them.</summary>
        public static ImagesResponse Edit(ImageEditRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Images.Edit(request, options, cancellationToken);

        /// <summary>Makes pictures from others with every option and shows them while they are made.</summary>
        public static IEnumerable<ImageStreamEvent> EditStream(ImageEditRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Images.EditStream(request, options, cancellationToken);

        /// <summary>Makes one picture that is like another one and waits for it.</summary>
        public static ImagesResponse CreateVariation(string model, FileSource image, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Images.CreateVariation(new() { Model = model, Image = image }, null, cancellationToken);

        /// <summary>Makes pictures that are like another one, with every option, and waits for them.</summary>
        public static ImagesResponse CreateVariation(ImageVariationRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Images.CreateVariation(request, options, cancellationToken);
    }

    extension(ImagesResource images)
    {
        /// <summary>Makes pictures and waits for them.</summary>
        public ImagesResponse Generate(ImageGenerationRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Wait(() => images.GenerateAsync(request, options, cancellationToken));

        /// <summary>Makes pictures and shows them while they are made. Leaving the loop ends the call at the provider.</summary>
        public IEnumerable<ImageStreamEvent> GenerateStream(ImageGenerationRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Each(images.GenerateStreamAsync(request, options, cancellationToken));

        /// <summary>Makes pictures from others and waits for them.</summary>
        public ImagesResponse Edit(ImageEditRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Wait(() => images.EditAsync(request, options, cancellationToken));

        /// <summary>Makes pictures from others and shows them while they are made. Leaving the loop ends the call at the provider.</summary>
        public IEnumerable<ImageStreamEvent> EditStream(ImageEditRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Each(images.EditStreamAsync(request, options, cancellationToken));

        /// <summary>Makes pictures that are like another one and waits for them.</summary>
        public ImagesResponse CreateVariation(ImageVariationRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Wait(() => images.CreateVariationAsync(request, options, cancellationToken));
    }

    extension(GeneratedImage image)
    {
        /// <summary>The picture's bytes, read first where it came as an address.</summary>
        public ReadOnlyMemory<byte> ReadBytes(CancellationToken cancellationToken = default) => Wait(() => image.ReadBytesAsync(cancellationToken));

        /// <summary>Saves the picture as this file.</summary>
        public void Save(string path, CancellationToken cancellationToken = default) => Wait(async () =>
        {
            await image.SaveAsync(path, cancellationToken).ConfigureAwait(false);
            return true;
        });
    }

    extension(ImagesResponse reply)
    {
        /// <summary>Saves the pictures, as <see cref="ImagesResponse.SaveAsync"/> does.</summary>
        public IReadOnlyList<string> Save(string path, CancellationToken cancellationToken = default) => Wait(() => reply.SaveAsync(path, cancellationToken));
    }
}
