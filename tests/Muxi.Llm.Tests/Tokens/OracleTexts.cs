using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Muxi.Llm.Tests;

/// <summary>Texts to compare encoders with: what services were really sent and answered, and what nobody would send. The same ones at every run.</summary>
internal static class OracleTexts
{
    private const int LongestRecorded = 8000;
    private const int Window = 64;
    private const int FirstPlane = 0x10000;
    private const int Mixed = 2500;
    private const int LongRun = 200_000;

    private static readonly Lazy<IReadOnlyList<string>> _generated = new(() => [.. Hand, .. EveryCharacter(), .. Mixes(1, Mixed), .. Runs()]);
    private static readonly Lazy<IReadOnlyList<string>> _recorded = new(Recorded);

    /// <summary>About 6,500 texts.</summary>
    public static IReadOnlyList<string> Generated => _generated.Value;

    /// <summary>The recorded texts, where there are any, and the generated ones; at least 5,000 either way. With MUXI_LLM_LONG 200,000 random ones more.</summary>
    public static IReadOnlyList<string> All => [.. _recorded.Value, .. Generated, .. Environment.GetEnvironmentVariable("MUXI_LLM_LONG") == "1" ? Mixes(2, LongRun) : []];

    /// <summary>Each of these once broke some tokenizer, ours or another.</summary>
    private static IEnumerable<string> Hand =>
    [
        "", " ", "  ", "\n", "\r\n", " \n ", "\n  x", "x\n  ", "\t\tx", "a\u0085b", "\u0085\u0085x", "\uFEFFx y", " \u00A0x", "\u2028\u2029x", "a \r\n\r\n b",
        "I'm you're HE'S we'LL they'Ve I'D don'T", "it’s we’ll", "'ſ 'ſt x'ſ X'ſx", "'S'T'RE'VE'M'LL'D", "'sx 'rex 'lll '' ' 'x '\u0301s", "x\u0E31'ſ'The", "''s'''ll", "K'ſ \u212A's İ's ı's",
        "HelloWorld helloWORLD HELLOworld XMLHttpRequest iPhone aB Ab AB ab aBc ABc", "ǅungla ǅ ǲx aǅ", "ʰaʰ AʰB ªº", "中A中 A中 中中AA a中A", "\u0301", "\u0301A", "\u0301a", "A\u0301", "A\u0301B\u0301c", " \u0301A \u0301\u0301AB", "\u0301's \u0301'S", "\u0301\u0301",
        "!\u0301A", "-\u0301\u0301b", "1\u0301a", "\u0301/", "//x /\n/ .\r\n/.x", "http://a.b/c/\r\n/d", "a/b/", "!!!\n\n\n!", "...\r\n/\n", "1234567890", "12 345 6٣٤٥٦", "½¾ⅷ①〇", "𝟏𝟐𝟑𝟒𝟓 𝟙𝟚",
        "\uD800", "\uDC00", "a\uD800b", "\uD83D", "\uD83D\uD83D\uDE00", "\uDE00\uD83D", "'\uD800s", " \uD800", "\uD800\uD800\uD800x", "1\uDFFF2", "A\uD800a\uDC00A",
        "👨‍👩‍👧‍👦 👩🏽‍🚀🏳️‍🌈", "🇩🇪🇫🇷🇺🇸", "☺️☺ ♥️", "e\u0301 é ü u\u0308", "x\u200Bx\u200D\u200Cx\u00ADx", "\0\0a\0", "\u0001\u0002 \u001B[31mred\u001B[0m", "\u007F\u0080\u009F", "\u180E\u200E\u2060",
        "中文，日本語のテキスト。カタカナ・ひらがな゛゜ー", "・\n・ 1・", "が か\u3099 \u3040あ\u3097\u3098い", "龥龦一", "ไทยภาษา हिन्दी में العربية עברית", "<|endoftext|>", "<|endofprompt|><|fim_prefix|>x<|im_start|>",
        "if (x == null) {\n    return y[0] ?? \"z\";\n}\n\n\n// end\t\n", "def f(self, *a, **k):\n\treturn self.__x__ != a[-1]  # 100%\r\n", "{\"a\":[1,2.5e-10,null],\"b\":\"\\u00e9\"}\n",
    ];

