using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Muxi.Llm.Tests;

/// <summary>Asks a script of tests/oracle about many texts at once: a text a line goes in, a line of numbers comes out for each.</summary>
internal static class TextOracle
{
    private const int MostShown = 5;

    public static async Task<List<int[]>> AskAsync(string script, IReadOnlyCollection<string> texts, params IEnumerable<string> arguments)
    {
        using var node = Process.Start(new ProcessStartInfo(NpmPackages.Node, [Repo.PathTo("tests", "oracle", script), NpmPackages.Modules, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var complaints = node.StandardError.ReadToEndAsync();
        var asking = AskAsync(node.StandardInput, texts);
        var answers = new List<int[]>(texts.Count);
        while (await node.StandardOutput.ReadLineAsync() is { } line) answers.Add(Numbers(line));
        await node.WaitForExitAsync();
        if (node.ExitCode != 0) throw new InvalidOperationException($"node ended with {node.ExitCode}: {await complaints}");
        await asking;
        Assert.Equal(texts.Count, answers.Count);
        return answers;
    }

    /// <summary>Fails with the first few texts of which ours differs.</summary>
    public static void Same(IEnumerable<(string Text, int[] Expected)> answers, Func<string, int[]> ours)
    {
        var differ = answers.Select(it => (it.Text, it.Expected, Ours: ours(it.Text))).Where(it => !it.Ours.AsSpan().SequenceEqual(it.Expected)).ToList();
        if (differ.Count == 0) return;
        var shown = differ.OrderBy(it => it.Text.Length).Take(MostShown).Select(it => $"{Shown(it.Text)}\n  wanted {Shown(it.Expected)}\n  ours   {Shown(it.Ours)}");
        Assert.Fail($"{differ.Count} texts differ, among them\n{string.Join('\n', shown)}");
    }

    /// <summary>A text in JSON, in ASCII alone: what is no Unicode goes over as it is.</summary>
    public static string Json(string text)
    {
        var json = new StringBuilder(text.Length + 2).Append('"');
        foreach (var character in text)
        {
            if (character is < ' ' or '"' or '\\' or > '~') json.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
            else json.Append(character);
        }
        return json.Append('"').ToString();
    }

    private static async Task AskAsync(StreamWriter input, IEnumerable<string> texts)
    {
        foreach (var text in texts) await input.WriteAsync(Json(text) + '\n');
        input.Close();
    }

    private static int[] Numbers(string line) => line.Length == 0 ? [] : [.. line.Split(' ').Select(number => int.Parse(number, CultureInfo.InvariantCulture))];

    private static string Shown(string text) => text.Length <= 200 ? Json(text) : $"{Json(text[..200])} and {text.Length - 200} more";

    private static string Shown(int[] numbers) => string.Join(' ', numbers.Take(100));
}
