using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;

namespace Muxi.Llm.Tests;

/// <summary>Where the network cuts a stream is chance; what the caller gets is not.</summary>
public partial class Law10_A_stream_folds_alike_at_every_split
{
    private const int Seeds = 20;

    /// <summary>One stream per dialect with all that makes splitting hard: comments, CRLF, no blank behind "data:", text of four bytes, calls, usage.</summary>
    private static readonly Dictionary<string, string> _streams = new()
    {
        [nameof(OpenAIChat)] = """
            : keep-alive

            data: {"id":"c1","object":"chat.completion.chunk","created":7,"model":"m-1","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}],"x_region":"eu"}

            data:{"id":"c1","created":7,"model":"m-1","choices":[{"index":0,"delta":{"reasoning_content":"Zwölf 🧮, "}}]}

            event: message
            data: {"id":"c1","created":7,"model":"m-1",
            data:  "choices":[{"index":0,"delta":{"reasoning_content":"also gerade."}}]}

            data: {"id":"c1","created":7,"model":"m-1","choices":[{"index":0,"delta":{"content":"Grüße, \"世界\" 👋🏽\n"}},{"index":1,"delta":{"role":"assistant","content":"B"}}]}

            data: {"id":"c1","created":7,"model":"m-1","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_a","type":"function","function":{"name":"weather","arguments":""}}]}}]}

            : OPENROUTER PROCESSING

            data: {"id":"c1","created":7,"model":"m-1","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"city\":\"Kö"}},{"index":1,"id":"call_b","type":"function","function":{"name":"time","arguments":"{}"}}]}}]}

            data: {"id":"c1","created":7,"model":"m-1","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"ln\"}"}}]}},{"index":1,"delta":{"content":"!"},"finish_reason":"stop"}]}

            data: {"id":"c1","created":7,"model":"m-1","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}],"usage":null}

            data: {"id":"c1","created":7,"model":"m-1","choices":[],"usage":{"prompt_tokens":11,"completion_tokens":9,"total_tokens":20,"completion_tokens_details":{"reasoning_tokens":4}}}

            data: [DONE]


            """,
        [nameof(ReplicateChat)] = """
            event: output
            id: 1690212292:0
            data: Grüße, "世

            : hi

            event: output
            data:界" 👋🏽
            data: 

            event: logs
            data: {"a":"🧮"}

            event: done
            data: {}


            """,
        [nameof(GeminiChat)] = """
            data: {"candidates":[{"content":{"parts":[{"text":"Zwölf 🧮","thought":true}],"role":"model"},"index":0}],"usageMetadata":{"promptTokenCount":11,"totalTokenCount":11},"modelVersion":"m-1","responseId":"r1"}

            : keep-alive

            data: {"candidates":[{"content":{"parts":[{"text":"Grüße, "}],"role":"model"},"index":0}],"usageMetadata":{"promptTokenCount":11},"modelVersion":"m-1","responseId":"r1"}

            data:{"candidates":[{"content":{"parts":[
            data:  {"text":"\"世界\" 👋🏽"}],"role":"model"},"index":0}],"modelVersion":"m-1","responseId":"r1"}

            data: {"candidates":[{"content":{"parts":[{"functionCall":{"id":"a","name":"weather","args":{"city":"Köln"}},"thoughtSignature":"EqQBCgIYAhIM1gbcDa9GJwZA2b3h=="},{"functionCall":{"id":"b","name":"now"}}],"role":"model"},"index":0}],"modelVersion":"m-1","responseId":"r1"}

            data: {"candidates":[{"content":{"parts":[{"executableCode":{"language":"PYTHON","code":"print('世界')"}},{"text":""}],"role":"model"},"finishReason":"STOP","index":0,"groundingMetadata":{"webSearchQueries":["世界"]}}],"usageMetadata":{"promptTokenCount":11,"candidatesTokenCount":5,"thoughtsTokenCount":4,"totalTokenCount":20},"modelVersion":"m-1","responseId":"r1"}


            """,
        [nameof(AnthropicMessages)] = """
            event: message_start
            data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"m-1","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":11,"cache_read_input_tokens":0,"output_tokens":1}}}

            event: content_block_start
            data: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}

            : keep-alive

            event: ping
            data: {"type": "ping"}

            event: content_block_delta
            data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Zwölf 🧮"}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"EqQBCgIYAhIM1gbcDa9GJwZA2b3h=="}}

            event: content_block_stop
            data: {"type":"content_block_stop","index":0}

            event: content_block_start
            data: {"type":"content_block_start","index":1,"content_block":{"type":"text","text":"","citations":[]}}

            data:{"type":"content_block_delta","index":1,
            data:  "delta":{"type":"text_delta","text":"Grüße, \"世界\" 👋🏽"}}

            event: content_block_stop
            data: {"type":"content_block_stop","index":1}

            event: content_block_start
            data: {"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"toolu_a","name":"weather","input":{}}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\"city\":\"Kö"}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"ln\"}"}}

            event: content_block_stop
            data: {"type":"content_block_stop","index":2}

            event: message_delta
            data: {"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":9}}

            event: message_stop
            data: {"type":"message_stop"}


            """,
        [nameof(CohereChat)] = """
            event: message-start
            data: {"id":"29f14a5a-11de-4cae-9800-25e4747408ea","type":"message-start","delta":{"message":{"role":"assistant","content":[],"tool_plan":"","tool_calls":[],"citations":[]}}}

            event: content-start
            data: {"type":"content-start","index":0,"delta":{"message":{"content":{"type":"thinking","thinking":""}}}}

            : keep-alive

            data: {"type":"content-delta","index":0,"delta":{"message":{"content":{"thinking":"Zwölf 🧮"}}}}

            event: content-end
            data: {"type":"content-end","index":0}

            event: content-start
            data: {"type":"content-start","index":1,"delta":{"message":{"content":{"type":"text","text":"Grüße, "}}}}

            data:{"type":"content-delta","index":1,
            data:  "delta":{"message":{"content":{"text":"\"世界\" \ud83d"}}},"logprobs":{"text":"\"世界\"","token_ids":[1,2],"logprobs":[-0.5,-0.25]}}

            data: {"type":"content-delta","index":1,"delta":{"message":{"content":{"text":"\udc4b🏽"}}}}

            event: citation-start
            data: {"type":"citation-start","index":0,"delta":{"message":{"citations":{"start":8,"end":10,"text":"世界","sources":[{"type":"document","id":"d:0","document":{"id":"d:0","title":"Größen"}}],"type":"TEXT_CONTENT"}}}}

            event: tool-plan-delta
            data: {"type":"tool-plan-delta","delta":{"message":{"tool_plan":"Erst das Wetter 🌦"}}}

            event: tool-call-start
            data: {"type":"tool-call-start","index":0,"delta":{"message":{"tool_calls":{"id":"weather_a","type":"function","function":{"name":"weather","arguments":""}}}}}

            data: {"type":"tool-call-delta","index":0,"delta":{"message":{"tool_calls":{"function":{"arguments":"{\"city\":\"Kö"}}}}}

            data: {"type":"tool-call-delta","index":0,"delta":{"message":{"tool_calls":{"function":{"arguments":"ln\"}"}}}}}

            event: tool-call-end
            data: {"type":"tool-call-end","index":0}

            event: later-event
            data: {"type":"later-event","note":"世界"}

            event: message-end
            data: {"type":"message-end","delta":{"finish_reason":"TOOL_CALL","usage":{"billed_units":{"input_tokens":1,"output_tokens":5},"tokens":{"input_tokens":11,"output_tokens":9},"cached_tokens":8}}}

            data: [DONE]


            """,
        [nameof(OllamaChat)] = """
            {"model":"m-1","created_at":"2026-08-04T19:59:11.820116Z","message":{"role":"assistant","content":"","thinking":"Zwölf 🧮, "},"done":false}

            {"model":"m-1","created_at":"2026-08-04T19:59:11.9Z","message":{"role":"assistant","content":"","thinking":"also gerade."},"done":false}
            {"model":"m-1","created_at":"2026-08-04T19:59:12Z","message":{"role":"assistant","content":"Grüße, \"世界\" \ud83d"},"done":false,"logprobs":[{"token":"Grü","logprob":-0.25,"bytes":[71,114,195,188],"top_logprobs":[{"token":"Ha","logprob":-2}]}]}
            {"model":"m-1","created_at":"2026-08-04T19:59:12Z","message":{"role":"assistant","content":"\udc4b🏽\n"},"done":false}
              {"model":"m-1","created_at":"2026-08-04T19:59:13Z","message":{"role":"assistant","content":"","tool_calls":[{"id":"call_a","function":{"index":0,"name":"weather","arguments":{"city":"Köln"}}}]},"done":false}
            {"model":"m-1","created_at":"2026-08-04T19:59:13Z","message":{"role":"assistant","content":"","tool_calls":[{"id":"call_b","function":{"index":1,"name":"time","arguments":{}}}]},"done":false}
            {"model":"m-1","created_at":"2026-08-04T19:59:13Z","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","total_duration":5645304708,"prompt_eval_count":11,"eval_count":9,"x_region":"eu"}

            """,
        [nameof(CanonicalChat)] = """
            {"id":"c1","object":"chat.completion.chunk","created":7,"model":"m-1","choices":[{"index":0,"delta":{"role":"assistant","reasoning_content":"Zwölf 🧮","blocks":[{"index":0,"type":"reasoning","text":"Zwölf 🧮"}]},"logprobs":null,"finish_reason":null}]}
            {"id":"c1","object":"chat.completion.chunk","created":7,"model":"m-1","choices":[{"index":0,"delta":{"blocks":[{"index":0,"type":"reasoning","signature":"EqQBCgIYAhIM1gbcDa9GJwZA2b3h==","format":"extensions-ai/mine"}]},"logprobs":null,"finish_reason":null}]}

            {"id":"c1","object":"chat.completion.chunk","created":7,"model":"m-1","choices":[{"index":0,"delta":{"content":"Grüße, \"世界\" 👋🏽\n"},"logprobs":null,"finish_reason":null}]}
            {"id":"c1","object":"chat.completion.chunk","created":7,"model":"m-1","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_a","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Köln\"}"}}]},"logprobs":null,"finish_reason":null}]}
            {"id":"c1","object":"chat.completion.chunk","created":7,"model":"m-1","choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":11,"completion_tokens":9,"total_tokens":20}}

            """,
        [nameof(OpenAIResponsesChat)] = """
            event: response.created
            data: {"type":"response.created","sequence_number":0,"response":{"id":"resp_1","object":"response","created_at":7,"status":"in_progress","model":"m-1","output":[],"usage":null}}

            event: response.output_item.added
            data: {"type":"response.output_item.added","sequence_number":1,"output_index":0,"item":{"id":"rs_1","type":"reasoning","encrypted_content":"par","summary":[]}}

            : keep-alive

            event: response.reasoning_summary_text.delta
            data: {"type":"response.reasoning_summary_text.delta","sequence_number":2,"item_id":"rs_1","output_index":0,"summary_index":0,"delta":"Zwölf 🧮"}

            event: response.output_item.done
            data: {"type":"response.output_item.done","sequence_number":3,"output_index":0,"item":{"id":"rs_1","type":"reasoning","encrypted_content":"gAAA+/==","summary":[{"type":"summary_text","text":"Zwölf 🧮"}]}}

            event: response.output_item.added
            data: {"type":"response.output_item.added","sequence_number":4,"output_index":1,"item":{"id":"msg_1","type":"message","status":"in_progress","role":"assistant","content":[]}}

            event: response.output_text.delta
            data:{"type":"response.output_text.delta","item_id":"msg_1","output_index":1,"content_index":0,
            data:  "delta":"Grüße, \"世界\" 👋🏽","logprobs":[]}

            data: {"type":"response.output_item.done","output_index":1,"item":{"id":"msg_1","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"Grüße, \"世界\" 👋🏽","annotations":[],"logprobs":[]}]}}

            data: {"type":"response.output_item.added","output_index":2,"item":{"id":"fc_1","type":"function_call","status":"in_progress","call_id":"call_a","name":"weather","arguments":""}}

            data: {"type":"response.function_call_arguments.delta","item_id":"fc_1","output_index":2,"delta":"{\"city\":\"Kö"}

            data: {"type":"response.function_call_arguments.delta","item_id":"fc_1","output_index":2,"delta":"ln\"}"}

            data: {"type":"response.output_item.done","output_index":2,"item":{"id":"fc_1","type":"function_call","status":"completed","call_id":"call_a","name":"weather","arguments":"{\"city\":\"Köln\"}"}}

            event: response.later
            data: {"type":"response.later","note":"世界"}

            event: response.completed
            data: {"type":"response.completed","response":{"id":"resp_1","object":"response","created_at":7,"status":"completed","model":"m-1","output":[],"usage":{"input_tokens":11,"output_tokens":9,"total_tokens":20}}}


            """,
        // One frame a line; how lines end means nothing here.
        [nameof(BedrockConverse)] = """
            event messageStart {"p":"abc","role":"assistant"}
            event contentBlockDelta {"contentBlockIndex":0,"delta":{"reasoningContent":{"text":"Zwölf 🧮"}},"p":"abcdefgh"}
            event contentBlockDelta {"contentBlockIndex":0,"delta":{"reasoningContent":{"signature":"EqQBCgIYAhIM1gbcDa9GJwZA2b3h=="}},"p":""}
            event contentBlockStop {"contentBlockIndex":0,"p":"ab"}
            event contentBlockDelta {"contentBlockIndex":1,"delta":{"text":"Grüße, \"世"},"p":"abcd"}
            event contentBlockDelta {"contentBlockIndex":1,"delta":{"text":"界\" 👋🏽"},"p":"abcd"}
            event contentBlockStop {"contentBlockIndex":1}
            event contentBlockStart {"contentBlockIndex":2,"start":{"toolUse":{"toolUseId":"tooluse_a","name":"weather"}}}
            event contentBlockDelta {"contentBlockIndex":2,"delta":{"toolUse":{"input":"{\"city\":\"Kö"}}}
            event contentBlockDelta {"contentBlockIndex":2,"delta":{"toolUse":{"input":"ln\"}"}}}
            event contentBlockStop {"contentBlockIndex":2}
            event somethingLater {"note":"世界"}
            event messageStop {"stopReason":"tool_use"}
            event metadata {"usage":{"inputTokens":11,"outputTokens":9,"totalTokens":20},"metrics":{"latencyMs":7}}
            """,
    };

    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var dialect in Quirks.Dialects.Where(typeof(ChatDialect).IsAssignableFrom))
                foreach (var ending in new[] { "LF", "CRLF" }) cases.Add(dialect.Name, ending);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Through_the_real_transport(string dialect, string lineEnding)
    {
        Assert.True(_streams.TryGetValue(dialect, out var stream), $"{dialect} has no stream here: write one as its service sends it");
        if (lineEnding == "CRLF") stream = stream.Replace("\n", "\r\n", StringComparison.Ordinal);
        var body = dialect == nameof(BedrockConverse) ? AwsFrames.FromText(stream) : Encoding.UTF8.GetBytes(stream);
        var spoken = (ChatDialect)Activator.CreateInstance(Quirks.Dialects.Single(one => one.Name == dialect))!;

        var whole = await ReadAsync(spoken, [body]);

        Assert.Contains("\"content\":\"Grüße, \\\"世界\\\" \\uD83D\\uDC4B", whole, StringComparison.Ordinal);
        // Predictions have no calls, and tell what was used elsewhere.
        if (dialect != nameof(ReplicateChat)) Assert.Contains("\"arguments\":\"{\\\"city\\\":\\\"Köln\\\"}\"", whole, StringComparison.Ordinal);
        if (dialect != nameof(ReplicateChat)) Assert.Contains("\"total_tokens\":20", whole, StringComparison.Ordinal);
        Law.Holds(await CheckAsync(body, pieces => ReadAsync(spoken, pieces)), "Something is kept or decoded across reads: copy what an event's data must outlive, and cut at events, not at reads.");
    }

    [Fact]
    public async Task The_law_catches_a_planted_breach()
    {
        var body = Encoding.UTF8.GetBytes(_streams[nameof(OpenAIChat)]);

        // Decodes read by read and takes each read for whole lines, as a naive client does.
        var naive = await CheckAsync(body, pieces => Task.FromResult(string.Join('|', pieces.SelectMany(piece => Encoding.UTF8.GetString(piece).Split('\n')).Where(line => line.StartsWith("data:", StringComparison.Ordinal)))));

        Assert.InRange(naive.Count, Seeds / 2, Seeds);
    }

    private static async Task<List<Breach>> CheckAsync(byte[] body, Func<byte[][], Task<string>> read)
    {
        var whole = await read([body]);
        var breaches = new List<Breach>();
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var split = await read([.. Seeded.Pieces(body, seed)]);
            if (split != whole) breaches.Add(new($"seed {seed}", 0, $"instead of\n{whole}\nthe caller got\n{split}"));
        }
        return breaches;
    }

    /// <summary>Every chunk and the reply that they make, as JSON.</summary>
    private static async Task<string> ReadAsync(ChatDialect dialect, byte[][] pieces)
    {
        using var handler = new Pieces(pieces);
        using var client = new LlmClient(new() { Providers = [new("split", "http://split.invalid/v1", Auth.None) { Chat = dialect }], Handler = handler, Environment = _ => null, Retries = Calls.Once, TimeProvider = new ManualTime() });
        var request = new ChatCompletionRequest { Model = "split/m-1", Messages = [Message.User("Hi")] };
        var chunks = new List<ChatCompletionChunk>();
        await foreach (var chunk in client.Chat.Completions.StreamAsync(request, null, TestContext.Current.CancellationToken)) chunks.Add(chunk);
        var reply = await chunks.ToAsyncEnumerable().ToCompletionAsync(TestContext.Current.CancellationToken);
        // An id that the service does not give is made anew for every call.
        return MadeId().Replace(string.Join('\n', chunks.Select(chunk => chunk.ToJson()).Append(reply.ToJson())), "$1_made");
    }

    [GeneratedRegex("([a-z]+)_[0-9a-f]{24}")]
    private static partial Regex MadeId();

    internal sealed class Pieces(byte[][] pieces, string type = "text/event-stream") : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var content = new StreamContent(new PieceStream(pieces));
            content.Headers.ContentType = new MediaTypeHeaderValue(type);
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = content });
        }
    }

    /// <summary>Gives at most one piece at each read.</summary>
    private sealed class PieceStream(byte[][] pieces) : MemoryStream(pieces.SelectMany(piece => piece).ToArray(), writable: false)
    {
        private readonly Queue<int> _ends = new(pieces.Select((_, i) => pieces.Take(i + 1).Sum(piece => piece.Length)));

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            while (_ends.Count > 0 && _ends.Peek() <= Position) _ends.Dequeue();
            await Task.Yield();
            return Read(buffer.Span[..(_ends.Count == 0 ? 0 : (int)Math.Min(buffer.Length, _ends.Peek() - Position))]);
        }
    }
}
