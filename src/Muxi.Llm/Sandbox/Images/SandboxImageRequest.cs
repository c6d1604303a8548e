using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Muxi.Llm;

/// <summary>A checked request for pictures.</summary>
internal sealed record SandboxImageRequest
{
    private const int Least = 16, MostWide = 3840, MostPixels = 3840 * 2160, Unset = 1024;

    public required string Model { get; init; }
    public required string Prompt { get; init; }
    public required string Kind { get; init; }
    public int N { get; init; } = 1;
    public int Width { get; init; } = Unset;
    public int Height { get; init; } = Unset;
    public string Quality { get; init; } = "medium";
    public bool IsTransparent { get; init; }
    public bool IsJpeg { get; init; }
    public bool AsUrl { get; init; }
    public bool IsStreamed { get; init; }
    public int Partials { get; init; }

    /// <summary>The pictures to begin with.</summary>
    public IReadOnlyList<SandboxPicture> Inputs { get; init; } = [];

    /// <summary>Where the first of them may be changed.</summary>
    public SandboxPicture? Mask { get; init; }

    public static SandboxImageRequest Generation(SandboxFields fields) => Read(fields, "generation");

    /// <summary>The picture that a model makes with its tool.</summary>
    /// <param name="tool">The tool's settings, which are those of a generation.</param>
    /// <param name="prompt">What is to be seen.</param>
    public static SandboxImageRequest Wished(JsonElement tool, string prompt)
    {
        var fields = JsonObject.Create(tool.Clone())!;
        fields["prompt"] = prompt;
        fields["model"] ??= "image";
        return Read(SandboxFields.Of(JsonElement.Parse(fields.ToJsonString())), "generation");
    }

    public static SandboxImageRequest Edit(SandboxFields fields)
    {
        var inputs = fields.Form is { } form ? Files(form) : References(fields.Json.Get("images"));
        if (inputs.Count == 0) throw SandboxChatReader.Missing(fields.Form is null ? "images" : "image");
        if (inputs.Count > 16) throw new SandboxRefusal("Invalid 'image': at most 16 pictures are taken.", "image", "array_above_max_length");
        var mask = fields.Form is { } sent ? sent.Files("mask") is [var file, ..] ? Picture("mask", file.Content) : null
            : fields.Json.Get("mask") is { } named ? Reference(named, "mask") : null;
        if (mask is { Pixels: not null } && inputs[0].Pixels is not null && (mask.Width, mask.Height) != (inputs[0].Width, inputs[0].Height))
            throw new SandboxRefusal($"Invalid mask: it is {mask.Width}x{mask.Height} and the picture {inputs[0].Width}x{inputs[0].Height}; they must be of one size.", "mask", "invalid_image");
        return Read(fields, "edit") with { Inputs = inputs, Mask = mask };
    }

    public static SandboxImageRequest Variation(SandboxFields fields)
    {
        if (fields.Form is not { } form) throw new SandboxRefusal("The body must be multipart/form-data with a boundary.", null, null);
        if (form.Files("image") is not [var file, ..]) throw SandboxChatReader.Missing("image");
        var picture = Picture("image", file.Content);
        if (picture.Width != picture.Height) throw new SandboxRefusal($"Invalid image: it is {picture.Width}x{picture.Height} and must be square.", "image", "invalid_image");
        return Read(fields, "variation") with { Inputs = [picture] };
    }

