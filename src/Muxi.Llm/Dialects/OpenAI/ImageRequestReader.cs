using System.Text.Json;
using static Muxi.Llm.RequestReading;

namespace Muxi.Llm;

/// <summary>Reads requests for pictures in OpenAI's JSON form: strict about shapes, open for members that it does not know.</summary>
internal static class ImageRequestReader
{
    private const string Kind = "A request for pictures";

    public static ImageGenerationRequest ReadGeneration(ReadOnlySpan<byte> utf8)
    {
        utf8 = JsonReading.WithoutMark(utf8);
        var reader = Begin(utf8, Kind);
        string? model = null, prompt = null;
        var request = new ImageGenerationRequest { Model = "", Prompt = "" };
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("model"u8)) model = Text(ref reader, "model");
            else if (reader.Is("prompt"u8)) prompt = Text(ref reader, "prompt");
            else if (reader.Is("n"u8)) request = request with { N = Whole(ref reader, "n") };
            else if (reader.Is("size"u8)) request = request with { Size = Word(ref reader, "size", static word => new ImageSize(word)) };
            else if (reader.Is("quality"u8)) request = request with { Quality = Word(ref reader, "quality", static word => new ImageQuality(word)) };
            else if (reader.Is("style"u8)) request = request with { Style = Word(ref reader, "style", static word => new ImageStyle(word)) };
            else if (reader.Is("background"u8)) request = request with { Background = Word(ref reader, "background", static word => new ImageBackground(word)) };
            else if (reader.Is("output_format"u8)) request = request with { OutputFormat = Word(ref reader, "output_format", static word => new ImageOutputFormat(word)) };
            else if (reader.Is("output_compression"u8)) request = request with { OutputCompression = Whole(ref reader, "output_compression") };
            else if (reader.Is("moderation"u8)) request = request with { Moderation = Word(ref reader, "moderation", static word => new ImageModeration(word)) };
            else if (reader.Is("response_format"u8)) request = request with { ResponseFormat = Word(ref reader, "response_format", static word => new ImageResponseFormat(word)) };
            else if (reader.Is("partial_images"u8)) request = request with { PartialImages = Whole(ref reader, "partial_images") };
            else if (reader.Is("stream"u8)) request = request with { Stream = Flag(ref reader, "stream") };
            else if (reader.Is("user"u8)) request = request with { User = Text(ref reader, "user") };
            else extra.Take(ref reader, utf8);
        }
        // What stands behind the object is an error of the reader's own.
        reader.Read();
        return request with { Model = Needed(model, "model"), Prompt = Needed(prompt, "prompt"), Extra = extra.ToExtra() };
    }

    public static ImageEditRequest ReadEdit(ReadOnlySpan<byte> utf8)
    {
        utf8 = JsonReading.WithoutMark(utf8);
        var reader = Begin(utf8, Kind);
        string? model = null, prompt = null;
        List<ImageInput>? images = null;
        var request = new ImageEditRequest { Model = "", Prompt = "", Images = [] };
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("model"u8)) model = Text(ref reader, "model");
            else if (reader.Is("prompt"u8)) prompt = Text(ref reader, "prompt");
            else if (reader.Is("images"u8)) images = Images(ref reader);
            else if (reader.Is("mask"u8)) request = request with { Mask = Enter(ref reader, "mask") ? Reference(ref reader, "mask") : null };
            else if (reader.Is("n"u8)) request = request with { N = Whole(ref reader, "n") };
            else if (reader.Is("size"u8)) request = request with { Size = Word(ref reader, "size", static word => new ImageSize(word)) };
            else if (reader.Is("quality"u8)) request = request with { Quality = Word(ref reader, "quality", static word => new ImageQuality(word)) };
            else if (reader.Is("background"u8)) request = request with { Background = Word(ref reader, "background", static word => new ImageBackground(word)) };
            else if (reader.Is("input_fidelity"u8)) request = request with { InputFidelity = Word(ref reader, "input_fidelity", static word => new InputFidelity(word)) };
            else if (reader.Is("output_format"u8)) request = request with { OutputFormat = Word(ref reader, "output_format", static word => new ImageOutputFormat(word)) };
            else if (reader.Is("output_compression"u8)) request = request with { OutputCompression = Whole(ref reader, "output_compression") };
            else if (reader.Is("moderation"u8)) request = request with { Moderation = Word(ref reader, "moderation", static word => new ImageModeration(word)) };
            else if (reader.Is("response_format"u8)) request = request with { ResponseFormat = Word(ref reader, "response_format", static word => new ImageResponseFormat(word)) };
            else if (reader.Is("partial_images"u8)) request = request with { PartialImages = Whole(ref reader, "partial_images") };
            else if (reader.Is("stream"u8)) request = request with { Stream = Flag(ref reader, "stream") };
            else if (reader.Is("user"u8)) request = request with { User = Text(ref reader, "user") };
            else extra.Take(ref reader, utf8);
        }
        reader.Read();
        return request with { Model = Needed(model, "model"), Prompt = Needed(prompt, "prompt"), Images = images ?? throw Missing(Kind, "images"), Extra = extra.ToExtra() };
    }

    private static List<ImageInput> Images(ref Utf8JsonReader reader)
    {
        if (!reader.EnterArray()) throw Wrong("images", "a list of objects");
        var images = new List<ImageInput>();
        while (reader.NextItem())
        {
            if (reader.TokenType != JsonTokenType.StartObject) throw Wrong("images", "a list of objects");
            images.Add(Reference(ref reader, $"images[{images.Count}]"));
        }
        return images;
    }

    private static ImageInput Reference(ref Utf8JsonReader reader, string at)
    {
        string? url = null, id = null;
        while (reader.NextMember())
        {
            if (reader.Is("image_url"u8)) url = Text(ref reader, at + ".image_url");
            else if (reader.Is("file_id"u8)) id = Text(ref reader, at + ".file_id");
            else throw new JsonException($"'{at}' knows 'image_url' and 'file_id' only.", at, null, null);
        }
        if (url is { Length: > 0 } && id is null) return ImageInput.FromUrl(url);
        return id is { Length: > 0 } && url is null ? ImageInput.FromId(id) : throw new JsonException($"'{at}' needs either 'image_url' or 'file_id'.", at, null, null);
    }

    private static T? Word<T>(ref Utf8JsonReader reader, string name, Func<string, T> make) where T : struct => Text(ref reader, name) is { } word ? make(word) : null;

    private static string Needed(string? value, string name) => value is { Length: > 0 } ? value : throw Missing(Kind, name);
}
