using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Writes requests for pictures as JSON: for a service, or canonically, which is the same without anything dropped.</summary>
internal readonly ref struct ImageRequestWriter
{
    private readonly Utf8JsonWriter _json;
    private readonly Extra _extra;
    private readonly ImmutableArray<string> _drops;
    private readonly Warnings _warnings;

    private ImageRequestWriter(Utf8JsonWriter json, Extra extra, ImmutableArray<string> drops, Warnings warnings) => (_json, _extra, _drops, _warnings) = (json, extra, drops, warnings);

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
        Text("model"u8, model);
        Text("prompt"u8, request.Prompt);
        Number("n"u8, request.N);
        Text("size"u8, request.Size?.Value);
        Text("quality"u8, request.Quality?.Value);
        Text("style"u8, request.Style?.Value);
        Text("background"u8, request.Background?.Value);
        Text("output_format"u8, request.OutputFormat?.Value);
        Number("output_compression"u8, request.OutputCompression);
        Text("moderation"u8, request.Moderation?.Value);
        Text("response_format"u8, request.ResponseFormat?.Value);
        Number("partial_images"u8, request.PartialImages);
        Text("user"u8, request.User);
        End(stream);
    }

    private void Write(ImageEditRequest request, string model, bool? stream)
    {
        _json.WriteStartObject();
        Text("model"u8, model);
        if (!_extra.Holds("images"u8))
        {
            _json.WriteStartArray("images"u8);
            foreach (var image in request.Images) Write(image);
            _json.WriteEndArray();
        }
        if (request.Mask is { } mask && !Skips("mask"u8))
        {
            _json.WritePropertyName("mask"u8);
            Write(mask);
        }
        Text("prompt"u8, request.Prompt);
        Number("n"u8, request.N);
        Text("size"u8, request.Size?.Value);
        Text("quality"u8, request.Quality?.Value);
        Text("background"u8, request.Background?.Value);
        Text("input_fidelity"u8, request.InputFidelity?.Value);
        Text("output_format"u8, request.OutputFormat?.Value);
        Number("output_compression"u8, request.OutputCompression);
        Text("moderation"u8, request.Moderation?.Value);
        Text("response_format"u8, request.ResponseFormat?.Value);
        Number("partial_images"u8, request.PartialImages);
        Text("user"u8, request.User);
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

    private void Text(ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null && !Skips(name)) _json.WriteString(name, value);
    }

    private void Number(ReadOnlySpan<byte> name, int? value)
    {
        if (value is { } number && !Skips(name)) _json.WriteNumber(name, number);
    }

    private bool Skips(ReadOnlySpan<byte> name)
    {
        if (_extra.Holds(name)) return true;
        if (_drops.IsEmpty) return false;
        var text = Encoding.UTF8.GetString(name);
        if (!_drops.Contains(text)) return false;
        _warnings.Add(text, "left out: the service does not take it");
        return true;
    }
}
