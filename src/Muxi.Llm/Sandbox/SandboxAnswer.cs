using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>An answer before it becomes an HTTP response: data, so that a fault can be put over it.</summary>
internal sealed record SandboxAnswer
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public int Status { get; init; } = 200;

    public string MediaType { get; init; } = "application/json";

    /// <summary>The whole body, when it does not come in <see cref="Pieces"/>.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The pieces of a streamed body, made while they are read; each is one server-sent event, or some bytes of sound.</summary>
    public IEnumerable<byte[]>? Pieces { get; init; }

    /// <summary>Of events: how many come before anything is said.</summary>
    public int Opening { get; init; } = 1;

    /// <summary>Of events: those that tell, after so many others, that the model has failed; the last of the stream.</summary>
    public Func<int, string, IEnumerable<byte[]>> Failure { get; init; } = static (_, message) => [Event(ErrorBody(message, "server_error", "internal_error"))];

    /// <summary>The model that the request names, whose fault is to be put over the answer; null where no model is called.</summary>
    public string? Model { get; init; }

    /// <summary>Prompt tokens, for the rate-limit headers.</summary>
    public int PromptTokens { get; init; }

    /// <summary>Headers to add to the usual ones, or to put in their place.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>How long to wait before the headers.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>How long to wait before each piece but the first.</summary>
    public TimeSpan Gap { get; init; }

    /// <summary>After the last piece the body neither goes on nor ends, until the reader gives up.</summary>
    public bool Hangs { get; init; }

    /// <summary>After the last piece the connection breaks.</summary>
    public bool Breaks { get; init; }

    /// <summary>Whether the pieces are events.</summary>
    public bool IsEvents => Pieces is not null && MediaType == "text/event-stream";

    /// <summary>A route's answer; what it cannot read or refuses is an error in OpenAI's shape.</summary>
    public static SandboxAnswer Of(SandboxRoute route, SandboxCall call)
    {
        try
        {
            return route.Answer(call);
        }
        catch (SandboxRefusal refusal)
        {
            return refusal.Answer;
        }
        catch (JsonException)
        {
            return new SandboxRefusal("The body is not valid JSON.", null, null).Answer;
        }
        catch (InvalidOperationException)
        {
            // GetString refuses bytes that are not UTF-8 and the escape of half a surrogate pair.
            return new SandboxRefusal("A string of the body is not valid Unicode.", null, null).Answer;
        }
    }

    public static SandboxAnswer Json(Action<Utf8JsonWriter> write) => new() { Body = Bytes(write) };

    /// <summary>An error in OpenAI's shape.</summary>
    public static SandboxAnswer Error(int status, string message, string type, string? code, string? param = null) =>
        new() { Status = status, Body = ErrorBody(message, type, code, param) };

    public static byte[] ErrorBody(string message, string type, string? code, string? param = null) => Bytes(json =>
    {
        json.WriteStartObject();
        json.WriteStartObject("error");
        json.WriteString("message", message);
        json.WriteString("type", type);
        json.WriteString("param", param);
        json.WriteString("code", code);
        json.WriteEndObject();
        json.WriteEndObject();
    });

    /// <summary>One server-sent event with these data.</summary>
    public static byte[] Event(ReadOnlySpan<byte> data) => [.. "data: "u8, .. data, .. "\n\n"u8];

    public static byte[] Bytes(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Relaxed))
            write(json);
        return buffer.WrittenSpan.ToArray();
    }
}

/// <summary>The request is wrong, and the sandbox says so as OpenAI does.</summary>
internal sealed class SandboxRefusal(string message, string? param, string? code) : Exception(message)
{
    public int Status { get; init; } = 400;

    public SandboxAnswer Answer => SandboxAnswer.Error(Status, Message, "invalid_request_error", code, param);
}
