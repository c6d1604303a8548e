namespace Muxi.Llm;

/// <summary>Reading what stands in documents and pictures.</summary>
public sealed class OcrResource
{
    private readonly Router _router;
    private readonly Targets _targets;

    internal OcrResource(Router router, Targets targets) => (_router, _targets) = (router, targets);

    /// <summary>Reads a document or a picture.</summary>
    /// <exception cref="BadRequestException">The request is wrong; where that can be known beforehand, nothing was sent.</exception>
    /// <exception cref="ApiException">The provider answered with an error; the subclass says which.</exception>
    /// <exception cref="ApiConnectionException">No reply came, or not in time.</exception>
    /// <exception cref="ConfigurationException">The model's name or a setting cannot work, or the key is missing; nothing was sent.</exception>
    /// <exception cref="UnsupportedFeatureException">The provider reads no documents; nothing was sent.</exception>
    public Task<OcrResponse> ProcessAsync(OcrRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(request.Document);
        if (request.Pages?.Any(static page => page < 0) == true) throw Wrong.Request("pages", "'pages' holds a number below 0: pages are counted from 0 on");
        if (request.DocumentAnnotationPrompt is not null && request.DocumentAnnotationFormat is null && !request.Extra.Holds("document_annotation_format"u8))
            throw Wrong.Request("document_annotation_prompt", "'document_annotation_prompt' needs 'document_annotation_format', which says what is to be told");
        return _router.SendAsync(Verbs.Ocr, request, _targets.ModelOf(request.Model), options, cancellationToken);
    }
}
