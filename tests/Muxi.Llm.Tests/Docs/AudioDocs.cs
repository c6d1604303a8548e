namespace Muxi.Llm.Tests;

/// <summary>What the pages' calls for sound and of sound are answered with.</summary>
internal static class AudioDocs
{
    private const string Transcript = """{"text":"Good day.","language":"english","duration":1.5,"words":[{"word":"Good","start":0,"end":0.5}],"segments":[{"id":0,"start":0,"end":1.5,"text":"Good day."}],"usage":{"type":"tokens","input_tokens":15,"output_tokens":3,"total_tokens":18}}""";

    private const string Stream = "data: {\"type\":\"transcript.text.delta\",\"delta\":\"Good day.\"}\n\ndata: {\"type\":\"transcript.text.done\",\"text\":\"Good day.\"}\n\n";

    private const string Events = "data: {\"type\":\"speech.audio.delta\",\"audio\":\"AAEC\"}\n\ndata: {\"type\":\"speech.audio.done\",\"usage\":{\"input_tokens\":1,\"output_tokens\":2,\"total_tokens\":3}}\n\n";

    /// <summary>The answer to a call of these operations; null for another one.</summary>
    public static CannedReply? Answer(SeenRequest request) => request.Target switch
    {
        var path when path.EndsWith("/audio/speech", StringComparison.Ordinal) =>
            request.Text.Contains("sse", StringComparison.Ordinal) ? CannedReply.Sse(Events) : new(200, new Dictionary<string, string> { ["content-type"] = "audio/wav" }, SoundFiles.Wav(80, uint.MaxValue, uint.MaxValue)),
        var path when path.Contains("/audio/", StringComparison.Ordinal) =>
            request.Text.Contains("name=\"stream\"", StringComparison.Ordinal) ? CannedReply.Sse(Stream) : CannedReply.Json(Transcript),
        _ => null,
    };
}