    private static SandboxImageRequest Read(SandboxFields fields, string kind)
    {
        var prompt = kind == "variation" ? "" : fields.Needed("prompt");
        if (prompt.Length == 0 && kind != "variation") throw new SandboxRefusal("Invalid 'prompt': empty string. Say what the picture shows.", "prompt", "empty_string");
        if (prompt.Length > 32_000) throw new SandboxRefusal("Invalid 'prompt': at most 32000 characters are taken.", "prompt", "string_above_max_length");
        var (width, height) = Size(fields.Text("size"));
        var background = fields.Word("background", "transparent", "opaque", "auto");
        var format = fields.Word("output_format", "png", "jpeg", "webp") ?? "png";
        // WebP needs a coder that is larger than what it would show.
        if (format == "webp") throw new SandboxRefusal("The sandbox makes png and jpeg, not webp.", "output_format", "unsupported_value");
        if (background == "transparent" && format == "jpeg") throw new SandboxRefusal("Transparent background is not supported for jpeg.", "background", "invalid_value");
        fields.Integer("output_compression", 0, 100);
        fields.Word("moderation", "low", "auto");
        fields.Word("input_fidelity", "high", "low");
        fields.Word("style", "vivid", "natural");
        var streams = fields.Flag("stream") ?? false;
        return new()
        {
            Model = fields.Text("model") is { Length: > 0 } model ? model : throw SandboxChatReader.Missing("model"),
            Prompt = prompt, Kind = kind, N = fields.Integer("n", 1, 10) ?? 1, Width = width, Height = height,
            Quality = fields.Word("quality", "low", "medium", "high", "auto", "standard", "hd") switch { "low" => "low", "high" or "hd" => "high", _ => "medium" },
            IsTransparent = background == "transparent", IsJpeg = format == "jpeg", AsUrl = fields.Word("response_format", "url", "b64_json") == "url",
            IsStreamed = streams, Partials = fields.Integer("partial_images", 0, 3) ?? 0,
        };
    }

    private static (int Width, int Height) Size(string? size)
    {
        if (size is null or "auto") return (Unset, Unset);
        if (size.Split('x') is not [var wide, var high] || !int.TryParse(wide, NumberStyles.None, CultureInfo.InvariantCulture, out var width) || !int.TryParse(high, NumberStyles.None, CultureInfo.InvariantCulture, out var height))
            throw Wrong(size, "Write WIDTHxHEIGHT or auto.");
        if (width % 16 != 0 || height % 16 != 0) throw Wrong(size, "Width and height must both be divisible by 16.");
        if (Math.Min(width, height) < Least || Math.Max(width, height) > MostWide || (long)width * height > MostPixels) throw Wrong(size, $"At least {Least}x{Least} and at most 3840x2160 are made.");
        return Math.Max(width, height) > 3 * Math.Min(width, height) ? throw Wrong(size, "The aspect ratio must be between 1:3 and 3:1.") : (width, height);
    }

    private static SandboxRefusal Wrong(string size, string why) => new($"Invalid size '{size}'. {why}", "size", "invalid_value");

    private static List<SandboxPicture> Files(SandboxForm form) => [.. form.Files("image").Select(file => Picture("image", file.Content))];

    private static List<SandboxPicture> References(JsonElement? images) => [.. images.Items().Select((image, index) => Reference(image, $"images[{index}]"))];

    private static SandboxPicture Reference(JsonElement image, string at)
    {
        var (url, id) = (image.Text("image_url"), image.Text("file_id"));
        if ((url is null) == (id is null)) throw new SandboxRefusal($"Invalid '{at}': it needs either 'image_url' or 'file_id'.", at, "invalid_value");
        // The sandbox has no network and no files: what it cannot see it stands a coloured tile for.
        if (url is null || DataUri.Read(url) is not { } data) return SandboxPicture.Unseen(url ?? id!);
        return Picture(at, data.Bytes() ?? throw new SandboxRefusal($"Invalid '{at}.image_url': its base64 is broken.", at, "invalid_base64"));
    }

    private static SandboxPicture Picture(string param, ReadOnlyMemory<byte> bytes)
    {
        if (Media.TypeOf(bytes.Span)?.StartsWith("image/", StringComparison.Ordinal) != true)
            throw new SandboxRefusal($"Invalid '{param}': the file is no picture. PNG, JPEG and WebP are taken.", param, "invalid_image_file");
        return SandboxPng.Read(bytes.Span) ?? SandboxPicture.Unseen(Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(bytes.Span)));
    }
}
