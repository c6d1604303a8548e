using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Models that count alike. Numbers are tokens, or factors on the tokens of a text.</summary>
internal sealed record TokenFamily(string Name, Patterns Models)
{
    /// <summary>What each request costs: the opening of the answer, a default instruction of the service's own.</summary>
    public double Base { get; private init; }

    /// <summary>What frames each message, its role included.</summary>
    public double Message { get; private init; }

    /// <summary>What frames an assistant's message besides.</summary>
    public double Assistant { get; private init; }

    /// <summary>What a message's name costs beside its own tokens.</summary>
    public double Speaker { get; private init; }

    /// <summary>What a request costs besides that lets the model think.</summary>
    public double Thinking { get; private init; }

    /// <summary>The model's tokens for one of the encoding's.</summary>
    public double Factor { get; private init; }

    public bool IsExact { get; private init; }

    public TokenForm Chat { get; private init; } = null!;

    /// <summary>The same on the way over the Responses API, where that is another.</summary>
    public TokenForm? Responses { get; private init; }

    public PictureRule Pictures { get; private init; } = null!;

    /// <summary>The models of it that have other pictures.</summary>
    public (Patterns Models, PictureRule Rule)[] PicturesOf { get; private init; } = [];

    /// <summary>A page of a document: its text and its picture.</summary>
    public double Page { get; private init; }

    /// <summary>What frames a document whose text is counted.</summary>
    public double Document { get; private init; }

    /// <summary>The tokens of a second of sound.</summary>
    public double Sound { get; private init; }

    public TokenBands Bands { get; private init; } = null!;

    public static TokenFamily Read(JsonElement json, Dictionary<string, PictureRule> pictures) => new(json.GetProperty("name").GetString()!, new(json.GetProperty("models")))
    {
        Base = TokenForm.Number(json, "base"),
        Message = TokenForm.Number(json, "message"),
        Assistant = TokenForm.Number(json, "assistant"),
        Speaker = TokenForm.Number(json, "speaker"),
        Thinking = TokenForm.Number(json, "thinking"),
        Factor = TokenForm.Number(json, "factor", 1),
        IsExact = TokenForm.Flag(json, "exact"),
        Chat = TokenForm.Read(json.GetProperty("chat")),
        Responses = json.TryGetProperty("responses", out var responses) ? TokenForm.Read(responses) : null,
        Pictures = pictures[json.TryGetProperty("pictures", out var rule) ? rule.GetString()! : "area"],
        PicturesOf = json.TryGetProperty("pictures_of", out var of) ? [.. of.EnumerateObject().Select(one => (new Patterns(one.Name), pictures[one.Value.GetString()!]))] : [],
        Page = TokenForm.Number(json, "page", 1000),
        Document = TokenForm.Number(json, "document"),
        Sound = TokenForm.Number(json, "sound", 10),
        Bands = new(TokenForm.Number(json.GetProperty("bands"), "text"), TokenForm.Number(json.GetProperty("bands"), "tools"), TokenForm.Number(json.GetProperty("bands"), "media")),
    };
}

/// <summary>How far estimates may be off, as fractions: of plain text, with tools or a format for the answer, with pictures, sound or documents.</summary>
internal sealed record TokenBands(double Text, double Tools, double Media);

/// <summary>What tools and formats cost.</summary>
internal sealed record TokenForm
{
    /// <summary>What tools cost beside their definitions.</summary>
    public double Tools { get; private init; }

    /// <summary>What they cost besides where there is not exactly one message of instructions to stand in.</summary>
    public double Alone { get; private init; }

    /// <summary>What they cost besides where the history has results of theirs.</summary>
    public double Results { get; private init; }

    /// <summary>Whether the model is told of none where it may call none.</summary>
    public bool AreHiddenByNone { get; private init; }

    /// <summary>The tokens for one of a definition's JSON; null where definitions are written as TypeScript declarations.</summary>
    public double? Schema { get; private init; }

    /// <summary>What frames a turn's only call and its result, beside the name (twice), the arguments and the result.</summary>
    public double Call { get; private init; }

    /// <summary>What frames several calls of one turn, and each of them.</summary>
    public double Several { get; private init; }

    public double Each { get; private init; }

    /// <summary>What a schema for the answer costs beside its text.</summary>
    public double Format { get; private init; }

    public double FormatAlone { get; private init; }

    /// <summary>Whether the schema's name counts once more.</summary>
    public bool IsFormatNamed { get; private init; }

    /// <summary>The tokens for one of the schema's text: 0 where it only guides the choice of tokens.</summary>
    public double FormatSchema { get; private init; }

    public static TokenForm Read(JsonElement json) => new()
    {
        Tools = Number(json, "tools"),
        Alone = Number(json, "alone"),
        Results = Number(json, "results"),
        AreHiddenByNone = Flag(json, "none_hides"),
        Schema = json.TryGetProperty("schema", out var schema) ? schema.GetDouble() : null,
        Call = Number(json, "call"),
        Several = Number(json, "several"),
        Each = Number(json, "each"),
        Format = Number(json, "format"),
        FormatAlone = Number(json, "format_alone"),
        IsFormatNamed = Flag(json, "format_named"),
        FormatSchema = Number(json, "format_schema", 1),
    };

    public static double Number(JsonElement json, string name, double otherwise = 0) => json.TryGetProperty(name, out var value) ? value.GetDouble() : otherwise;

    public static bool Flag(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.GetBoolean();
}
