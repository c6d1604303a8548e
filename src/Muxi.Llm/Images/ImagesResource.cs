using System.Runtime.CompilerServices;

namespace Muxi.Llm;

/// <summary>Pictures of every provider that makes them.</summary>
public sealed class ImagesResource
{
    private readonly Router _router;
    private readonly Targets _targets;
    private readonly Egress _egress;

    internal ImagesResource(Router router, Targets targets, Egress egress) => (_router, _targets, _egress) = (router, targets, egress);

    /// <summary>Makes pictures after a description.</summary>
    /// <exception cref="ApiException">The provider answered with an error; or the request is wrong in itself (a <see cref="BadRequestException"/>), and nothing was sent.</exception>
    /// <exception cref="ApiConnectionException">No reply came, or not in time.</exception>
    /// <exception cref="ConfigurationException">The model's name or a setting cannot work, or the key is missing; nothing was sent.</exception>
    /// <exception cref="UnsupportedFeatureException">The provider makes no pictures, or <see cref="RequestOptions.Strict"/> forbids what would be left out; nothing was sent.</exception>
    public Task<ImagesResponse> GenerateAsync(ImageGenerationRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        Check(request);
        return WithOrigin(_router.SendAsync(Verbs.ImageGeneration, request, _targets.ModelOf(request.Model), options, cancellationToken));
    }

    /// <summary>Makes pictures from others.</summary>
    /// <exception cref="ApiException">The provider answered with an error; or the request is wrong in itself (a <see cref="BadRequestException"/>), and nothing was sent.</exception>
    /// <exception cref="ApiConnectionException">No reply came, or not in time.</exception>
    /// <exception cref="ConfigurationException">The model's name or a setting cannot work, or the key is missing; nothing was sent.</exception>
    /// <exception cref="UnsupportedFeatureException">The provider edits no pictures; nothing was sent.</exception>
    public Task<ImagesResponse> EditAsync(ImageEditRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        Check(request);
        return WithOrigin(_router.SendAsync(Verbs.ImageEdit, request, _targets.ModelOf(request.Model), options, cancellationToken));
    }

    /// <summary>Makes pictures that are like another one.</summary>
    /// <exception cref="ApiException">The provider answered with an error; or the request is wrong in itself (a <see cref="BadRequestException"/>), and nothing was sent.</exception>
    /// <exception cref="ApiConnectionException">No reply came, or not in time.</exception>
    /// <exception cref="ConfigurationException">The model's name or a setting cannot work, or the key is missing; nothing was sent.</exception>
    /// <exception cref="UnsupportedFeatureException">The provider makes no variations; nothing was sent.</exception>
    public Task<ImagesResponse> CreateVariationAsync(ImageVariationRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        Check(request);
        return WithOrigin(_router.SendAsync(Verbs.ImageVariation, request, _targets.ModelOf(request.Model), options, cancellationToken));
    }

    /// <summary>
    /// Makes pictures after a description and shows them while they are made, where <see cref="ImageGenerationRequest.PartialImages"/> asks for that. Nothing is sent before the first
    /// event is asked for; leaving the loop ends the call at the provider.
    /// </summary>
    /// <exception cref="StreamInterruptedException">The stream broke after a picture had come; <see cref="StreamInterruptedException.Partial"/> holds the last one.</exception>
    /// <exception cref="LlmException">As <see cref="GenerateAsync"/>, before any picture.</exception>
    public IAsyncEnumerable<ImageStreamEvent> GenerateStreamAsync(ImageGenerationRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        Check(request);
        return WithOrigin(_router.StreamAsync(Verbs.ImageGenerationStream, request, _targets.ModelOf(request.Model), options, cancellationToken), cancellationToken);
    }

    /// <summary>Makes pictures from others and shows them while they are made. As <see cref="GenerateStreamAsync"/>.</summary>
    /// <exception cref="StreamInterruptedException">The stream broke after a picture had come; <see cref="StreamInterruptedException.Partial"/> holds the last one.</exception>
    /// <exception cref="LlmException">As <see cref="EditAsync"/>, before any picture.</exception>
    public IAsyncEnumerable<ImageStreamEvent> EditStreamAsync(ImageEditRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        Check(request);
        return WithOrigin(_router.StreamAsync(Verbs.ImageEditStream, request, _targets.ModelOf(request.Model), options, cancellationToken), cancellationToken);
    }

    private async Task<ImagesResponse> WithOrigin(Task<ImagesResponse> call)
    {
        var reply = await call.ConfigureAwait(false);
        foreach (var image in reply.Data) image.Origin = new(_egress, reply.Provider, reply.Call?.Own);
        return reply;
    }

    private async IAsyncEnumerable<ImageStreamEvent> WithOrigin(IAsyncEnumerable<ImageStreamEvent> events, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var one in events.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            if (one.Image is { } image) image.Origin = new(_egress, one.Provider, one.Call?.Own);
            yield return one;
        }
    }

    private static void Check(ImageGenerationRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        CheckPrompt(request.Prompt);
        CheckNumbers(request.N, request.OutputCompression, request.PartialImages);
        if (request is { Background.Value: "transparent", OutputFormat.Value: "jpeg" }) throw Opaque();
    }

    private static void Check(ImageEditRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(request.Images);
        CheckPrompt(request.Prompt);
        if (request.Images.Count == 0) throw Wrong.Request("image", "there is no picture to edit: set Images to at least one");
        var files = request.Files().Count();
        if (files > 0 && files < request.Images.Count + (request.Mask is null ? 0 : 1))
            throw Wrong.Request("image", "pictures are either all files, which go as a form, or all addresses and ids, which go as JSON; these are of both kinds");
        CheckNumbers(request.N, request.OutputCompression, request.PartialImages);
        if (request is { Background.Value: "transparent", OutputFormat.Value: "jpeg" }) throw Opaque();
    }

    private static void Check(ImageVariationRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(request.Image);
        CheckNumbers(request.N, null, null);
    }

    private static void CheckPrompt(string prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        if (string.IsNullOrWhiteSpace(prompt)) throw Wrong.Request("prompt", "the prompt is empty: say what the picture shows");
    }

    private static void CheckNumbers(int? n, int? compression, int? partials)
    {
        if (n < 1) throw Wrong.Request("n", $"n is {n}: at least one picture must be asked for");
        if (compression is < 0 or > 100) throw Wrong.Request("output_compression", $"output_compression is {compression}: it is a percentage, 0 to 100");
        if (partials is < 0 or > 3) throw Wrong.Request("partial_images", $"partial_images is {partials}: a stream shows 0 to 3 unfinished pictures");
    }

    private static BadRequestException Opaque() => Wrong.Request("background", "a JPEG has no transparency: ask for png or webp beside a transparent background");
}
