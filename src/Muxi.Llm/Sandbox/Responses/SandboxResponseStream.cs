using System.Text;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Writes a response as server-sent events, each made when it is read.</summary>
internal static class SandboxResponseStream
{
    /// <summary>The events before anything is said.</summary>
    public static int Opening(SandboxResponse response) => response.Request.IsInBackground ? 5 : 4;

    public static IEnumerable<byte[]> Events(SandboxResponse response)
    {
        var number = 0;
        var first = response.Request.IsInBackground ? "queued" : "in_progress";
        yield return Whole(response, "created", first, number++);
        if (response.Request.IsInBackground) yield return Whole(response, "queued", first, number++);
        yield return Whole(response, "in_progress", "in_progress", number++);
        foreach (var (index, item) in response.Items.Index())
        {
            yield return Item(item, index, false, number++);
            foreach (var step in item.Steps())
                yield return Event(step.Type, number++, json =>
                {
                    json.WriteString("item_id", item.Id);
                    json.WriteNumber("output_index", index);
                    step.Write(json);
                });
            yield return Item(item, index, true, number++);
        }
        yield return Whole(response, response.Status, response.Status, number);
    }

    /// <summary>How a stream tells that the model has failed, after so many events.</summary>
    public static IEnumerable<byte[]> Failure(int sent, string message)
    {
        yield return Named("error", json =>
        {
            json.WriteString("code", "server_error");
            json.WriteString("message", message);
            json.WriteNull("param");
            json.WriteNumber("sequence_number", sent);
        });
    }

    private static byte[] Whole(SandboxResponse response, string type, string status, int number) => Event(type, number, json =>
    {
        json.WritePropertyName("response");
        SandboxResponseWriter.Write(json, response, status);
    });

    private static byte[] Item(SandboxItem item, int index, bool isWhole, int number) => Event(isWhole ? "output_item.done" : "output_item.added", number, json =>
    {
        json.WriteNumber("output_index", index);
        json.WritePropertyName("item");
        item.Write(json, isWhole);
    });

    private static byte[] Event(string type, int number, Action<Utf8JsonWriter> write) => Named($"response.{type}", json =>
    {
        json.WriteNumber("sequence_number", number);
        write(json);
    });

    private static byte[] Named(string type, Action<Utf8JsonWriter> write) =>
    [
        .. Encoding.ASCII.GetBytes($"event: {type}\n"),
        .. SandboxAnswer.Event(SandboxAnswer.Bytes(json =>
        {
            json.WriteStartObject();
            json.WriteString("type", type);
            write(json);
            json.WriteEndObject();
        })),
    ];
}
