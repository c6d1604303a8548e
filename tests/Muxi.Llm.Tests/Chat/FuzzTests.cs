using System.Text;
using System.Text.Json;

namespace Muxi.Llm.Tests;

/// <summary>Whatever bytes come: a reply, or an exception of ours.</summary>
public sealed class FuzzTests
{
    private const int Seeds = 4000;

    private static readonly string[] _spices =
    [
        "null", "1", "-1e999", "[]", "{}", "\"\"", "\"\\ud83d\"", "true", "[{}]", "{\"a\":[", "]", "}", ",", ":", "\"", "\\", "\0", "\"error\":", "\"choices\":", "\"delta\":", "\"index\":-5,", "\"tool_calls\":[1],", "\"usage\":[],", "data: ", "\n\n", "[DONE]",
        "\"message\":", "99999999999999999999", "\"blocks\":[1],", "\"logprobs\":{\"content\":[5]},", "\"function\":[],", "\"\\u0069ndex\":1,",
    ];

    private static readonly string[] _replies =
    [
        Calls.Reply("Hello"),
        """{"id":"1","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":[{"type":"text","text":"t"}],"reasoning_details":[{"type":"reasoning.text","text":"r","signature":"s","index":0},{"type":"reasoning.encrypted","data":"AA"}],"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":{"x":1}}}],"function_call":{"name":"f","arguments":"{}"},"audio":{"id":"a"},"annotations":[{"type":"url_citation","url_citation":{"url":"u"}}]},"logprobs":{"content":[{"token":"t","logprob":-1,"bytes":[1],"top_logprobs":[]}]},"finish_reason":"tool_use"}],"usage":{"prompt_tokens":1,"completion_tokens":2,"completion_tokens_details":{"reasoning_tokens":1}}}""",
    ];

    private static readonly string[] _streams =
    [
        Calls.Events("Hello", " there"),
        Calls.Event("""{"index":0,"delta":{"role":"assistant","content":[{"type":"text","text":"a"}],"reasoning":"r","reasoning_details":[{"type":"reasoning.text","text":"x","index":0}],"audio":{"data":"AA=="},"annotations":[{"type":"odd"}]},"logprobs":{"content":[]}}""")
            + Calls.Event("""{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":"{"}},{"function":{"arguments":"}"}}],"function_call":{"name":"g","arguments":""}},"finish_reason":"tool_calls"}""") + Calls.Usage + Calls.Done,
    ];

    [Fact]
    public void Any_reply_is_read_or_raised_as_ours()
    {
        foreach (var provider in (Provider[])[Providers.OpenAI, Providers.OpenRouter, Providers.Groq])
            for (var seed = 0; seed < Seeds; seed++)
            {
                var body = Spoiled(_replies[seed % _replies.Length], seed);
                Expect(seed, body, () => ChatCompletion.Parse(Encoding.UTF8.GetBytes(provider.Chat!.Parse(new(200, body), Context(provider)).ToJson())));
            }
    }

    [Fact]
    public void Any_stream_is_read_or_raised_as_ours()
    {
        foreach (var provider in (Provider[])[Providers.OpenAI, Providers.OpenRouter, Providers.Groq])
            for (var seed = 0; seed < Seeds; seed++)
            {
                var body = Spoiled(_streams[seed % _streams.Length], seed);
                var accumulator = new ChatAccumulator();
                Expect(seed, body, () =>
                {
                    foreach (var chunk in Fold(provider, body))
                    {
                        ChatCompletionChunk.Parse(Encoding.UTF8.GetBytes(chunk.ToJson()));
                        accumulator.Add(chunk);
                    }
                    ChatCompletion.Parse(Encoding.UTF8.GetBytes(accumulator.ToCompletion()!.ToJson()));
                });
            }
    }

    [Fact]
    public void Any_request_is_read_or_refused_as_json()
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var body = Spoiled(new RandomRequests(seed).Request().ToJson(), seed);
            try
            {
                var request = ChatCompletionRequest.Parse(body);
                Providers.OpenRouter.Chat!.Render(request, Context(Providers.OpenRouter), stream: true);
                ChatCompletionRequest.Parse(Encoding.UTF8.GetBytes(request.ToJson()));
            }
            catch (JsonException)
            {
                // Refused.
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                Assert.Fail($"seed {seed}: {Encoding.UTF8.GetString(body)}\n{e}");
            }
        }
    }

    private static List<ChatCompletionChunk> Fold(Provider provider, byte[] body)
    {
        using var framer = new SseFramer();
        var fold = provider.Chat!.Fold(Context(provider));
        var chunks = new List<ChatCompletionChunk>();
        for (var at = 0; at < body.Length;)
        {
            var room = framer.GetBuffer();
            var count = Math.Min(room.Length, body.Length - at);
            body.AsMemory(at, count).CopyTo(room);
            framer.Advance(count);
            at += count;
        }
        framer.Complete();
        while (!fold.IsComplete && framer.TryRead(out var wireEvent)) fold.Next(wireEvent, chunks);
        fold.End(chunks);
        return chunks;
    }

    private static void Expect(int seed, byte[] body, Action read)
    {
        try
        {
            read();
        }
        catch (LlmException)
        {
            // Ours.
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Assert.Fail($"seed {seed}: {Encoding.UTF8.GetString(body)}\n{e}");
        }
    }

    /// <summary>The text with bytes left out, changed and put in.</summary>
    private static byte[] Spoiled(string text, int seed)
    {
        var random = new Random(seed);
        var bytes = Encoding.UTF8.GetBytes(text).ToList();
        for (var times = random.Next(1, 5); times > 0; times--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0: bytes.RemoveRange(at, Math.Min(random.Next(1, 20), bytes.Count - at)); break;
                case 1: bytes[at] = (byte)random.Next(256); break;
                case 2: bytes.InsertRange(at, Encoding.UTF8.GetBytes(_spices[random.Next(_spices.Length)])); break;
                case 3: Replace(bytes, random, _spices[random.Next(_spices.Length)]); break;
                default: bytes.InsertRange(at, bytes.GetRange(0, Math.Min(at, 40))); break;
            }
            if (bytes.Count == 0) bytes.Add((byte)'{');
        }
        return [.. bytes];
    }

    /// <summary>Puts something else in the place of a whole value, so that the JSON stays JSON.</summary>
    private static void Replace(List<byte> bytes, Random random, string value)
    {
        var colons = Enumerable.Range(0, bytes.Count).Where(i => bytes[i] == ':').ToArray();
        if (colons.Length == 0) return;
        var from = colons[random.Next(colons.Length)] + 1;
        var reader = new Utf8JsonReader(bytes.Skip(from).ToArray(), isFinalBlock: false, default);
        try
        {
            if (!reader.Read() || !reader.TrySkip()) return;
        }
        catch (JsonException)
        {
            return;
        }
        bytes.RemoveRange(from, (int)reader.BytesConsumed);
        bytes.InsertRange(from, Encoding.UTF8.GetBytes(value));
    }

    private static CallContext Context(Provider provider) => new(provider.Name, "m", "r", default);
}
