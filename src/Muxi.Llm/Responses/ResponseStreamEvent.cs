namespace Muxi.Llm;

/// <summary>
/// One event of a response's stream. <see cref="Type"/> says what it tells and which of the other members are set; an event that we do not know is kept, with its members
/// in <see cref="Extra"/>.
/// </summary>
/// <remarks>Source: <c>ResponseStreamEvent</c> in OpenAI's OpenAPI document 2.3.0.</remarks>
public sealed record ResponseStreamEvent : Reply
{
    /// <summary>What it tells.</summary>
    public required ResponseEventType Type { get; init; }

    /// <summary>Its place in the stream, from 0; by the last one that has come a stream can be taken up again.</summary>
    public long? SequenceNumber { get; init; }

    /// <summary>The response as it is now: when it begins, and whole at its end.</summary>
    public Response? Response { get; init; }

    /// <summary>Which item of the output is meant.</summary>
    public int? OutputIndex { get; init; }

    /// <summary>The id of the item that is meant.</summary>
    public string? ItemId { get; init; }

    /// <summary>The item: as it begins, or whole.</summary>
    public ResponseItem? Item { get; init; }

    /// <summary>Which part of the item is meant.</summary>
    public int? ContentIndex { get; init; }

    /// <summary>Which piece of the summary is meant.</summary>
    public int? SummaryIndex { get; init; }

    /// <summary>The part: as it begins, or whole.</summary>
    public ResponsePart? Part { get; init; }

    /// <summary>What is new: of a text, of arguments, of code, of sound in base64. What is no text stands in <see cref="Extra"/>.</summary>
    public string? Delta { get; init; }

    /// <summary>A text, whole.</summary>
    public string? Text { get; init; }

    /// <summary>A refusal, whole.</summary>
    public string? Refusal { get; init; }

    /// <summary>The name of a function whose arguments are whole.</summary>
    public string? Name { get; init; }

    /// <summary>A call's arguments, whole.</summary>
    public string? Arguments { get; init; }

    /// <summary>The text for a custom tool, whole.</summary>
    public string? Input { get; init; }

    /// <summary>Code, whole; of an error, its code.</summary>
    public string? Code { get; init; }

    /// <summary>Which annotation of the part is meant.</summary>
    public int? AnnotationIndex { get; init; }

    /// <summary>Where a piece of the text comes from, of a citation that was added.</summary>
    public ResponseAnnotation? Annotation { get; init; }

    /// <summary>How likely the new tokens were, where that was asked for.</summary>
    public IReadOnlyList<TokenLogprob>? Logprobs { get; init; }

    /// <summary>A picture as far as it is, in base64.</summary>
    public string? PartialImageB64 { get; init; }

    /// <summary>Which of the pictures on the way it is.</summary>
    public int? PartialImageIndex { get; init; }

    /// <summary>What an error says.</summary>
    public string? Message { get; init; }

    /// <summary>The request member that an error is about.</summary>
    public string? Param { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }

    /// <summary>New text of the answer; null where the event brings none.</summary>
    public string? TextDelta => Type == ResponseEventType.OutputTextDelta ? Delta : null;

    /// <summary>Reads an event's data in OpenAI's JSON form.</summary>
    /// <exception cref="System.Text.Json.JsonException">It is no JSON object.</exception>
    public static ResponseStreamEvent Parse(ReadOnlySpan<byte> utf8) => ResponseEventJson.Read(utf8, null) ?? throw new System.Text.Json.JsonException("An event must be a JSON object.");

    /// <summary>The event's data in OpenAI's JSON form.</summary>
    public string ToJson() => JsonOut.ToText(this, static (json, one) => ResponseEventJson.Write(json, one), indented: false);

    /// <summary>As <see cref="ToJson"/>, with line breaks and indentation for people.</summary>
    public string ToIndentedJson() => JsonOut.ToText(this, static (json, one) => ResponseEventJson.Write(json, one), indented: true);

    /// <summary>The response in it was given by the same call, and says so.</summary>
    internal override CallRecord? Call
    {
        get => base.Call;
        set
        {
            base.Call = value;
            if (Response is { } response) response.Call = value;
        }
    }

    /// <summary>
    /// Whether it commits a stream: openings without content can be taken back, so that another service may answer instead. What runs in the background is begun already.
    /// </summary>
    internal bool HasContent => Type.Value switch
    {
        "response.created" or "response.queued" or "response.in_progress" => Response?.Background == true,
        "response.output_item.added" => Item is not { Type.Value: "message" or "reasoning" },
        "response.content_part.added" => !string.IsNullOrEmpty(Part?.Text),
        "response.reasoning_summary_part.added" => !string.IsNullOrEmpty(Part?.Text),
        "response.failed" => false,
        "error" => false,
        _ => IsOfResponse,
    };

    /// <summary>Whether it tells of the response: all that one is made of comes under this name. What else a service sends beside it (a keepalive, its limits) is no part of the answer.</summary>
    internal bool IsOfResponse => Type == ResponseEventType.Error || Type.Value?.StartsWith("response.", StringComparison.Ordinal) == true;

    /// <summary>Whether the stream ends with it.</summary>
    public bool IsLast => Type.Value is "response.completed" or "response.incomplete" or "response.failed" or "response.cancelled" or "error";
}
