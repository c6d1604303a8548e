namespace Muxi.Llm;

/// <summary>What a file is for. Any other word that a vendor uses is kept as it is, and sent.</summary>
/// <param name="Value">The word as it is on the wire.</param>
public readonly record struct FilePurpose(string Value)
{
    /// <summary>For OpenAI's assistants.</summary>
    public static FilePurpose Assistants => new("assistants");
    /// <summary>Made by OpenAI's assistants.</summary>
    public static FilePurpose AssistantsOutput => new("assistants_output");
    /// <summary>The requests of a batch: JSON lines.</summary>
    public static FilePurpose Batch => new("batch");
    /// <summary>The replies of a batch.</summary>
    public static FilePurpose BatchOutput => new("batch_output");
    /// <summary>Training data: JSON lines.</summary>
    public static FilePurpose FineTune => new("fine-tune");
    /// <summary>What a training had to tell.</summary>
    public static FilePurpose FineTuneResults => new("fine-tune-results");
    /// <summary>Pictures for training a model to see.</summary>
    public static FilePurpose Vision => new("vision");
    /// <summary>For anything that a request may refer to.</summary>
    public static FilePurpose UserData => new("user_data");
    /// <summary>Data of an evaluation.</summary>
    public static FilePurpose Evals => new("evals");

    /// <summary>The word as it is on the wire.</summary>
    public static implicit operator FilePurpose(string value) => new(value);
    /// <summary>The word as it is on the wire.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>How far a service is with a file. Any other word that a vendor uses is kept as it is.</summary>
/// <param name="Value">The word as it is on the wire.</param>
public readonly record struct FileStatus(string Value)
{
    /// <summary>It is there, and not looked at yet.</summary>
    public static FileStatus Uploaded => new("uploaded");
    /// <summary>It can be used.</summary>
    public static FileStatus Processed => new("processed");
    /// <summary>It cannot be used.</summary>
    public static FileStatus Error => new("error");

    /// <summary>The word as it is on the wire.</summary>
    public static implicit operator FileStatus(string value) => new(value);
    /// <summary>The word as it is on the wire.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>How far an upload in parts is. Any other word that a vendor uses is kept as it is.</summary>
/// <param name="Value">The word as it is on the wire.</param>
public readonly record struct UploadStatus(string Value)
{
    /// <summary>It takes parts.</summary>
    public static UploadStatus Pending => new("pending");
    /// <summary>Its file is there.</summary>
    public static UploadStatus Completed => new("completed");
    /// <summary>It was given up.</summary>
    public static UploadStatus Cancelled => new("cancelled");
    /// <summary>It was not completed in time, an hour at OpenAI.</summary>
    public static UploadStatus Expired => new("expired");

    /// <summary>The word as it is on the wire.</summary>
    public static implicit operator UploadStatus(string value) => new(value);
    /// <summary>The word as it is on the wire.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>In which order a list is given, by when its things were made.</summary>
/// <param name="Value">The word as it is on the wire.</param>
public readonly record struct ListOrder(string Value)
{
    /// <summary>The oldest first.</summary>
    public static ListOrder Ascending => new("asc");
    /// <summary>The newest first.</summary>
    public static ListOrder Descending => new("desc");

    /// <summary>The word as it is on the wire.</summary>
    public static implicit operator ListOrder(string value) => new(value);
    /// <summary>The word as it is on the wire.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>When a file is deleted by itself.</summary>
/// <param name="Seconds">How many seconds after the anchor: 3,600 (an hour) to 2,592,000 (30 days).</param>
/// <param name="Anchor">What the seconds are counted from; services know <c>created_at</c> alone.</param>
public sealed record FileExpiration(long Seconds, string Anchor = "created_at")
{
    internal const long Least = 3600, Most = 2_592_000;

    /// <summary>So long after the file was made.</summary>
    public static implicit operator FileExpiration(TimeSpan time) => FromTimeSpan(time);

    /// <summary>So long after the file was made.</summary>
    public static FileExpiration FromTimeSpan(TimeSpan time) => new((long)time.TotalSeconds);
}
