#:project ../src/Muxi.Llm/Muxi.Llm.csproj
// A text said aloud into a WAV file, written down again with its times and as it comes, and made into subtitles.
// Run: dotnet run examples/audio.cs [speech model] [transcription model]      (without models the built-in sandbox speaks and listens)
using Muxi.Llm;

var speaks = args.ElementAtOrDefault(0) ?? "sandbox/speech";
var listens = args.ElementAtOrDefault(1) ?? "sandbox/transcription";
var path = Path.Combine(Path.GetTempPath(), "muxi-llm-example.wav");

using var client = new LlmClient();
await using (Speech speech = await client.Audio.Speech.CreateAsync(new SpeechRequest { Model = speaks, Input = "Good morning. It is seven o'clock. Time to get up!", ResponseFormat = SpeechFormat.Wav }))
    await speech.SaveAsync(path);
Console.WriteLine($"{path} has {new FileInfo(path).Length / 1000} kB");

Console.Write("as it comes: ");
await foreach (TranscriptionStreamEvent one in client.Audio.Transcriptions.StreamAsync(new TranscriptionRequest { Model = listens, File = FileSource.FromFile(path) })) Console.Write(one.Delta);
Console.WriteLine();

Transcription timed = await client.Audio.Transcriptions.CreateAsync(new TranscriptionRequest
{
    Model = listens, File = FileSource.FromFile(path), ResponseFormat = AudioResponseFormat.VerboseJson, TimestampGranularities = [TimestampGranularity.Word, TimestampGranularity.Segment],
});
Console.WriteLine($"{timed.Words.Count} words in {timed.Duration:0.0} s");
Console.Write(timed.ToSrt());
File.Delete(path);
