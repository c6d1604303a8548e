namespace Muxi.Llm;

/// <summary>How large a picture is: <c>WIDTHxHEIGHT</c> in pixels, or <c>auto</c>. Which sizes there are is the model's matter.</summary>
/// <param name="Value">The word as it is on the wire.</param>
public readonly record struct ImageSize(string Value)
{
    /// <summary>As the model sees fit.</summary>
    public static ImageSize Auto => new("auto");
    /// <summary>256 by 256 pixels.</summary>
    public static ImageSize Square256 => new("256x256");
    /// <summary>512 by 512 pixels.</summary>
    public static ImageSize Square512 => new("512x512");
    /// <summary>1024 by 1024 pixels.</summary>
    public static ImageSize Square1024 => new("1024x1024");
    /// <summary>1536 by 1024 pixels.</summary>
    public static ImageSize Landscape => new("1536x1024");
    /// <summary>1024 by 1536 pixels.</summary>
    public static ImageSize Portrait => new("1024x1536");

    /// <summary>The word as it is on the wire.</summary>
    public static implicit operator ImageSize(string value) => new(value);
    /// <summary>The word as it is on the wire.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>How good a picture is, and how dear.</summary>
/// <param name="Value">The word as it is on the wire.</param>
public readonly record struct ImageQuality(string Value)
{
    /// <summary>As the model sees fit.</summary>
    public static ImageQuality Auto => new("auto");
    /// <summary>The fastest and cheapest of the GPT image models.</summary>
    public static ImageQuality Low => new("low");
    /// <summary>Between the two.</summary>
    public static ImageQuality Medium => new("medium");
    /// <summary>The best of the GPT image models.</summary>
    public static ImageQuality High => new("high");
    /// <summary>The usual quality of DALL-E.</summary>
    public static ImageQuality Standard => new("standard");
    /// <summary>The better quality of DALL-E 3.</summary>
    public static ImageQuality HD => new("hd");

    /// <summary>The word as it is on the wire.</summary>
    public static implicit operator ImageQuality(string value) => new(value);
    /// <summary>The word as it is on the wire.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>The look of DALL-E 3's pictures.</summary>
/// <param name="Value">The word as it is on the wire.</param>
public readonly record struct ImageStyle(string Value)
{
    /// <summary>Dramatic and more than real.</summary>
    public static ImageStyle Vivid => new("vivid");
    /// <summary>As things are.</summary>
    public static ImageStyle Natural => new("natural");

    /// <summary>The word as it is on the wire.</summary>
    public static implicit operator ImageStyle(string value) => new(value);
    /// <summary>The word as it is on the wire.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>What is behind the things in a picture.</summary>
/// <param name="Value">The word as it is on the wire.</param>
public readonly record struct ImageBackground(string Value)
{
    /// <summary>As the model sees fit.</summary>
    public static ImageBackground Auto => new("auto");
    /// <summary>Nothing: the format must know transparency (PNG, WebP).</summary>
    public static ImageBackground Transparent => new("transparent");
    /// <summary>Something, wherever nothing else is.</summary>
    public static ImageBackground Opaque => new("opaque");

    /// <summary>The word as it is on the wire.</summary>
    public static implicit operator ImageBackground(string value) => new(value);
    /// <summary>The word as it is on the wire.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>The file format of a picture.</summary>
/// <param name="Value">The word as it is on the wire.</param>
public readonly record struct ImageOutputFormat(string Value)
{
    /// <summary>PNG, without loss.</summary>
    public static ImageOutputFormat Png => new("png");
    /// <summary>JPEG, smaller, without transparency.</summary>
    public static ImageOutputFormat Jpeg => new("jpeg");
    /// <summary>WebP, with loss or without.</summary>
    public static ImageOutputFormat Webp => new("webp");

    /// <summary>The word as it is on the wire.</summary>
    public static implicit operator ImageOutputFormat(string value) => new(value);
    /// <summary>The word as it is on the wire.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>How strictly the GPT image models' filter looks.</summary>
/// <param name="Value">The word as it is on the wire.</param>
public readonly record struct ImageModeration(string Value)
{
    /// <summary>As is usual.</summary>
    public static ImageModeration Auto => new("auto");
    /// <summary>Less strictly than is usual.</summary>
    public static ImageModeration Low => new("low");

    /// <summary>The word as it is on the wire.</summary>
    public static implicit operator ImageModeration(string value) => new(value);
    /// <summary>The word as it is on the wire.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>How a picture comes.</summary>
/// <param name="Value">The word as it is on the wire.</param>
public readonly record struct ImageResponseFormat(string Value)
{
    /// <summary>As an address, which at OpenAI holds for an hour.</summary>
    public static ImageResponseFormat Url => new("url");
    /// <summary>In the reply itself.</summary>
    public static ImageResponseFormat B64Json => new("b64_json");

    /// <summary>The word as it is on the wire.</summary>
    public static implicit operator ImageResponseFormat(string value) => new(value);
    /// <summary>The word as it is on the wire.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>How closely an edit keeps to the picture that it begins with, faces above all.</summary>
/// <param name="Value">The word as it is on the wire.</param>
public readonly record struct InputFidelity(string Value)
{
    /// <summary>As closely as can be.</summary>
    public static InputFidelity High => new("high");
    /// <summary>More freely, as the models did before.</summary>
    public static InputFidelity Low => new("low");

    /// <summary>The word as it is on the wire.</summary>
    public static implicit operator InputFidelity(string value) => new(value);
    /// <summary>The word as it is on the wire.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>What an event of a streamed picture is.</summary>
/// <param name="Value">The word as it is on the wire.</param>
public readonly record struct ImageEventType(string Value)
{
    /// <summary>A picture that is still being made.</summary>
    public static ImageEventType GenerationPartial => new("image_generation.partial_image");
    /// <summary>A picture that is done, with what it took.</summary>
    public static ImageEventType GenerationCompleted => new("image_generation.completed");
    /// <summary>An edit that is still being made.</summary>
    public static ImageEventType EditPartial => new("image_edit.partial_image");
    /// <summary>An edit that is done, with what it took.</summary>
    public static ImageEventType EditCompleted => new("image_edit.completed");

    /// <summary>The word as it is on the wire.</summary>
    public static implicit operator ImageEventType(string value) => new(value);
    /// <summary>The word as it is on the wire.</summary>
    public override string ToString() => Value ?? "";
}
