using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>What is asked for with pictures, generated or edited, as Google's formats see it.</summary>
/// <param name="Prompt">What they show.</param>
/// <param name="Images">The pictures to begin with; none for a generation.</param>
internal sealed record GeminiPictures(string Prompt, IReadOnlyList<ImageInput> Images)
{
    public int? N { get; private init; }

    public ImageSize? Size { get; private init; }

    public ImageOutputFormat? OutputFormat { get; private init; }

    public int? OutputCompression { get; private init; }

    public ImageInput? Mask { get; private init; }

    public Extra Extra { get; private init; }

    public static GeminiPictures Of(ImageGenerationRequest request, Warnings warnings)
    {
        GeminiBody.LeaveOut(warnings, ("quality", request.Quality is { Value: not "auto" }), ("style", request.Style is not null), ("background", request.Background is { Value: not "auto" }),
            ("moderation", request.Moderation is { Value: not "auto" }), ("user", request.User is not null));
        WarnOfAddress(request.ResponseFormat, warnings);
        return new(request.Prompt, []) { N = request.N, Size = request.Size, OutputFormat = request.OutputFormat, OutputCompression = request.OutputCompression, Extra = request.Extra };
    }

    public static GeminiPictures Of(ImageEditRequest request, Warnings warnings)
    {
        GeminiBody.LeaveOut(warnings, ("quality", request.Quality is { Value: not "auto" }), ("background", request.Background is { Value: not "auto" }), ("input_fidelity", request.InputFidelity is not null),
            ("moderation", request.Moderation is { Value: not "auto" }), ("user", request.User is not null));
        WarnOfAddress(request.ResponseFormat, warnings);
        return new(request.Prompt, request.Images)
        {
            N = request.N, Size = request.Size, OutputFormat = request.OutputFormat, OutputCompression = request.OutputCompression, Mask = request.Mask, Extra = request.Extra,
        };
    }

    /// <summary>The media type of the pictures that are asked for; null leaves it to the service.</summary>
    public string? MimeType => OutputFormat is { Value.Length: > 0 } format ? "image/" + format.Value : null;

    private static void WarnOfAddress(ImageResponseFormat? format, Warnings warnings)
    {
        if (format == ImageResponseFormat.Url) warnings.Add("response_format", "the pictures come in the reply itself: the service gives no addresses");
    }
}

/// <summary>A size in pixels as Google asks for one: by the sides' ratio and by one of a few sizes.</summary>
/// <param name="AspectRatio">The sides' ratio, <c>16:9</c>; null leaves it to the service.</param>
/// <param name="ImageSize">About how large, <c>2K</c>; null leaves it to the service.</param>
internal readonly record struct GeminiImageSize(string? AspectRatio, string? ImageSize)
{
    private const double Near = 0.03;

    /// <summary>What comes nearest to a size; what is not the same is told.</summary>
    /// <param name="size">The size; null or <c>auto</c> leaves it to the service.</param>
    /// <param name="ratios">The ratios that the model knows.</param>
    /// <param name="sizes">The sizes that the model knows, the usual one first; empty where there is no choice.</param>
    /// <param name="warnings">Takes what is not the same.</param>
    public static GeminiImageSize Of(ImageSize? size, ImmutableArray<string> ratios, ImmutableArray<string> sizes, Warnings warnings)
    {
        if (size is not { Value: { Length: > 0 } text } || text == "auto") return default;
        if (text.Contains(':', StringComparison.Ordinal)) return new(text, null);
        if (sizes.Contains(text, StringComparer.OrdinalIgnoreCase)) return new(null, text.ToUpperInvariant());
        if (text.Split('x', 'X') is not [var first, var second] || !int.TryParse(first, CultureInfo.InvariantCulture, out var width) || !int.TryParse(second, CultureInfo.InvariantCulture, out var height) || width <= 0 || height <= 0)
        {
            warnings.Add("size", $"left out: '{text}' is no size that the service has");
            return default;
        }
        var wanted = (double)width / height;
        var ratio = ratios.MinBy(one => Math.Abs(Math.Log(Value(one) / wanted)))!;
        var large = SizeOf(Math.Sqrt((double)width * height), sizes);
        if (Math.Abs(Value(ratio) / wanted - 1) > Near) warnings.Add("size", $"{text} is asked for as {ratio}, which is the nearest that the service has");
        return new(ratio, large);
    }

    /// <summary>The size whose side is nearest; null for the usual one, which is not asked for.</summary>
    private static string? SizeOf(double side, ImmutableArray<string> sizes)
    {
        if (sizes.Length < 2) return null;
        var nearest = sizes.MinBy(size => Math.Abs(Math.Log(Pixels(size) / side)))!;
        return nearest == sizes[0] ? null : nearest;
    }

    private static double Pixels(string size) => size.EndsWith('K') && double.TryParse(size[..^1], CultureInfo.InvariantCulture, out var thousands) ? thousands * 1024 : double.TryParse(size, CultureInfo.InvariantCulture, out var pixels) ? pixels : 1024;

    private static double Value(string ratio) => ratio.Split(':') is [var width, var height] ? double.Parse(width, CultureInfo.InvariantCulture) / double.Parse(height, CultureInfo.InvariantCulture) : 1;
}

/// <summary>Writes pictures that were given into a body. What is read while it is sent leaves a hole, of which the place is kept.</summary>
internal sealed class GeminiPictureWriter
{
    private readonly List<(long At, FileSource File)> _holes = [];

    /// <summary>Writes a picture's bytes as a member in base64.</summary>
    public void WriteData(Utf8JsonWriter json, string name, ImageInput image, CallContext context)
    {
        if (image.Source is { } file)
        {
            json.WriteString(name, "");
            _holes.Add((json.BytesCommitted + json.BytesPending - 1, file));
        }
        else json.WriteBase64String(name, DataOf(image, context).Bytes() ?? throw context.Refuse("image", "the picture's data URI is broken"));
    }

    /// <summary>A picture's media type.</summary>
    public static string TypeOf(ImageInput image, CallContext context) => image.Source is { } file ? file.ContentType ?? "image/png" : DataOf(image, context).MediaType;

    /// <summary>The call with the body as it was written, its holes to be filled while it is sent.</summary>
    public HttpCall Into(HttpCall call, byte[] body)
    {
        if (_holes.Count == 0) return call with { Body = body };
        var more = ImmutableArray.CreateBuilder<FileInJsonMore>();
        for (var i = 1; i < _holes.Count; i++) more.Add(new(_holes[i].File, Between(body, i)));
        return call with { FileInJson = new(body.AsMemory(0, (int)_holes[0].At), _holes[0].File, Between(body, 0)) { More = more.ToImmutable() } };
    }

    private ReadOnlyMemory<byte> Between(byte[] body, int hole)
    {
        var start = (int)_holes[hole].At;
        return hole + 1 < _holes.Count ? body.AsMemory(start..(int)_holes[hole + 1].At) : body.AsMemory(start);
    }

    private static DataUri DataOf(ImageInput image, CallContext context) => image.Url is { } url && DataUri.Read(url) is { } data ? data
        : throw context.Refuse("image", image.FileId is { } id ? $"the uploaded file '{id}' cannot be edited: send the picture itself" : "the service reads no addresses of pictures to edit: send the picture itself");
}
