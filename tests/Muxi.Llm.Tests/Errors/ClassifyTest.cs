using System.Text;

namespace Muxi.Llm.Tests;

public sealed class ClassifyTest
{
    private static readonly Dictionary<string, ErrorCase> Cases = VendorCases.All.Concat(OtherCases.All).ToDictionary(c => c.Name);

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_documented_error_becomes_its_exception(string name)
    {
        var expected = Cases[name];

        var error = expected.Classify();

        Assert.Equal(expected.Kind, error.Kind);
        Assert.Equal(ErrorCase.ExceptionOf(expected.Kind), error.GetType());
        Assert.Equal(expected.Shown ?? expected.Status, (int)error.Status);
        Assert.Equal(expected.Code, error.Code);
        Assert.Equal(expected.Type, error.Type);
        Assert.Equal(expected.Param, error.Param);
        Assert.Equal(expected.RequestId, error.RequestId);
        Assert.Equal(expected.RetryAfter, error.RetryAfter?.TotalSeconds);
        Assert.Equal(expected.ShouldRetry, error.ShouldRetry);
        Assert.Equal("acme", error.Provider);
        Assert.Equal("some-model", error.Model);
        Assert.Equal(expected.Body.Length == 0 ? null : expected.Body, error.Body);
        if (expected.Says is { } says) Assert.Equal("acme: " + says, error.Message);
        Assert.StartsWith("acme: ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Theory]
    [InlineData(502, "<html><body><h1>502 Bad Gateway</h1></body></html>", "HTTP 502 (Bad Gateway) with an HTML body instead of JSON")]
    [InlineData(520, "<!DOCTYPE html><title>secret page</title>", "HTTP 520 (Origin Unreachable) with an HTML body instead of JSON")]
    [InlineData(500, "", "HTTP 500 (Internal Server Error) with an empty body")]
    [InlineData(500, "  \r\n ", "HTTP 500 (Internal Server Error) with an empty body")]
    [InlineData(400, "<?xml version=\"1.0\"?><Error><Code>X</Code></Error>", "HTTP 400 (Bad Request) with an XML body instead of JSON")]
    [InlineData(404, "Not Found", "HTTP 404 (Not Found)")]
    [InlineData(503, "no healthy upstream", "HTTP 503 (Service Unavailable): no healthy upstream")]
    [InlineData(503, "upstream connect error or disconnect/reset before headers", "upstream connect error or disconnect/reset before headers")]
    [InlineData(400, "{\"foo\":\"bar\"}", "HTTP 400 (Bad Request) without a message: {\"foo\":\"bar\"}")]
    [InlineData(400, "{\"error\":{\"code\":\"odd_thing\"}}", "HTTP 400 (Bad Request): odd_thing")]
    [InlineData(400, "{\"error\":{\"message\":\"It is too w", "HTTP 400 (Bad Request) with a JSON body that breaks off or is damaged: {\"error\":{\"message\":\"It is too w")]
    [InlineData(400, "{\"error\":{\"message\":\"Whole\",\"type\":\"inv", "Whole")]
    [InlineData(502, "{\"error\":{\"message\":\"<html><h1>502</h1></html>\"}}", "HTTP 502 (Bad Gateway) with an HTML page for a message")]
    [InlineData(502, "{\"error\":{\"message\":\"Bad upstream: <html><h1>502</h1></html>\"}}", "Bad upstream")]
    [InlineData(429, "[ERROR] slow down, please, for a while", "[ERROR] slow down, please, for a while")]
    [InlineData(500, "null", "HTTP 500 (Internal Server Error): null")]
    public void A_body_that_is_no_error_object_still_gives_one_good_line(int status, string body, string says) =>
        Assert.Equal("acme: " + says, ErrorCase.Of(status, body).Message);

    [Theory]
    [InlineData("<html>hello</html>")]
    [InlineData("")]
    [InlineData("{\"id\":\"x\",\"cho")]
    [InlineData("some text")]
    public void A_good_status_with_a_body_that_is_no_json_is_a_bad_gateway(string body)
    {
        var error = Assert.IsType<ServerException>(ErrorCase.Of(200, body));

        Assert.Equal(502, (int)error.Status);
        Assert.True(error.IsRetriable());
    }

    [Fact]
    public void Html_is_never_quoted_nor_kept()
    {
        string[] bodies = ["<html>canary</html>", "{\"error\":\"oops <!doctype html>canary\"}", "{\"error\":{\"message\":\"\\u003chtml\\u003ecanary\"}}"];
        foreach (var body in bodies)
        {
            var error = ErrorCase.Of(502, body);
            Assert.DoesNotContain("canary", error.Message, StringComparison.Ordinal);
            Assert.Null(error.Body);
        }
    }

    [Fact]
    public void A_body_in_another_encoding_is_read()
    {
        const string Json = """{"error":{"message":"Café fermé"}}""";

        Assert.Equal("acme: Café fermé", ErrorCase.Of(400, (byte[])[0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Json)]).Message);
        Assert.Equal("acme: Café fermé", ErrorCase.Of(400, (byte[])[0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Json)]).Message);
        Assert.Equal("acme: Caf\uFFFD ferm\uFFFD", ErrorCase.Of(400, Encoding.Latin1.GetBytes(Json)).Message);
        Assert.Equal("acme: HTTP 401 (Unauthorized) with an unreadable body", ErrorCase.Of(401, (byte[])[0x1B, 0x80, 0, 0, 0x80, 0xAA, 0xAA, 0xAA, 0xEA, 0xFF]).Message);
    }

