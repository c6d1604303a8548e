using System.Text;
using System.Text.Json;

namespace Muxi.Llm.Tests;

/// <summary>Every recorded error of every provider, read where the recordings are: <c>MUXI_LLM_CASSETTES</c> names the file.</summary>
public sealed class RecordedErrorsTest
{
    /// <summary>The kinds that a status has without any words, by hand.</summary>
    private static readonly Dictionary<int, ErrorKind> Plain = new()
    {
        [400] = ErrorKind.BadRequest, [401] = ErrorKind.Authentication, [403] = ErrorKind.Permission, [404] = ErrorKind.NotFound,
        [422] = ErrorKind.Unprocessable, [429] = ErrorKind.RateLimit, [500] = ErrorKind.Server, [501] = ErrorKind.Server, [503] = ErrorKind.Overloaded,
    };

    /// <summary>Words that make another kind of a status, judged by hand from the recordings.</summary>
    private static readonly (int Status, string Words, ErrorKind Kind)[] Judged =
    [
        (400, "API_KEY_INVALID", ErrorKind.Authentication),
        (400, "Incorrect API key provided", ErrorKind.Authentication),
        (403, "security token included", ErrorKind.Authentication),
        (403, "unregistered callers", ErrorKind.Authentication),
        (400, "context_length_exceeded", ErrorKind.ContextLength),
        (400, "prompt is too long", ErrorKind.ContextLength),
        (400, "maximum context length", ErrorKind.ContextLength),
        (400, "maximum number of tokens allowed", ErrorKind.ContextLength),
        (400, "TOO_MANY_TOKENS", ErrorKind.ContextLength),
        (400, "too_many_prompt_tokens", ErrorKind.ContextLength),
        (400, "Input Tokens Exceeded", ErrorKind.ContextLength),
        (400, "prompt too long", ErrorKind.ContextLength),
        (500, "is too large to process", ErrorKind.ContextLength),
        (400, "model_not_found", ErrorKind.NotFound),
        (400, "invalid_model", ErrorKind.NotFound),
        (400, "\"param\":\"model\"", ErrorKind.NotFound),
        (400, "Model no-such", ErrorKind.NotFound),
        (400, "is not a valid model ID", ErrorKind.NotFound),
        (400, "Model nonexistent is not supported", ErrorKind.NotFound),
        (400, "model identifier is invalid", ErrorKind.NotFound),
        (400, "content_policy_violation", ErrorKind.ContentFilter),
        (400, "content_filter", ErrorKind.ContentFilter),
        (429, "insufficient_quota", ErrorKind.Quota),
    ];

    [Fact]
    public async Task Every_recorded_error_is_classified_as_a_person_would()
    {
        var path = Environment.GetEnvironmentVariable("MUXI_LLM_CASSETTES");
        if (string.IsNullOrEmpty(path)) Assert.Skip("MUXI_LLM_CASSETTES does not name the recordings");

        var seen = 0;
        await foreach (var line in File.ReadLinesAsync(path, TestContext.Current.CancellationToken))
        {
            using var record = JsonDocument.Parse(line);
            var response = record.RootElement.GetProperty("response");
            var status = response.GetProperty("status").GetInt32();
            if (status is < 300) continue;
            seen++;

            var text = response.TryGetProperty("body_text", out var body) ? body.GetString() : null;
            var bytes = text is not null ? Encoding.UTF8.GetBytes(text) : response.TryGetProperty("body_base64", out var raw) ? raw.GetBytesFromBase64() : [];
            var headers = response.TryGetProperty("headers", out var all) && all.ValueKind == JsonValueKind.Object
                ? all.EnumerateObject().GroupBy(h => h.Name, StringComparer.OrdinalIgnoreCase).ToDictionary(h => h.Key, h => h.First().Value.ToString(), StringComparer.OrdinalIgnoreCase)
                : [];
            var provider = record.RootElement.GetProperty("provider").GetString()!;
            var id = $"{record.RootElement.GetProperty("id").GetString()}: {status} {text}";

            var error = Errors.Classify(new ErrorReply(status, bytes, new(headers), provider, null, ErrorCase.Now));

            Assert.True(error.Kind == Expected(status, text ?? ""), $"{error.Kind} for {id}");
            Assert.True(error.GetType() == ErrorCase.ExceptionOf(error.Kind), id);
            Assert.Equal(status, (int)error.Status);
            Assert.StartsWith(provider + ": ", error.Message, StringComparison.Ordinal);
            Assert.True(error.Message.Length > provider.Length + 6, id);
            Assert.DoesNotContain(error.Message, char.IsControl);
            // All but a few empty, encoded or odd bodies say something.
            if (text?.Contains("\"message\"", StringComparison.Ordinal) == true && !text.Contains("\"usage\"", StringComparison.Ordinal))
                Assert.DoesNotContain("HTTP ", error.Message.Replace(ErrorText.Status(status), "", StringComparison.Ordinal), StringComparison.Ordinal);
        }
        Assert.True(seen > 50, $"only {seen} recorded errors");
        TestContext.Current.TestOutputHelper?.WriteLine($"{seen} recorded errors");
    }

    private static ErrorKind Expected(int status, string body)
    {
        foreach (var (of, words, kind) in Judged)
            if (of == status && body.Replace(" ", "", StringComparison.Ordinal).Contains(words.Replace(" ", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase)) return kind;
        return Plain[status];
    }
}
