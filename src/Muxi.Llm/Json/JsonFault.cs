using System.Text.Json;

namespace Muxi.Llm;

/// <summary>What is wrong with a text that should be JSON, for people.</summary>
internal static class JsonFault
{
    /// <summary>The reader's own words, with the place counted from one as editors do, once.</summary>
    public static string Of(JsonException fault)
    {
        while (fault.LineNumber is null && fault.InnerException is JsonException inner) fault = inner;
        var place = fault.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return place < 0 || fault.LineNumber is not { } line ? fault.Message : $"{fault.Message[..place].TrimEnd('.')} (line {line + 1}, byte {fault.BytePositionInLine + 1})";
    }
}
