using System.Buffers.Binary;
using System.Globalization;

namespace Muxi.Llm;

/// <summary>
/// The sandbox's voice: a tone for each letter and figure, a pause for everything else. 24 kHz, 16 bits, one channel. The rule: sixteen characters a second at speed 1; the pitch is the
/// letter's and the voice's. Integers only, so that the bytes are the same on every machine.
/// </summary>
internal sealed class SandboxVoice(string text, string voice, double speed)
{
    public const int Rate = WavAudio.SampleRate;

    private const int SamplesPerCharacter = Rate / 16, CharactersPerPiece = 8, LongestPeriod = 120, Pitches = 40, Loudness = 8000, Fade = 120;

    private readonly string[] _characters = Characters(text);
    private readonly int _samples = Math.Max(1, (int)(SamplesPerCharacter / speed));

    /// <summary>How many samples there are.</summary>
    public int Samples => _characters.Length * _samples;

    /// <summary>How long the sound is.</summary>
    public double Seconds => Samples / (double)Rate;

    /// <summary>The samples, little-endian, in pieces of half a second.</summary>
    public IEnumerable<byte[]> Pcm()
    {
        foreach (var some in _characters.Chunk(CharactersPerPiece))
        {
            var piece = new byte[some.Length * _samples * sizeof(short)];
            for (var i = 0; i < some.Length; i++) Write(some[i], piece.AsSpan(i * _samples * sizeof(short), _samples * sizeof(short)));
            yield return piece;
        }
    }

    private void Write(string character, Span<byte> into)
    {
        if (!char.IsLetterOrDigit(character, 0)) return;
        var period = LongestPeriod - ((character.Sum(unit => unit) + voice.Sum(unit => unit)) % Pitches * 2);
        for (var at = 0; at < _samples; at++)
        {
            var phase = at % period;
            var triangle = ((Math.Abs((4 * phase) - (2 * period)) - period) * Loudness) / period;
            // Tones that begin and end at once click.
            var edge = Math.Min(Math.Min(at, _samples - 1 - at), Fade);
            BinaryPrimitives.WriteInt16LittleEndian(into[(at * sizeof(short))..], (short)(triangle * edge / Fade));
        }
    }

    /// <summary>Characters as people count them: a flag is one.</summary>
    private static string[] Characters(string text)
    {
        var characters = new List<string>();
        var all = StringInfo.GetTextElementEnumerator(text);
        while (all.MoveNext()) characters.Add(all.GetTextElement());
        return [.. characters];
    }
}
