namespace Muxi.Llm;

/// <summary>Models' names in paths. Whoever asks may choose the name, and no more of the service's address than that.</summary>
internal static class ModelPath
{
    /// <summary>A name as one part of a path.</summary>
    /// <exception cref="BadRequestException">It would lead to another path.</exception>
    public static string Segment(string model) => IsElsewhere(model) ? throw Refusal(model) : Uri.EscapeDataString(model);

    /// <summary>A name as parts of a path: its slashes stay, whatever else could mean something there does not.</summary>
    /// <exception cref="BadRequestException">It would lead to another path.</exception>
    public static string Segments(string model)
    {
        var parts = model.Split('/');
        for (var i = 0; i < parts.Length; i++) parts[i] = IsElsewhere(parts[i]) ? throw Refusal(model) : Uri.EscapeDataString(parts[i]);
        return string.Join('/', parts);
    }

    private static bool IsElsewhere(string part) => part is "." or "..";

    private static BadRequestException Refusal(string model) => Wrong.Request("model", $"'{model}' cannot be a model's name: a part between its slashes is made of dots", null, model);
}
