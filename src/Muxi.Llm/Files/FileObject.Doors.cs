namespace Muxi.Llm;

// The doors of one line, over LlmClient.Default. Their synchronous twins stand in SyncDoors.Files.cs.
public sealed partial record FileObject
{
    /// <summary>Hands a file on disk over: <c>await FileObject.UploadAsync("notes.pdf", provider: "openai")</c>.</summary>
    /// <exception cref="FileNotFoundException">There is no such file, it is a directory, or it is empty.</exception>
    /// <exception cref="LlmException">As <see cref="FilesResource.UploadAsync(FileCreateRequest, RequestOptions?, CancellationToken)"/>.</exception>
    public static Task<FileObject> UploadAsync(string path, FilePurpose? purpose = null, string? provider = null, CancellationToken cancellationToken = default) =>
        LlmClient.Default.Files.UploadAsync(path, purpose, provider, cancellationToken);

    /// <summary>Hands a file over with every option.</summary>
    /// <exception cref="LlmException">As <see cref="FilesResource.UploadAsync(FileCreateRequest, RequestOptions?, CancellationToken)"/>.</exception>
    [System.Runtime.CompilerServices.OverloadResolutionPriority(1)]
    public static Task<FileObject> UploadAsync(FileCreateRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        LlmClient.Default.Files.UploadAsync(request, options, cancellationToken);

    /// <summary>Lists a service's files.</summary>
    /// <exception cref="LlmException">As <see cref="FilesResource.ListPageAsync"/>.</exception>
    public static IAsyncEnumerable<FileObject> ListAsync(FileListRequest? request = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        LlmClient.Default.Files.ListAsync(request, options, cancellationToken);

    /// <summary>Looks at a file, <c>provider/id</c>.</summary>
    /// <exception cref="LlmException">As <see cref="FilesResource.RetrieveAsync"/>.</exception>
    public static Task<FileObject> RetrieveAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        LlmClient.Default.Files.RetrieveAsync(id, options, cancellationToken);

    /// <summary>Gives what a file holds as it comes.</summary>
    /// <exception cref="LlmException">As <see cref="FilesResource.ContentAsync"/>.</exception>
    public static Task<FileContent> ContentAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        LlmClient.Default.Files.ContentAsync(id, options, cancellationToken);

    /// <summary>Writes what a file holds to disk.</summary>
    /// <exception cref="LlmException">As <see cref="FilesResource.DownloadAsync"/>.</exception>
    public static Task<string> DownloadAsync(string id, string path, IProgress<TransferProgress>? progress = null, CancellationToken cancellationToken = default) =>
        LlmClient.Default.Files.DownloadAsync(id, path, progress, cancellationToken);

    /// <summary>Deletes a file at its service, <c>provider/id</c>.</summary>
    /// <exception cref="LlmException">As <see cref="FilesResource.DeleteAsync"/>.</exception>
    public static Task<FileDeleted> DeleteAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        LlmClient.Default.Files.DeleteAsync(id, options, cancellationToken);

    /// <summary>Waits until the service is done with a file.</summary>
    /// <exception cref="LlmException">As <see cref="FilesResource.WaitAsync"/>.</exception>
    public static Task<FileObject> WaitAsync(string id, FileWaiting? waiting = null, CancellationToken cancellationToken = default) =>
        LlmClient.Default.Files.WaitAsync(id, waiting, cancellationToken);
}
