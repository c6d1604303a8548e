using System.Runtime.CompilerServices;

namespace Muxi.Llm;

public static partial class SyncDoors
{
    extension(FileObject)
    {
        /// <summary>Hands a file on disk over, and waits.</summary>
        public static FileObject Upload(string path, FilePurpose? purpose = null, string? provider = null, CancellationToken cancellationToken = default) =>
            Wait(() => LlmClient.Default.Files.UploadAsync(path, purpose, provider, cancellationToken));

        /// <summary>Hands a file over with every option, and waits.</summary>
        [OverloadResolutionPriority(1)]
        public static FileObject Upload(FileCreateRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Files.Upload(request, options, cancellationToken);

        /// <summary>Lists a service's files, each page as it is needed.</summary>
        public static IEnumerable<FileObject> List(FileListRequest? request = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Files.List(request, options, cancellationToken);

        /// <summary>Looks at a file, and waits for its description.</summary>
        public static FileObject Retrieve(string id, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Files.Retrieve(id, options, cancellationToken);

        /// <summary>Waits for the first bytes of what a file holds; the others are read from the reply.</summary>
        public static FileContent Content(string id, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Files.Content(id, options, cancellationToken);

        /// <summary>Writes what a file holds to disk, and waits until it is there.</summary>
        public static string Download(string id, string path, IProgress<TransferProgress>? progress = null, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Files.Download(id, path, progress, cancellationToken);

        /// <summary>Deletes a file, and waits until it is done.</summary>
        public static FileDeleted Delete(string id, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Files.Delete(id, options, cancellationToken);

        /// <summary>Waits until the service is done with a file.</summary>
        public static FileObject Wait(string id, FileWaiting? waiting = null, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Files.Wait(id, waiting, cancellationToken);
    }

    extension(FilesResource files)
    {
        /// <summary>Hands a file over, in parts where it needs them, and waits.</summary>
        [OverloadResolutionPriority(1)]
        public FileObject Upload(FileCreateRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Wait(() => files.UploadAsync(request, options, cancellationToken));

        /// <summary>Hands a file on disk over, and waits.</summary>
        public FileObject Upload(string path, FilePurpose? purpose = null, string? provider = null, CancellationToken cancellationToken = default) =>
            Wait(() => files.UploadAsync(path, purpose, provider, cancellationToken));

        /// <summary>Hands a file over in one call, and waits.</summary>
        public FileObject Create(FileCreateRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Wait(() => files.CreateAsync(request, options, cancellationToken));

        /// <summary>Lists a service's files, each page as it is needed.</summary>
        public IEnumerable<FileObject> List(FileListRequest? request = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Each(files.ListAsync(request, options, cancellationToken));

        /// <summary>Lists one page, and waits for it.</summary>
        public Page<FileObject> ListPage(FileListRequest? request = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Wait(() => files.ListPageAsync(request, options, cancellationToken));

        /// <summary>Looks at a file, and waits for its description.</summary>
        public FileObject Retrieve(string id, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Wait(() => files.RetrieveAsync(id, options, cancellationToken));

        /// <summary>Waits for the first bytes of what a file holds; the others are read from the reply.</summary>
        public FileContent Content(string id, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Wait(() => files.ContentAsync(id, options, cancellationToken));

        /// <summary>Writes what a file holds to disk, and waits until it is there.</summary>
        public string Download(string id, string path, IProgress<TransferProgress>? progress = null, CancellationToken cancellationToken = default) =>
            Wait(() => files.DownloadAsync(id, path, progress, cancellationToken));

        /// <summary>Deletes a file, and waits until it is done.</summary>
        public FileDeleted Delete(string id, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Wait(() => files.DeleteAsync(id, options, cancellationToken));

        /// <summary>Waits until the service is done with a file.</summary>
        public FileObject Wait(string id, FileWaiting? waiting = null, CancellationToken cancellationToken = default) =>
            Wait(() => files.WaitAsync(id, waiting, cancellationToken));
    }

    extension(UploadsResource uploads)
    {
        /// <summary>Begins an upload in parts, and waits.</summary>
        public Upload Create(UploadCreateRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Wait(() => uploads.CreateAsync(request, options, cancellationToken));

        /// <summary>Adds a part, and waits until it is there.</summary>
        public UploadPart AddPart(UploadPartRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Wait(() => uploads.AddPartAsync(request, options, cancellationToken));

        /// <summary>Makes the file of the parts, and waits for it.</summary>
        public Upload Complete(UploadCompleteRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Wait(() => uploads.CompleteAsync(request, options, cancellationToken));

        /// <summary>Gives an upload up, and waits until the service knows.</summary>
        public Upload Cancel(string uploadId, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Wait(() => uploads.CancelAsync(uploadId, options, cancellationToken));
    }
}
