namespace Muxi.Llm;

/// <summary>A model that is no more.</summary>
/// <remarks>Source: DeleteModelResponse in OpenAI's OpenAPI document 2.3.0.</remarks>
public sealed record ModelDeleted : Reply
{
    /// <summary>Its id, in the provider's own words.</summary>
    public required string Id { get; init; }

    /// <summary>What kind of thing it was: always <c>model</c>.</summary>
    public string Object => "model";

    /// <summary>Whether it was deleted.</summary>
    public bool Deleted { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }
}

/// <summary>A model that a server of one's own holds in memory.</summary>
/// <remarks>Source: <c>GET /api/ps</c> in docs.ollama.com/openapi.yaml.</remarks>
public sealed record RunningModel : Reply
{
    /// <summary>Its id, in the server's own words.</summary>
    public required string Id { get; init; }

    /// <summary>How much memory it takes, in bytes.</summary>
    public long? Size { get; init; }

    /// <summary>How much of that is the graphics card's, in bytes.</summary>
    public long? SizeVram { get; init; }

    /// <summary>How many tokens its window holds as it is loaded, prompt and answer together; older servers do not say.</summary>
    public long? ContextLength { get; init; }

    /// <summary>When it is taken out of memory if nobody asks it again, in Unix seconds.</summary>
    public long? ExpiresAt { get; init; }

    /// <summary>Members that we do not know: digest, family, quantization.</summary>
    public Extra Extra { get; init; }

    /// <summary>As it is asked for: <c>provider/model</c>.</summary>
    public string Name => Provider is null ? Id : $"{Provider}/{Id}";
}

/// <summary>How far a server is in bringing a model.</summary>
/// <remarks>Source: StatusEvent in docs.ollama.com/openapi.yaml.</remarks>
public sealed record ModelPullProgress : Reply
{
    /// <summary>What it does, in the server's words: <c>pulling manifest</c>, <c>verifying sha256 digest</c>, at the end <c>success</c>.</summary>
    public required string Status { get; init; }

    /// <summary>Which of the model's files is brought.</summary>
    public string? Digest { get; init; }

    /// <summary>How large that file is, in bytes.</summary>
    public long? Total { get; init; }

    /// <summary>How much of it is there, in bytes.</summary>
    public long? Completed { get; init; }

    /// <summary>Where the file is on this machine, once it is there whole; of a model in parts the first one's. Null where a server keeps it.</summary>
    public string? Path { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }

    /// <summary>Whether the model is there.</summary>
    public bool IsDone => Status == "success";

    /// <summary>Whether something is under way that a second try would begin anew: what commits an attempt.</summary>
    internal bool HasContent => Total is not null || IsDone;
}

/// <summary>What a server of one's own is.</summary>
public sealed record ServerVersion : Reply
{
    /// <summary>Its version, such as <c>0.33.2</c>.</summary>
    public required string Version { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }
}

/// <summary>Keeps the last progress.</summary>
internal sealed class PullAccumulator : IAccumulator<ModelPullProgress>
{
    private ModelPullProgress? _last;

    public void Add(ModelPullProgress chunk) => _last = chunk;

    public Reply? ToReply() => _last;
}

/// <summary>What is asked for with the end of a model.</summary>
/// <param name="Id">Its id, in the provider's own words.</param>
public sealed record ModelDeleteRequest(string Id);

/// <summary>What is asked for with the models in memory.</summary>
public sealed record RunningModelsRequest;

/// <summary>What is asked for with a server's version.</summary>
public sealed record ServerVersionRequest;

/// <summary>What is asked for with a model that is to be brought.</summary>
/// <param name="Id">Its id, in the server's own words.</param>
public sealed record ModelPullRequest(string Id)
{
    /// <summary>Further parameters, sent as they are: <c>insecure</c>.</summary>
    public Extra Extra { get; init; }
}
