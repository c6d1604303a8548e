using System.Text;

namespace Muxi.Llm.Tests;

public sealed class ClassifyFuzzTest
{
    private static readonly int[] Statuses = [200, 302, 400, 401, 403, 404, 413, 429, 498, 500, 503, 529, 0, -1, 999];

    private static readonly string[] Pieces =
    [
        "{", "}", "[", "]", ":", ",", "\"", "\\", "\\ud800", "\\u0000", "null", "-", "429", "1e999", "\"error\"", "\"message\"", "\"code\"", "\"type\"",
        "\"detail\"", "\"metadata\"", "\"raw\"", "\"choices\"", "\"details\"", "\"loc\"", "\"msg\"", "\"errors\"", "\"headers\"", "\"\\ud800\"", "<html>", "data: ",
        "litellm.", "Error: ", "retry in ", "9999999999h", "\n", "\uFEFF", "\"{\\\"error\\\":\\\"x\\\"}\"", "too many tokens", "é😀",
    ];

    private static void Survives(int status, ReadOnlyMemory<byte> body, string headers = "")
    {
        var error = ErrorCase.Of(status, body, headers, "canary-0123456789");

        Assert.StartsWith("acme: ", error.Message, StringComparison.Ordinal);
        Assert.InRange(error.Message.Length, 7, 1000);
        Assert.DoesNotContain(error.Message, char.IsControl);
        Assert.True(error.Body is null || error.Body.Length <= 4096);
        Assert.True(error.RetryAfter is null || error.RetryAfter >= TimeSpan.Zero);
        if (status >= 400) Assert.Equal(status, (int)error.Status);
        _ = error.IsRetriable();
    }

    [Fact]
    public void Random_bytes_are_survived()
    {
        var random = new Random(20261122);
        for (var i = 0; i < 3000; i++)
        {
            var bytes = new byte[random.Next(400)];
            random.NextBytes(bytes);
            if (bytes.Length > 0 && i % 2 == 0) bytes[0] = (byte)"{[\"<d"[random.Next(5)];
            Survives(Statuses[random.Next(Statuses.Length)], bytes);
        }
    }

    [Fact]
    public void Random_pieces_of_errors_are_survived()
    {
        var random = new Random(20261123);
        for (var i = 0; i < 10_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(40)).Select(_ => Pieces[random.Next(Pieces.Length)]));
            if (i % 3 > 0) text = "{" + text;
            Survives(Statuses[random.Next(Statuses.Length)], Encoding.UTF8.GetBytes(text));
        }
    }

    [Fact]
    public void Every_known_error_cut_anywhere_is_survived()
    {
        foreach (var known in VendorCases.All.Concat(OtherCases.All))
        {
            var bytes = Encoding.UTF8.GetBytes(known.Body);
            for (var end = 0; end < bytes.Length; end++) Survives(known.Status, bytes.AsMemory(0, end), known.Headers);
        }
    }

    [Fact]
    public void Every_known_error_with_a_changed_byte_is_survived()
    {
        var random = new Random(20261124);
        foreach (var known in VendorCases.All.Concat(OtherCases.All))
            for (var i = 0; i < 40 && known.Body.Length > 0; i++)
            {
                var bytes = Encoding.UTF8.GetBytes(known.Body);
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                Survives(known.Status, bytes, known.Headers);
            }
    }

    [Theory]
    [InlineData("{\"error\":")]
    [InlineData("[")]
    [InlineData("{\"message\":{\"detail\":[")]
    [InlineData("{\"metadata\":{\"raw\":")]
    [InlineData("{\"details\":[")]
    public void Deep_nesting_is_survived(string opening)
    {
        foreach (var times in (int[])[5, 30, 70, 5000, 200_000])
            Survives(400, Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(opening, times))));
    }

    [Fact]
    public void Closed_deep_nesting_is_survived()
    {
        foreach (var depth in (int[])[3, 9, 20, 63, 64, 65, 3000])
            Survives(400, Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"message\":\"m\",\"error\":", depth)) + "\"x\"" + new string('}', depth)));
    }

    [Fact]
    public void Json_within_json_within_json_is_survived()
    {
        var text = "deepest";
        for (var i = 0; i < 12; i++)
        {
            text = "{\"error\":{\"message\":" + System.Text.Json.JsonSerializer.Serialize(text) + ",\"code\":400}}";
            Survives(400, Encoding.UTF8.GetBytes(text));
        }
    }

    [Fact]
    public void Huge_bodies_are_survived()
    {
        Survives(500, Encoding.UTF8.GetBytes(new string('x', 10_000_000)));
        Survives(500, Encoding.UTF8.GetBytes("{\"error\":{\"message\":\"" + new string('x', 10_000_000) + "\"}}"));
        Survives(500, Encoding.UTF8.GetBytes("[" + string.Concat(Enumerable.Repeat("{\"error\":\"x\"},", 50_000)) + "{}]"));
        Survives(500, new byte[5_000_000]);
    }

    [Fact]
    public void Odd_header_values_are_survived()
    {
        var random = new Random(20261125);
        string[] names = ["retry-after", "retry-after-ms", "x-ratelimit-reset", "x-ratelimit-remaining", "x-request-id", "x-amzn-errortype", "x-should-retry", "anthropic-ratelimit-tokens-reset"];
        string[] values = ["", " ", "-", "1e308", "-1e308", "NaN", "∞", "9999999999999999999", "9999-12-31T23:59:59Z", "0001-01-01", "1:2:3", ":", "1h-2m", "😀", new string('9', 400), "0x10", "1,5", "+3"];
        for (var i = 0; i < 2000; i++)
        {
            var headers = string.Join('\n', names.Where(_ => random.Next(2) == 0).Select(name => $"{name}: {values[random.Next(values.Length)]}"));
            Survives(429, Encoding.UTF8.GetBytes("{\"error\":\"x\"}"), headers);
        }
    }
}
