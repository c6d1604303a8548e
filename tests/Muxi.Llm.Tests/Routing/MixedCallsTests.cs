using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Muxi.Llm.Tests;

/// <summary>Twenty thousand calls, streamed and not, at services that fail in every way: each ends, and no piece of an answer is lost or doubled.</summary>
public sealed class MixedCallsTests : IAsyncLifetime
{
    private const int Count = 20_000;
    private const int AtOnce = 64;
    private const int Pieces = 8;

    private static readonly string[] _faults =
        ["429", "503", "529", "502", "html", "abort", "cut head", "error event", "error after opening", "cut after opening", "cut in content", "error in content", "bad json", "400", "401", "good", "good", "good", "good", "good"];

    private readonly ConcurrentDictionary<(string Call, string Target), int> _seen = new();
    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync(AnswerAsync);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task No_call_hangs_and_no_delta_is_lost_or_doubled()
    {
        using var client = new LlmClient(new()
        {
            BaseUrls = new Dictionary<string, Uri> { ["openai"] = new(_server.Url, "openai"), ["groq"] = new(_server.Url, "groq") },
            ApiKeys = new Dictionary<string, string> { ["openai"] = "key-1-123456", ["groq"] = "key-2-123456" },
            Environment = static _ => null,
            Retries = new() { InitialDelay = TimeSpan.Zero, BudgetPerSecond = 1e9 },
            Timeouts = new() { FirstByte = TimeSpan.FromSeconds(2), Idle = TimeSpan.FromSeconds(2) },
        });
        var outcomes = new ConcurrentDictionary<string, int>();

        await Parallel.ForEachAsync(Enumerable.Range(0, Count), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = TestContext.Current.CancellationToken }, async (number, token) =>
        {
            var outcome = await CallAsync(client, number, token).WaitAsync(TimeSpan.FromSeconds(60), token);
            outcomes.AddOrUpdate(outcome, 1, static (_, count) => count + 1);
        });

