using System.Text;
using System.Text.Json;

namespace Muxi.Llm.Tests;

public sealed class RedactionTest
{
    private const string Secret = "sk-Canary+1/2\"3=4é";

    public static TheoryData<string> Forms =>
    [
        Secret,
        $"Bearer {Secret}",
        Secret.ToUpperInvariant(),
        JsonSerializer.Serialize(Secret),
        Secret.Replace("\"", "\\\"").Replace("/", "\\/"),
        // As Go writes JSON, JSON inside a string of JSON, and every letter escaped.
        Secret.Replace("\"", "\\\"").Replace("+", "\\u002b"),
        JsonSerializer.Serialize(JsonSerializer.Serialize(Secret)),
        string.Concat(Secret.Select(letter => $"\\u{(int)letter:x4}")),
        System.Net.WebUtility.HtmlEncode(Secret),
        Uri.EscapeDataString(Secret),
        Uri.EscapeDataString(Secret).Replace("%2B", "%2b"),
        Convert.ToBase64String(Encoding.UTF8.GetBytes(Secret)),
        Convert.ToBase64String(Encoding.UTF8.GetBytes(Secret)).Replace('+', '-').Replace('/', '_').TrimEnd('='),
        Convert.ToBase64String(Encoding.UTF8.GetBytes("user:" + Secret)),
        Convert.ToBase64String(Encoding.UTF8.GetBytes("ap:" + Secret + ":tail")),
        Convert.ToBase64String(Encoding.UTF8.GetBytes(Secret + ":tail")),
    ];

    [Theory]
    [MemberData(nameof(Forms))]
    public void A_secret_is_found_in_every_form(string form)
    {
        var text = Redaction.Redact($"before {form} after {form}", [Secret]);

        Assert.StartsWith("before ", text, StringComparison.Ordinal);
        Assert.Equal(2, text.Split("[redacted]").Length - 1);
        Assert.DoesNotContain("anary", text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void A_key_is_found_without_the_scheme_it_was_given_with() =>
        Assert.Equal("key [redacted]!", Redaction.Redact("key canary-12345!", ["Bearer canary-12345"]));

    [Fact]
    public void A_secret_inside_a_longer_one_leaves_no_rest() =>
        Assert.Equal("[redacted] [redacted]", Redaction.Redact("canary-12345-and-more canary-12345", ["canary-12345", "canary-12345-and-more"]));

    [Theory]
    [InlineData("a\\b\\\\c%41&x;end")]
    [InlineData("ends-with-\\")]
    public void A_secret_that_looks_escaped_is_found(string secret)
    {
        Assert.Equal("<[redacted]>", Redaction.Redact($"<{secret}>", [secret]));
        Assert.Equal("{\"key\":\"[redacted]\"}", Redaction.Redact($"{{\"key\":{JsonSerializer.Serialize(secret)}}}", [secret]));
    }

    [Theory]
    [InlineData("https://host/v1", "https://host/v1")]
    [InlineData("https://user:secret@host/v1", "https://[redacted]@host/v1")]
    [InlineData("https://user:se/cr@et@host:x", "https://[redacted]@host:x")]
    [InlineData("user:secret@host", "[redacted]@host")]
    [InlineData("", "")]
    public void A_URL_is_shown_without_its_user(string url, string shown) => Assert.Equal(shown, Redaction.HideUser(url));

    [Theory]
    [InlineData("")]
    [InlineData("the")]
    [InlineData("abcde")]
    [InlineData("  abc  ")]
    public void A_short_secret_blots_nothing_out(string secret) => Assert.Equal("the abcde abc", Redaction.Redact("the abcde abc", [secret]));

    [Fact]
    public void No_member_of_an_exception_holds_a_secret()
    {
        const string Canary = "canary-0123456789";
        var body = $$$"""{"error":{"message":"Incorrect API key provided: {{{Canary}}}","type":"t-{{{Canary}}}","param":"p-{{{Canary}}}","code":"c-{{{Canary}}}"}}""";

        var error = ErrorCase.Of(401, body, $"x-request-id: r-{Canary}", Canary);

        Assert.Equal("acme: Incorrect API key provided: [redacted]", error.Message);
        Assert.Equal(("t-[redacted]", "p-[redacted]", "c-[redacted]", "r-[redacted]"), (error.Type, error.Param, error.Code, error.RequestId));
        Assert.DoesNotContain(Canary, error.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_cut_never_leaves_half_a_secret()
    {
        const string Canary = "canary-0123456789";
        for (var at = 4070; at < 4100; at++)
            Assert.DoesNotContain("canary", ErrorCase.Of(400, new string('x', at) + Canary, "", Canary).Body, StringComparison.Ordinal);
        for (var at = 970; at < 1005; at++)
            Assert.DoesNotContain("canary", ErrorCase.Of(400, new string('x', at) + Canary, "", Canary).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tidying_does_not_put_a_secret_together()
    {
        var error = ErrorCase.Of(400, """{"error":"a canary\u0000 0123456789 b"}""", "", "canary 0123456789");

        Assert.Equal("acme: a [redacted] b", error.Message);
    }
}
