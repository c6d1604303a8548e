using System.Collections.Immutable;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Writes requests for pictures as JSON: for a service, or canonically, which is the same without anything dropped.</summary>
internal readonly ref struct ImageRequestWriter
{
    private readonly Utf8JsonWriter _json;
    private readonly Extra _extra;
    private readonly MemberWriter _members;

    private ImageRequestWriter(Utf8JsonWriter json, Extra extra, ImmutableArray<string> drops, Warnings warnings)
    {
        (_json, _extra) = (json, extra);
        _members = new(json, extra, drops, warnings);
    }

    public static void WriteCanonical(Utf8JsonWriter json, ImageGenerationRequest request) => new ImageRequestWriter(json, request.Extra, [], new()).Write(request, request.Model, request.Stream);

    public static void WriteCanonical(Utf8JsonWriter json, ImageEditRequest request) => new ImageRequestWriter(json, request.Extra, [], new()).Write(request, request.Model, request.Stream);

    public static HttpCall Render(string path, ImageGenerationRequest request, ImmutableArray<string> drops, string model, bool stream)
    {
        var warnings = new Warnings();
        var body = JsonOut.ToUtf8((request, drops, model, stream, warnings), static (json, it) =>
            new ImageRequestWriter(json, it.request.Extra, it.drops, it.warnings).Write(it.request, it.model, it.stream ? true : null));
        return new(HttpMethod.Post, path) { Body = body, Warnings = warnings.Given };
    }

    public static HttpCall Render(string path, ImageEditRequest request, ImmutableArray<string> drops, string model, bool stream)
    {
        var warnings = new Warnings();
        var body = JsonOut.ToUtf8((request, drops, model, stream, warnings), static (json, it) =>
            new ImageRequestWriter(json, it.request.Extra, it.drops, it.warnings).Write(it.request, it.model, it.stream ? true : null));
        return new(HttpMethod.Post, path) { Body = body, Warnings = warnings.Given };
    }

    private void Write(ImageGenerationRequest request, string model, bool? stream)
    {
        _json.WriteStartObject();
        _members.Text("model"u8, model);
        _members.Text("prompt"u8, request.Prompt);
        _members.Number("n"u8, request.N);
        _members.Text("size"u8, request.Size?.Value);
        _members.Text("quality"u8, request.Quality?.Value);
        _members.Text("style"u8, request.Style?.Value);
        _members.Text("background"u8, request.Background?.Value);
        _members.Text("output_format"u8, request.OutputFormat?.Value);
        _members.Number("output_compression"u8, request.OutputCompression);
        _members.Text("moderation"u8, request.Moderation?.Value);
        _members.Text("response_format"u8, request.ResponseFormat?.Value);
        _members.Number("partial_images"u8, request.PartialImages);
        _members.Text("user"u8, request.User);
        End(stream);
    }

    private void Write(ImageEditRequest request, string model, bool? stream)
    {
        _json.WriteStartObject();
        _members.Text("model"u8, model);
        if (!_members.Overrides("images"u8))
        {
            _json.WriteStartArray("images"u8);
            foreach (var image in request.Images) Write(image);
            _json.WriteEndArray();
        }
        if (request.Mask is { } mask && !_members.Skips("mask"u8))
        {
            _json.WritePropertyName("mask"u8);
            Write(mask);
        }
        _members.Text("prompt"u8, request.Prompt);
        _members.Number("n"u8, request.N);
        _members.Text("size"u8, request.Size?.Value);
        _members.Text("quality"u8, request.Quality?.Value);
        _members.Text("background"u8, request.Background?.Value);
        _members.Text("input_fidelity"u8, request.InputFidelity?.Value);
        _members.Text("output_format"u8, request.OutputFormat?.Value);
        _members.Number("output_compression"u8, request.OutputCompression);
        _members.Text("moderation"u8, request.Moderation?.Value);
        _members.Text("response_format"u8, request.ResponseFormat?.Value);
        _members.Number("partial_images"u8, request.PartialImages);
        _members.Text("user"u8, request.User);
        End(stream);
    }

    private void Write(ImageInput image)
    {
        _json.WriteStartObject();
        if (image.Url is { } url) _json.WriteString("image_url"u8, url);
        else if (image.FileId is { } id) _json.WriteString("file_id"u8, id);
        else throw new InvalidOperationException($"The file '{image.Source!.Filename}' has no JSON form: name the picture by an address, a data URI or an id.");
        _json.WriteEndObject();
    }

    /// <summary>The method that is called decides how the reply is read, so no extra member goes before it.</summary>
    private void End(bool? stream)
    {
        if (stream is { } flag) _json.WriteBoolean("stream"u8, flag);
        _extra.WriteMembers(_json, except: "stream"u8);
        _json.WriteEndObject();
    }
}