    [Fact]
    public void A_message_is_one_line_of_at_most_a_thousand_characters()
    {
        var error = ErrorCase.Of(400, "{\"error\":{\"message\":\"a\\r\\n\\u0000b\\u202Ec " + string.Concat(Enumerable.Repeat("😀", 2000)) + "\"}}");

        Assert.StartsWith("acme: a b c 😀", error.Message, StringComparison.Ordinal);
        Assert.InRange(error.Message.Length, 990, 1000);
        Assert.EndsWith("😀…", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_joiner_stays_in_the_message() =>
        Assert.Equal("acme: می\u200Cخواهم 👨\u200D👩", ErrorCase.Of(400, "{\"error\":\"می\u200Cخواهم 👨\u200D👩\"}").Message);

    [Fact]
    public void A_long_body_is_cut() => Assert.Equal(4096, ErrorCase.Of(400, $"{{\"error\":\"{new string('x', 9000)}\"}}").Body!.Length);

    [Theory]
    [InlineData("x-request-id: a\nrequest-id: b", "a")]
    [InlineData("request-id: b\napim-request-id: c", "b")]
    [InlineData("apim-request-id: c\nx-amzn-requestid: d", "c")]
    [InlineData("x-amzn-requestid: d\ncf-ray: f", "d")]
    [InlineData("cf-ray: f", "body")]
    public void The_nearest_request_id_is_taken(string headers, string id) =>
        Assert.Equal(id, ErrorCase.Of(400, """{"error":"x","request_id":"body"}""", headers).RequestId);

    [Fact]
    public void The_ray_is_the_last_resort() => Assert.Equal("f", ErrorCase.Of(500, "", "cf-ray: f").RequestId);

    [Theory]
    [InlineData("exceed context limit")]
    [InlineData("This model's maximum context length is 8192 tokens")]
    [InlineData("input of 9 tokens exceeds the model's maximum context limit")]
    [InlineData("The prompt is longer than the model's context length")]
    [InlineData("Input tokens exceed the configured limit of 9")]
    [InlineData("`inputs` tokens + `max_new_tokens` must be <= 9")]
    [InlineData("the request exceeds the available context size")]
    [InlineData("exceeds the maximum number of tokens allowed")]
    [InlineData("current length is 9 while limit is 8")]
    [InlineData("The maximum input length is 9 tokens")]
    [InlineData("does not fit the context window")]
    [InlineData("Prompt is too long")]
    [InlineData("prompt too long; exceeded max context length by 1 tokens")]
    [InlineData("Too many tokens")]
    [InlineData("Input Tokens Exceeded")]
    [InlineData("The total length of all messages is too long.")]
    [InlineData("Please reduce the length of messages or completion.")]
    public void Every_known_wording_of_a_full_context_is_recognised(string words) =>
        Assert.IsType<ContextLengthExceededException>(ErrorCase.Of(400, $$$"""{"error":{"message":"{{{words}}}"}}"""));

    [Fact]
    public void The_callers_own_json_in_a_message_is_not_taken_for_the_error() =>
        Assert.Equal("acme: Cannot parse: {\"message\":\"hi\",\"to\":1}", ErrorCase.Of(400, """{"error":{"message":"Cannot parse: {\"message\":\"hi\",\"to\":1}"}}""").Message);

    [Fact]
    public void A_default_reply_is_survived() => Assert.NotEmpty(Errors.Classify(default).Message);
}