    private static IReadOnlyList<string> Recorded()
    {
        if (Cassettes.File is null) return [];
        var texts = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var cassette in Cassettes.All)
        {
            Read(cassette.Request.Body, texts);
            Read(cassette.Reply.PlainBody(), texts);
        }
        texts.RemoveWhere(text => text.Length > LongestRecorded);
        return [.. texts];
    }

    /// <summary>The strings of a body that is JSON, the names among them; of a stream those of its events; or the lines as they are.</summary>
    private static void Read(byte[] body, SortedSet<string> texts)
    {
        if (TryRead(body, texts)) return;
        foreach (var line in Encoding.UTF8.GetString(body).Split('\n'))
            if (!line.StartsWith("data:", StringComparison.Ordinal) || !TryRead(Encoding.UTF8.GetBytes(line[5..]), texts)) texts.Add(line);
    }

    private static bool TryRead(byte[] json, SortedSet<string> texts)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            while (reader.Read())
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName) texts.Add(reader.GetString()!);
            return true;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Every character that is assigned, so many to a text: once as they stand, once among letters, spaces, digits and apostrophes.</summary>
    private static IEnumerable<string> EveryCharacter()
    {
        var random = new Random(3);
        for (var from = 0; from < 0x110000; from += Window)
        {
            var characters = Enumerable.Range(from, Window).Where(IsText).Select(char.ConvertFromUtf32).ToList();
            if (characters.Count == 0) continue;
            yield return string.Concat(characters);
            // Han characters beyond the first plane and Hangul behave like one another: their neighbours need no trial each.
            if (from < FirstPlane * 2) yield return string.Concat(characters.Select(it => it + Pick(random, _neighbours) + (random.Next(3) == 0 ? it : "")));
        }
    }

    private static bool IsText(int code) => code is < 0xD800 or > 0xDFFF
        && CharUnicodeInfo.GetUnicodeCategory(code) is not (UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse) && (code is < 0x20000 or > 0x3FFFF || code % 7 == 0);

    private static IEnumerable<string> Mixes(int seed, int count)
    {
        var random = new Random(seed);
        for (var text = new StringBuilder(); count > 0; count--, text.Clear())
        {
            for (var left = random.Next(1, 30); left > 0; left--)
            {
                var fragment = random.Next(8) == 0 ? AnyCharacter(random) : Pick(random, Pick(random, _fragments));
                for (var times = random.Next(12) == 0 ? random.Next(2, 20) : 1; times > 0; times--) text.Append(fragment);
            }
            yield return text.ToString();
        }
    }

    private static IEnumerable<string> Runs()
    {
        string[] units = ["a", "A", " ", "\n", "\r\n", "0", "😀", "'", "a'", " a", "ab", "Aa", "aA", "中", "\u0301", "A\u0301", "・", "/", "-", "=", "\u00A0", "\t", "\0", "\uD800", "'s", "💩a", " \n", "е", "ह", "x1", "?!", "ſ"];
        foreach (var unit in units)
        {
            foreach (var length in (int[])[7, 64, 300, 3000])
            {
                var run = string.Concat(Enumerable.Repeat(unit, length / unit.Length));
                yield return run;
                yield return $"x {run} y";
            }
        }
    }

    private static string AnyCharacter(Random random)
    {
        int code;
        do code = random.Next(4) switch { 0 => random.Next(0x110000), 1 => random.Next(0x20000), 2 => random.Next(0x3000), _ => random.Next(0x250) };
        while (code is >= 0xD800 and <= 0xDFFF);
        return char.ConvertFromUtf32(code);
    }

    private static T Pick<T>(Random random, IReadOnlyList<T> from) => from[random.Next(from.Count)];

    private static readonly string[] _neighbours = ["", " ", "a", "A", "1", "'s", "\n", "!", "é", "\u0301", "中", "/", "  ", "'"];

    private static readonly string[][] _fragments =
    [
        [" ", " ", "  ", "\t", "\n", "\r", "\r\n", "\n\n", "\v", "\f", "\u0085", "\u00A0", "\u1680", "\u2003", "\u2028", "\u2029", "\u202F", "\u205F", "\u3000", "    ", " \n", "\n "],
        ["'s", "'S", "'t", "'re", "'RE", "'Ve", "'m", "'ll", "'lL", "'d", "'ſ", "’s", "’ll", "'", "''", "ʼ", "'\u212A", "'x", "\"", "`"],
        ["the", "The", "THE", "hello", "World", "tokenization", "XMLHttp", "iPhone", "don", "I", "a", "Z", "straße", "Ünïcödé", "ǅ", "ªº", "ſ", "ﬁ", "ŉ"],
        ["0", "7", "42", "123", "1234", "3.14", "٣٤", "१२३", "๙", "½", "Ⅷ", "①", "𝟘𝟙", "1,000"],
        ["👍", "👍🏽", "👨‍👩‍👧", "🇪🇺", "❤️", "☕", "\u200D", "\uFE0F", "🏴\U000E0067\U000E007F", "😀😀😀"],
        ["中文", "日本", "ひらがな", "カタカナ", "・", "한국어", "हिन्दी", "தமிழ்", "العربية", "עִבְרִית", "ไทย", "ქართული", "Ελλάδα", "Москва", "አማርኛ", "ⲁⲃ", "𐐀𐐨", "𝒳𝓎", "𠀀𠀁", "ꙁ", "ʰ"],
        ["\u0301", "\u0308\u0301", "e\u0301", "\u093F", "\u20E3", "\u0E31", "\U000E0101", "\u3099"],
        ["\0", "\u0001", "\u001B", "\u007F", "\u009F", "\u00AD", "\u200B", "\uFEFF", "\uFFFD", "\uFFFF", "\uD800", "\uDFFF", "\uD83D", "\uDE00", "\uE000", "\u0378"],
        [".", ",", "!", "?", "/", "//", "\\", "-", "--", "_", "(", ")", "[]", "{}", "=>", "&&", "::", "#", "$", "%", "€", "…", "—", "«", "。", "、", "~", "^", "|", "<|", "|>", "*/\n", "/\r\n"],
        ["if (x)", "return ", "var y = ", "self.", "</div>", "&nbsp;", "\\n", "0x1F", "foo_bar", "fooBar()", "https://a.example/b?c=d", "    }", "\t\tx++;", "<|endoftext|>"],
    ];
}
