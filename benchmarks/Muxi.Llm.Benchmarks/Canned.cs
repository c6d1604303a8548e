using System.Globalization;
using System.Text;

namespace Muxi.Llm.Benchmarks;

/// <summary>What the service would send: written after OpenAI's replies of 2025, the same bytes for every variant.</summary>
internal static class Canned
{
    public const int Chunks = 1_000;

    private const string Word = " queue";

    /// <summary>Two short paragraphs: about what a service says at a time.</summary>
    public static byte[] Reply { get; } = ReplyOf(
        @"A queue forms wherever work arrives faster than it is done. As long as a server is idle for half of its time, a burst is gone before the next one comes, and nobody notices the queue at all. \n\nAt nine tenths of its capacity the same server has little slack left: each burst meets what the one before it left behind, and the mean wait grows with the inverse of what is free. This is why **tail latency** rises long before throughput stops to grow, and why it pays to measure the slowest hundredth of all calls and not their mean. Adding a second server helps more than doubling the speed of the first, as one slow call then no longer holds up all that come behind it.");

    /// <summary>One sentence: what is done for every call weighs most here.</summary>
    public static byte[] ShortReply { get; } = ReplyOf("Because bursts meet a queue that has not drained.");

    /// <summary>The stream's events, each with its blank line: an opening, the text, the finish, the usage, the end.</summary>
    public static byte[][] Events { get; } =
    [
        Event("""[{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"finish_reason":null}]""", "null", 0),
        .. Enumerable.Range(1, Chunks).Select(i => Event($$"""[{"index":0,"delta":{"content":"{{Word}}"},"finish_reason":null}]""", "null", i)),
        Event("""[{"index":0,"delta":{},"finish_reason":"stop"}]""", "null", 1),
        Event("[]", """{"prompt_tokens":38,"completion_tokens":1000,"total_tokens":1038,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}""", 2),
        [.. "data: [DONE]\n\n"u8],
    ];

    public static byte[] Stream { get; } = [.. Events.SelectMany(one => one)];

    private static byte[] ReplyOf(string text) => Encoding.UTF8.GetBytes($$"""
        {
          "id": "chatcmpl-C7kQ2mXv9TzLrB4nYpWeA81dFgHsJ",
          "object": "chat.completion",
          "created": 1757000000,
          "model": "gpt-4o-mini-2024-07-18",
          "choices": [
            {
              "index": 0,
              "message": {
                "role": "assistant",
                "content": "{{text}}",
                "refusal": null,
                "annotations": []
              },
              "logprobs": null,
              "finish_reason": "stop"
            }
          ],
          "usage": {
            "prompt_tokens": 38,
            "completion_tokens": 141,
            "total_tokens": 179,
            "prompt_tokens_details": {
              "cached_tokens": 0,
              "audio_tokens": 0
            },
            "completion_tokens_details": {
              "reasoning_tokens": 0,
              "audio_tokens": 0,
              "accepted_prediction_tokens": 0,
              "rejected_prediction_tokens": 0
            }
          },
          "service_tier": "default",
          "system_fingerprint": "fp_560af6e559"
        }
        """);

    // The padding makes chunks of any text about equally long; its length varies, as the service's does. Recorded chunks of this shape begin at 297 bytes.
    private static byte[] Event(string choices, string usage, int seed)
    {
        var padding = string.Create(CultureInfo.InvariantCulture, $"{(uint)seed * 2654435761u:x8}zQ7")[..(1 + (seed % 6))];
        return Encoding.UTF8.GetBytes(
            """data: {"id":"chatcmpl-C7kQ2mXv9TzLrB4nYpWeA81dFgHsJ","object":"chat.completion.chunk","created":1757000000,"model":"gpt-4.1-2025-04-14","service_tier":"default","system_fingerprint":"fp_560af6e559",""" +
            $$"""
            "choices":{{choices}},"usage":{{usage}},"obfuscation":"{{padding}}"}


            """.ReplaceLineEndings("\n"));
    }
}