        Assert.Equal(Count, outcomes.Values.Sum());
        // Everything that can come of a call has come, so that the mixture is one.
        Assert.All((string[])["whole", "whole elsewhere", "refused", "interrupted", "all failed"], outcome => Assert.True(outcomes.ContainsKey(outcome), $"none was {outcome}: {string.Join(", ", outcomes)}"));
    }

    private async Task<string> CallAsync(LlmClient client, int number, CancellationToken token)
    {
        var request = new ChatCompletionRequest { Model = "openai/m", Messages = [Message.User($"call {number}")], User = number.ToString(CultureInfo.InvariantCulture) };
        var options = new RequestOptions { Fallbacks = ["groq/m"] };
        var text = new StringBuilder();
        try
        {
            IReadOnlyList<Attempt> attempts = [];
            if (number % 2 == 0)
                await foreach (var chunk in client.Chat.Completions.StreamAsync(request, options, token))
                {
                    text.Append(chunk.Text);
                    attempts = chunk.Attempts;
                }
            else
            {
                var reply = await client.Chat.Completions.CreateAsync(request, options, token);
                text.Append(reply.Text);
                attempts = reply.Attempts;
            }
            Assert.Equal(Answer(number, Pieces), text.ToString());
            Check(number, attempts);
            return attempts[^1].Target == "groq/m" ? "whole elsewhere" : "whole";
        }
        catch (StreamInterruptedException e) when (e.Received is not null)
        {
            // What came is a beginning, and the exception holds just that.
            Assert.StartsWith(text.ToString(), Answer(number, Pieces), StringComparison.Ordinal);
            Assert.True(text.Length > 0 && e.Received.Text == text.ToString(), $"{e.Received.Text} is not {text}");
            Check(number, e.Attempts);
            return "interrupted";
        }
        catch (LlmException e)
        {
            Assert.Equal("", text.ToString());
            Check(number, e.Attempts);
            return e is AllTargetsFailedException ? "all failed" : "refused";
        }
    }

    /// <summary>Every attempt that the server saw is told of, none twice. A connection that broke may have been renewed below us.</summary>
    private void Check(int number, IReadOnlyList<Attempt> attempts)
    {
        foreach (var target in (string[])["openai", "groq"])
        {
            var told = attempts.Count(attempt => attempt.Target == $"{target}/m");
            var seen = _seen.GetValueOrDefault((number.ToString(CultureInfo.InvariantCulture), target));
            Assert.InRange(told, 0, 3);
            Assert.True(seen >= told, $"call {number}: {told} attempts at {target} are told of, the server saw {seen}");
        }
    }

    private static string Answer(int number, int pieces) => string.Concat(Enumerable.Range(0, pieces).Select(piece => string.Create(CultureInfo.InvariantCulture, $"[{number}.{piece}]")));

    private async Task AnswerAsync(HttpContext context)
    {
        var body = (await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted))!;
        var call = (string)body["user"]!;
        var target = context.Request.Path.Value!.Split('/')[1];
        var attempt = _seen.AddOrUpdate((call, target), 1, static (_, count) => count + 1);
        var number = int.Parse(call, CultureInfo.InvariantCulture);
        var fault = _faults[new Random(number * 10 + attempt * 2 + (target == "groq" ? 1 : 0)).Next(_faults.Length)];
        if (number % 200 == 0 && attempt == 1) fault = number % 400 == 0 ? "stall in content" : "stall";
        if ((bool?)body["stream"] == true) await StreamAsync(context, fault, number);
        else await ReplyAsync(context, fault, number);
    }

    private static Task ReplyAsync(HttpContext context, string fault, int number) => fault switch
    {
        "html" => WriteAsync(context, 200, "text/html", "<html>hello</html>"),
        "bad json" or "cut in content" => WriteAsync(context, 200, "application/json", Calls.Reply(Answer(number, Pieces))[..150]),
        "error event" or "error in content" => WriteAsync(context, 200, "application/json", """{"error":{"message":"Overloaded","code":503}}"""),
        _ => OtherAsync(context, fault, () => WriteAsync(context, 200, "application/json", Calls.Reply(Answer(number, Pieces)))),
    };

    private static Task StreamAsync(HttpContext context, string fault, int number)
    {
        const string Error = "data: {\"error\":{\"message\":\"Overloaded\",\"code\":503}}\n\n";
        string[] events = [Calls.Opening, .. Enumerable.Range(0, Pieces).Select(piece => Calls.Piece(string.Create(CultureInfo.InvariantCulture, $"[{number}.{piece}]")))];
        string[] end = [Calls.Finish, Calls.Usage, Calls.Done];
        return fault switch
        {
            "html" => WriteAsync(context, 200, "text/html", "<html>hello</html>"),
            "error event" => EventsAsync(context, [Error], isCut: false),
            "error after opening" => EventsAsync(context, [events[0], Error], isCut: false),
            "cut after opening" => EventsAsync(context, events[..1], isCut: true),
            "cut in content" => EventsAsync(context, events[..4], isCut: number % 4 == 0),
            "error in content" => EventsAsync(context, [.. events[..6], Error, Calls.Done], isCut: false),
            "bad json" => EventsAsync(context, ["data: {\"id\":\n\n"], isCut: false),
            "stall in content" => StallAsync(context, () => EventsAsync(context, events[..3], isCut: false)),
            _ => OtherAsync(context, fault, () => EventsAsync(context, [.. events, .. end], isCut: false)),
        };
    }

    private static async Task OtherAsync(HttpContext context, string fault, Func<Task> good)
    {
        if (fault is "abort" or "cut head") context.Abort();
        else if (fault.StartsWith("stall", StringComparison.Ordinal)) await StallAsync(context, () => Task.CompletedTask);
        else if (int.TryParse(fault, CultureInfo.InvariantCulture, out var status)) await WriteAsync(context, status, "application/json", """{"error":{"message":"It broke"}}""");
        else await good();
    }

    /// <summary>Says nothing more until the client has gone.</summary>
    private static async Task StallAsync(HttpContext context, Func<Task> first)
    {
        await first();
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = context.RequestAborted.Register(gone.SetResult);
        await gone.Task;
    }

    private static async Task WriteAsync(HttpContext context, int status, string type, string body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        context.Response.ContentLength = Encoding.UTF8.GetByteCount(body);
        await context.Response.WriteAsync(body, context.RequestAborted);
    }

    private static async Task EventsAsync(HttpContext context, string[] events, bool isCut)
    {
        context.Response.ContentType = "text/event-stream";
        foreach (var one in events)
        {
            await context.Response.WriteAsync(one, context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
        if (isCut) context.Abort();
    }
}
