using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Muxi.Llm.Tests;

/// <summary>Pictures as they cross the wire, written by hand after OpenAI's published schema.</summary>
internal static class ImageWire
{
    /// <summary>A real PNG: two by two red pixels, made with ffmpeg.</summary>
    public static readonly byte[] Png = Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAACXBIWXMAAAABAAAAAQBPJcTWAAAAEElEQVR4nGP4y8AARAwQCgAfrgP19hgqWQAAAABJRU5ErkJggg==");

    /// <summary>A real JPEG of the same.</summary>
    public static readonly byte[] Jpeg = Convert.FromBase64String("/9j/4AAQSkZJRgABAgAAAQABAAD//gAQTGF2YzU5LjM3LjEwMAD/2wBDAAgEBAQEBAUFBQUFBQYGBgYGBgYGBgYGBgYHBwcICAgHBwcGBgcHCAgICAkJCQgICAgJCQoKCgwMCwsODg4RERT/xABNAAEBAAAAAAAAAAAAAAAAAAAABgEBAQEAAAAAAAAAAAAAAAAAAAYHEAEAAAAAAAAAAAAAAAAAAAAAEQEAAAAAAAAAAAAAAAAAAAAA/8AAEQgAAgACAwESAAISAAMSAP/aAAwDAQACEQMRAD8AixKDfx//2Q==");

    public static string Base64 => Convert.ToBase64String(Png);

    public const string Usage = """{"total_tokens":100,"input_tokens":50,"output_tokens":50,"input_tokens_details":{"text_tokens":10,"image_tokens":40},"output_tokens_details":{"image_tokens":50,"text_tokens":0}}""";

    public static string Reply => $$"""{"created":1713833628,"data":[{"b64_json":"{{Base64}}"}],"background":"transparent","output_format":"png","size":"1024x1024","quality":"high","usage":{{Usage}}}""";

    public static string Partial(int index, string kind = "image_generation") => Event($"{kind}.partial_image", $$""","b64_json":"{{Base64}}","created_at":1620000000,"size":"1024x1024","quality":"high","background":"transparent","output_format":"png","partial_image_index":{{index}}""");

    public static string Completed(string kind = "image_generation") => Event($"{kind}.completed", $$""","b64_json":"{{Base64}}","created_at":1620000001,"size":"1024x1024","quality":"high","background":"transparent","output_format":"png","usage":{{Usage}}""");

    public static string Event(string type, string more) => $$"""
        event: {{type}}
        data: {"type":"{{type}}"{{more}}}


        """;

    /// <summary>A form's parts in order: name, file name, content type and content, read by other people's code.</summary>
    public static async Task<List<(string Name, string? FileName, string? ContentType, byte[] Content)>> PartsAsync(SeenRequest request)
    {
        var boundary = HeaderUtilities.RemoveQuotes(MediaTypeHeaderValue.Parse(request.Headers["Content-Type"]).Boundary).Value!;
        var reader = new MultipartReader(boundary, new MemoryStream(request.Body));
        var parts = new List<(string, string?, string?, byte[])>();
        while (await reader.ReadNextSectionAsync(TestContext.Current.CancellationToken) is { } section)
        {
            var disposition = ContentDispositionHeaderValue.Parse(section.ContentDisposition);
            using var content = new MemoryStream();
            await section.Body.CopyToAsync(content, TestContext.Current.CancellationToken);
            parts.Add((disposition.Name.Value!.Trim('"'), disposition.FileName.Value?.Trim('"'), section.ContentType, content.ToArray()));
        }
        return parts;
    }

    /// <summary>The fields of a form as text.</summary>
    public static async Task<List<string>> FieldsAsync(SeenRequest request) =>
        [.. (await PartsAsync(request)).Select(part => part.FileName is null ? $"{part.Name}={Encoding.UTF8.GetString(part.Content)}" : $"{part.Name}: {part.FileName} {part.ContentType} {part.Content.Length}")];
}
