using System.Text;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary><c>POST /images/generations</c>, <c>/images/edits</c> and <c>/images/variations</c>.</summary>
internal static class SandboxImages
{
    /// <summary>How coarse each unfinished picture is, from the last to the first.</summary>
    private static readonly int[] _blocks = [16, 32, 64];

    public static SandboxAnswer Generate(SandboxCall call) => Answer(SandboxImageRequest.Generation(SandboxFields.Of(call)), call.Now);

    public static SandboxAnswer Edit(SandboxCall call) => Answer(SandboxImageRequest.Edit(SandboxFields.Of(call)), call.Now);

    public static SandboxAnswer Vary(SandboxCall call) => Answer(SandboxImageRequest.Variation(SandboxFields.Of(call)) with { IsStreamed = false }, call.Now);

    /// <summary>The first picture of a request as a file.</summary>
    public static byte[] Whole(SandboxImageRequest request) => File(request, new SandboxPainter(request, 0).Paint(1));

    /// <summary>The first picture of a request while it is unfinished, as files.</summary>
    public static IEnumerable<byte[]> Partials(SandboxImageRequest request)
    {
        var painter = new SandboxPainter(request, 0);
        return Enumerable.Range(0, request.Partials).Select(partial => File(request, painter.Paint(_blocks[request.Partials - 1 - partial])));
    }

    private static SandboxAnswer Answer(SandboxImageRequest request, DateTimeOffset now)
    {
        var answer = request.IsStreamed
            ? new SandboxAnswer { MediaType = "text/event-stream", Pieces = Events(request, now.ToUnixTimeSeconds()) }
            : SandboxAnswer.Json(json => Write(json, request, now.ToUnixTimeSeconds()));
        return answer with { Model = request.Model, PromptTokens = SandboxTokens.Count(request.Prompt) };
    }

    private static void Write(Utf8JsonWriter json, SandboxImageRequest request, long now)
    {
        json.WriteStartObject();
        json.WriteNumber("created", now);
        json.WriteStartArray("data");
        for (var i = 0; i < request.N; i++)
        {
            var file = File(request, new SandboxPainter(request, i).Paint(1));
            json.WriteStartObject();
            if (request.AsUrl) json.WriteString("url", Media.DataUri(file, request.IsJpeg ? "image/jpeg" : "image/png"));
            else json.WriteBase64String("b64_json", file);
            json.WriteString("revised_prompt", $"A pattern by the muxi-llm sandbox, a simulator and not a model, for: {request.Prompt}");
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteString("background", request.IsTransparent ? "transparent" : "opaque");
        json.WriteString("output_format", request.IsJpeg ? "jpeg" : "png");
        // Of other sizes OpenAI's schema knows nothing.
        if (Size(request) is { } size) json.WriteString("size", size);
        json.WriteString("quality", request.Quality);
        Usage(json, request, Input(request), request.N);
        json.WriteEndObject();
    }

    private static IEnumerable<byte[]> Events(SandboxImageRequest request, long now)
    {
        var kind = request.Kind == "edit" ? "image_edit" : "image_generation";
        for (var i = 0; i < request.N; i++)
        {
            var painter = new SandboxPainter(request, i);
            for (var partial = 0; partial < request.Partials; partial++)
            {
                var shown = partial;
                yield return Event($"{kind}.partial_image", request, now, painter.Paint(_blocks[request.Partials - 1 - partial]), json => json.WriteNumber("partial_image_index", shown));
            }
            // The prompt is counted once, so that the events' usage adds up to the whole reply's.
            var input = i == 0 ? Input(request) : (0, 0);
            yield return Event($"{kind}.completed", request, now, painter.Paint(1), json => Usage(json, request, input, 1));
        }
    }

    private static byte[] Event(string type, SandboxImageRequest request, long now, SandboxPicture picture, Action<Utf8JsonWriter> more)
    {
        var data = SandboxAnswer.Bytes(json =>
        {
            json.WriteStartObject();
            json.WriteString("type", type);
            json.WriteBase64String("b64_json", File(request, picture));
            json.WriteNumber("created_at", now);
            json.WriteString("size", Size(request) ?? "auto");
            json.WriteString("quality", request.Quality);
            json.WriteString("background", request.IsTransparent ? "transparent" : "opaque");
            json.WriteString("output_format", request.IsJpeg ? "jpeg" : "png");
            more(json);
            json.WriteEndObject();
        });
        return [.. Encoding.ASCII.GetBytes($"event: {type}\n"), .. SandboxAnswer.Event(data)];
    }

    private static byte[] File(SandboxImageRequest request, SandboxPicture picture) => request.IsJpeg ? SandboxJpeg.Write(picture) : SandboxPng.Write(picture, request.IsTransparent);

    private static string? Size(SandboxImageRequest request) => (request.Width, request.Height) switch
    {
        (1024, 1024) => "1024x1024",
        (1024, 1536) => "1024x1536",
        (1536, 1024) => "1536x1024",
        _ => null,
    };

    private static (int Text, int Images) Input(SandboxImageRequest request) => (SandboxTokens.Count(request.Prompt), SandboxTokens.PerImage * (request.Inputs.Count + (request.Mask is null ? 0 : 1)));

    private static void Usage(Utf8JsonWriter json, SandboxImageRequest request, (int Text, int Images) input, int pictures)
    {
        // As many as OpenAI's models count for a square of 1024, and in proportion for others.
        var each = (long)request.Width * request.Height * (request.Quality switch { "low" => 272, "high" => 4160, _ => 1056 }) / (1024 * 1024);
        var output = each * pictures;
        json.WriteStartObject("usage");
        json.WriteNumber("input_tokens", input.Text + input.Images);
        json.WriteNumber("output_tokens", output);
        json.WriteNumber("total_tokens", input.Text + input.Images + output);
        json.WriteStartObject("input_tokens_details");
        json.WriteNumber("text_tokens", input.Text);
        json.WriteNumber("image_tokens", input.Images);
        json.WriteEndObject();
        json.WriteStartObject("output_tokens_details");
        json.WriteNumber("text_tokens", 0);
        json.WriteNumber("image_tokens", output);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
