namespace Muxi.Llm;

internal static partial class Verbs
{
    public static readonly Verb<FileCreateRequest, FileObject> FileCreate = new("files", static (provider, _) => provider.Files)
    {
        Repeats = Repeats.WithoutEffect, Files = static request => [request.File], With = static (request, extra) => request with { Extra = request.Extra.With(extra) },
    };

    public static readonly Verb<FileListRequest, Page<FileObject>> FileList = new("files", static (provider, _) => provider.Files);

    public static readonly Verb<FileRetrieveRequest, FileObject> FileRetrieve = new("files", static (provider, _) => provider.Files);

    public static readonly Verb<FileDeleteRequest, FileDeleted> FileDelete = new("files", static (provider, _) => provider.Files);

    public static readonly ContentVerb<FileContentRequest, FileContent> FileContent = new("the content of files", static (provider, _) => provider.Files as IContentVerb<FileContentRequest>, static body => new(body))
    {
        MayBeEmpty = true,
    };

    public static readonly Verb<UploadCreateRequest, Upload> UploadCreate = new("uploads in parts", static (provider, _) => provider.Uploads)
    {
        Repeats = Repeats.WithoutEffect, With = static (request, extra) => request with { Extra = request.Extra.With(extra) },
    };

    /// <summary>A part that came twice does no harm: the file is made of those that are named when it is completed.</summary>
    public static readonly Verb<UploadPartRequest, UploadPart> UploadPart = new("uploads in parts", static (provider, _) => provider.Uploads) { Files = static request => [request.Data] };

    public static readonly Verb<UploadCompleteRequest, Upload> UploadComplete = new("uploads in parts", static (provider, _) => provider.Uploads)
    {
        Repeats = Repeats.WithoutEffect, With = static (request, extra) => request with { Extra = request.Extra.With(extra) },
    };

    public static readonly Verb<UploadCancelRequest, Upload> UploadCancel = new("uploads in parts", static (provider, _) => provider.Uploads);
}
