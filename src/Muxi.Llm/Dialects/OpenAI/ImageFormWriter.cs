using System.Collections.Immutable;
using System.Text;

namespace Muxi.Llm;

/// <summary>Requests for pictures that bring files, as forms. Fields come before files, so that a server knows what to do with these when they arrive.</summary>
internal static class ImageFormWriter
{
    public static HttpCall Render(string path, ImageEditRequest request, ImmutableArray<string> drops, string model, bool stream)
    {
        var fields = new Fields(request.Extra, drops)
            .Add("model", model).Add("prompt", request.Prompt).Add("n", request.N).Add("size", request.Size?.Value).Add("quality", request.Quality?.Value)
            .Add("background", request.Background?.Value).Add("input_fidelity", request.InputFidelity?.Value).Add("output_format", request.OutputFormat?.Value)
            .Add("output_compression", request.OutputCompression).Add("moderation", request.Moderation?.Value).Add("response_format", request.ResponseFormat?.Value)
            .Add("partial_images", request.PartialImages).Add("user", request.User);
        var form = fields.With(stream);
        // One picture has the name that older servers know; several are a list, as OpenAI's clients write it.
        var name = request.Images.Count == 1 ? "image" : "image[]";
        foreach (var image in request.Images) form = form.With(name, image.Source);
        return new(HttpMethod.Post, path) { Form = form.With("mask", request.Mask?.Source), Warnings = fields.Warnings.Given };
    }

    public static HttpCall Render(string path, ImageVariationRequest request, ImmutableArray<string> drops, string model)
    {
        var fields = new Fields(request.Extra, drops)
            .Add("model", model).Add("n", request.N).Add("size", request.Size?.Value).Add("response_format", request.ResponseFormat?.Value).Add("user", request.User);
        return new(HttpMethod.Post, path) { Form = fields.With(stream: false).With("image", request.Image), Warnings = fields.Warnings.Given };
    }

    private sealed class Fields(Extra extra, ImmutableArray<string> drops)
    {
        private Form _form = Form.Empty;

        public Warnings Warnings { get; } = new();

        public Fields Add(string name, string? value)
        {
            if (value is null || extra.Holds(Encoding.UTF8.GetBytes(name))) return this;
            if (drops.Contains(name)) Warnings.Add(name, "left out: the service does not take it");
            else _form = _form.With(name, value);
            return this;
        }

        public Fields Add(string name, int? value) => Add(name, value?.ToString(System.Globalization.CultureInfo.InvariantCulture));

        /// <summary>All fields: the method that is called decides about the stream.</summary>
        public Form With(bool stream) => _form.With("stream", stream ? true : null).With(extra.Without("stream"));
    }
}
