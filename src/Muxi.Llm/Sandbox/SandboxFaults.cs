using System.Text;

namespace Muxi.Llm;

/// <summary>Puts the fault that a model's name asks for over a good answer. It knows no operation, so it serves them all.</summary>
internal sealed class SandboxFaults
{
    private const string Wrong = "invalid_request_error", Ours = "server_error";
    private const string MidStream = "The sandbox pretends that the model has failed half way.";
    private int _flakyCalls;

    /// <summary>The answer to give. A request that was refused stays refused: faults are for good ones.</summary>
    public SandboxAnswer Over(SandboxAnswer good)
    {
        if (good.Status != 200 || good.Model is null)
            return good;
        var bad = Refuse(good) ?? Spoil(good);
        return bad with { Model = good.Model, PromptTokens = good.PromptTokens };
    }

    private SandboxAnswer? Refuse(SandboxAnswer good) => good.Model switch
    {
        SandboxModels.RateLimit => SandboxAnswer.Error(429, "The sandbox pretends that you have sent too many requests.", "requests", "rate_limit_exceeded") with
        {
            Headers = new Dictionary<string, string> { ["retry-after"] = "1", ["x-ratelimit-remaining-requests"] = "0", ["x-ratelimit-reset-requests"] = "1s" },
        },
        SandboxModels.Quota => SandboxAnswer.Error(429, "The sandbox pretends that your credit is spent.", "insufficient_quota", "insufficient_quota"),
        SandboxModels.Auth => SandboxAnswer.Error(401, "The sandbox pretends that your key is wrong.", Wrong, "invalid_api_key"),
        SandboxModels.Overloaded => SandboxAnswer.Error(503, "The sandbox pretends to be overloaded.", "overloaded_error", "overloaded"),
        SandboxModels.ContextLength => SandboxAnswer.Error(
            400, $"The sandbox pretends that your {good.PromptTokens} prompt tokens are more than its context can hold.", Wrong, "context_length_exceeded", "messages"),
        SandboxModels.ContentFilter => SandboxAnswer.Error(400, "The sandbox pretends that its content policy forbids this request.", Wrong, "content_policy_violation"),
        SandboxModels.HtmlError => new() { Status = 502, MediaType = "text/html", Body = HtmlPage() },
        SandboxModels.Flaky when Interlocked.Increment(ref _flakyCalls) % 3 != 0 =>
            SandboxAnswer.Error(503, "The sandbox fails two calls in three here.", Ours, null),
        SandboxModels.StreamError when !good.IsEvents => SandboxAnswer.Error(500, MidStream, Ours, "internal_error"),
        _ => null,
    };

    private static SandboxAnswer Spoil(SandboxAnswer good) => good.Model switch
    {
        SandboxModels.Slow => good with { Delay = TimeSpan.FromSeconds(2), Gap = TimeSpan.FromMilliseconds(100) },
        // Bytes have no end of their own: only a broken connection tells that they are not whole.
        SandboxModels.CutStream => good.Pieces is { } pieces ? good with { Pieces = FirstHalf(pieces), Breaks = !good.IsEvents } : good with { Body = good.Body[..(good.Body.Length / 2)] },
        SandboxModels.BadJson => good.IsEvents ? good with { Pieces = Break(good.Pieces!) } : good with { Pieces = null, MediaType = "application/json", Body = "{\"id\": \"sandbox\", \"object\": ]"u8.ToArray() },
        SandboxModels.StreamError => good with { Pieces = Fail(good) },
        SandboxModels.Stall => good with { Pieces = good.Pieces is { } pieces ? Opening(pieces) : [good.Body[..Math.Min(16, good.Body.Length)].ToArray()], Hangs = true },
        _ => good,
    };

    /// <summary>Half of the events never reach the finish: roles and content come first, finishes and the end mark last.</summary>
    private static IEnumerable<byte[]> FirstHalf(IEnumerable<byte[]> pieces)
    {
        var all = pieces.ToList();
        return all.Take(all.Count / 2);
    }

    /// <summary>What comes before anything is said, two events more, and the failure.</summary>
    private static IEnumerable<byte[]> Fail(SandboxAnswer good)
    {
        var sent = FirstHalf(good.Pieces!).Take(good.Opening + 2).ToList();
        return [.. sent, .. good.Failure(sent.Count, MidStream)];
    }

    /// <summary>The first two events, but never the last one: a stream of one or two must not be whole.</summary>
    private static IEnumerable<byte[]> Opening(IEnumerable<byte[]> pieces)
    {
        var first = pieces.Take(3).ToList();
        return first.Take(Math.Min(2, first.Count - 1));
    }

    private static IEnumerable<byte[]> Break(IEnumerable<byte[]> pieces)
    {
        // The third, or the last of fewer.
        var (number, broken) = (0, Math.Min(3, pieces.Take(3).Count()));
        foreach (var piece in pieces)
            yield return ++number == broken ? [.. piece.AsSpan(0, piece.Length / 2), .. "\n\n"u8] : piece;
    }

    private static byte[] HtmlPage() => Encoding.UTF8.GetBytes(
        "<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head>\n<body><h1>Bad Gateway</h1><p>A page from the muxi-llm sandbox.</p></body></html>\n");
}
