using System.Text;

namespace Muxi.Llm.Tests;

/// <summary>As for chat: where the network cuts a stream of completions, transcripts, sound, pictures, responses or embeddings is chance; what the caller gets is not.</summary>
public class Law10_Other_streams_fold_alike_at_every_split
{
    private const int Seeds = 20;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private const string _response = """
        event: response.created
        data: {"type":"response.created","sequence_number":0,"response":{"id":"r1","object":"response","created_at":7,"status":"in_progress","model":"m-1","output":[]}}

        : keep-alive

        data:{"type":"response.output_text.delta","sequence_number":1,"item_id":"i","output_index":0,
        data:  "content_index":0,"delta":"Grüße, 世界 👋🏽\n","logprobs":[{"token":"世界","logprob":-0.2}],"obfuscation":"x"}

        event: response.later
        data: {"type":"response.later","sequence_number":2,"note":{"a":"\ud83e\uddee"}}

        event: response.completed
        data: {"type":"response.completed","sequence_number":3,"response":{"id":"r1","object":"response","created_at":7,"status":"completed","model":"m-1","output":[{"type":"reasoning","id":"rs","summary":[],"encrypted_content":"gAAA\/=="}],"usage":{"input_tokens":14,"output_tokens":6,"total_tokens":20}}}


        """;

    /// <summary>By dialect: what its service sends with all that makes splitting hard, and what must be in the outcome.</summary>
    private static readonly Dictionary<string, (string Body, string Held)> _streams = new()
    {
        [nameof(OpenAICompletions)] = ("""
            : keep-alive

            data: {"id":"c1","object":"text_completion","created":7,"model":"m-1","choices":[{"index":0,"text":"Grüße, ","logprobs":null,"finish_reason":null}],"x_region":"eu"}

            data:{"id":"c1","created":7,"model":"m-1",
            data:  "choices":[{"index":0,"text":"\"世界\" 👋🏽\n"},{"index":1,"text":"B"}]}

            data: {"id":"c1","created":7,"model":"m-1","choices":[{"index":1,"text":"\ud83e","finish_reason":null}]}

            data: {"id":"c1","created":7,"model":"m-1","choices":[{"index":1,"text":"\uddee","finish_reason":"length"},{"index":0,"text":"","finish_reason":"stop"}],"usage":null}

            data: {"id":"c1","created":7,"model":"m-1","choices":[],"usage":{"prompt_tokens":11,"completion_tokens":9,"total_tokens":20}}

            data: [DONE]


            """, "\"total_tokens\":20"),
        [nameof(WatsonxCompletions)] = ("""
            id: 1
            event: message
            data: {"model_id":"m-1","created_at":"2026-03-01T07:40:24.839Z","results":[{"generated_text":"","generated_token_count":0,"input_token_count":11,"stop_reason":"not_finished"}],"system":{"warnings":[{"message":"世界"}]}}

            : keep-alive

            id: 2
            event: message
            data:{"model_id":"m-1","results":[{"generated_text":"Grüße, \"世界\" \ud83d",
            data:  "generated_token_count":4,"input_token_count":0,"stop_reason":"not_finished"}]}

            id: 3
            event: message
            data: {"model_id":"m-1","results":[{"generated_text":"\udc4b🏽","generated_token_count":9,"input_token_count":0,"stop_reason":"EOS_TOKEN"}]}


            """, "\"total_tokens\":20"),
        [nameof(OllamaCompletions)] = ("""
            {"model":"m-1","created_at":"2026-08-04T19:59:11Z","response":"","thinking":"Zwölf 🧮","done":false}

            {"model":"m-1","created_at":"2026-08-04T19:59:11Z","response":"Grüße, \"世界\" \ud83d","done":false}
            {"model":"m-1","created_at":"2026-08-04T19:59:11Z","response":"\udc4b🏽\n","done":false,"logprobs":[{"token":"世","logprob":-0.2}]}
            {"model":"m-1","created_at":"2026-08-04T19:59:12Z","response":"","done":true,"done_reason":"stop","context":[1,2,3],"prompt_eval_count":11,"eval_count":9}

            """, "\"total_tokens\":20"),
        [nameof(TgiCompletions)] = ("""
            data:{"index":1,"token":{"id":1,"text":"Grüße, ","logprob":-0.2,"special":false},"generated_text":null,"details":null}

            : keep-alive

            data: {"index":2,"token":{"id":2,"text":"\"世界\" \ud83d","logprob":-0.2,"special":false},
            data:  "generated_text":null,"details":null}

            data: {"index":3,"token":{"id":3,"text":"\udc4b🏽\n","logprob":-0.2,"special":false},"generated_text":null}

            data: {"index":4,"token":{"id":4,"text":"</s>","logprob":-0.2,"special":true},"generated_text":"Grüße, \"世界\" 👋🏽\n","details":{"finish_reason":"eos_token","generated_tokens":9,"seed":7,"input_length":11}}


            """, "\"total_tokens\":20"),
        [nameof(HuggingFaceTranscription)] = ("""
            {"text": " Grüße, \"世界\" \ud83d\udc4b🏽",
             "chunks": [{"text": "Grüße,", "timestamp": [0.0, 1.25]}]}
            """, "世界"),
        [nameof(OllamaModels)] = ("""
            {"status":"pulling manifest"}
            {"status":"pulling 世界","digest":"sha256:世界👋🏽","total":20,"completed":7}

            {"status":"pulling 世界","digest":"sha256:世界👋🏽","total":20,"completed":20,"note":"\ud83e\uddee"}
            {"status":"success"}
            """, "sha256:世界👋🏽 20 of 20 {\"note\":\"\\ud83e\\uddee\"}"),
        [nameof(OpenAITranscription)] = ("""
            event: transcript.text.delta
            data: {"type":"transcript.text.delta","delta":"Grüße, "}

            : keep-alive

            data:{"type":"transcript.text.delta",
            data:  "delta":"世界 👋🏽","logprobs":[{"token":"世界","logprob":-0.2,"bytes":[72]}]}

            data: {"type":"transcript.text.segment","id":"seg_0","start":0.0,"end":1.25,"text":"Grüße, 世界 👋🏽","speaker":"A"}

            data: {"type":"transcript.text.done","text":"Grüße, 世界 👋🏽","usage":{"type":"tokens","input_tokens":14,"output_tokens":6,"total_tokens":20}}


            """, "\"total_tokens\":20"),
        [nameof(OpenAIStreamedSpeech)] = ("""
            data: {"type":"speech.audio.delta","audio":"AAECAwQFBgcICQ=="}

            : keep-alive

            event: speech.audio.later
            data:{"type":"speech.audio.later",
            data:  "note":"世界 👋🏽"}

            data: {"type":"speech.audio.delta","audio":"/v79"}

            data: {"type":"speech.audio.done","usage":{"input_tokens":14,"output_tokens":6,"total_tokens":20}}


            """, "\"total_tokens\":20"),
        [nameof(MistralSpeech)] = ("""
            event: speech.audio.delta
            data: {"type":"speech.audio.delta","audio_data":"AAECAwQFBgcICQ=="}

            : keep-alive

            event: speech.audio.later
            data:{"note":
            data:  "世界 👋🏽"}

            event: speech.audio.delta
            data: {"type":"speech.audio.delta","audio_data":"\/v79"}

            event: speech.audio.done
            data: {"type":"speech.audio.done","usage":{"prompt_tokens":14,"completion_tokens":6,"total_tokens":20}}


            """, "\"total_tokens\":20"),
        [nameof(GeminiSpeech)] = ("""
            data: {"candidates":[{"content":{"parts":[{"inlineData":{"mimeType":"audio/L16;codec=pcm;rate=24000","data":"AAECAwQFBgcICQ=="}}],"role":"model"},"index":0}],"modelVersion":"m-1"}

            : keep-alive

            data:{"candidates":[{"content":{"parts":[
            data:  {"inlineData":{"data":"\/v79","mimeType":"audio/L16;codec=pcm;rate=24000"}},{"text":"世界 👋🏽"}]}}]}

            data: {"candidates":[{"content":{"parts":[{"text":""}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":14,"candidatesTokenCount":6,"totalTokenCount":20}}


            """, "\"total_tokens\":20"),
        [nameof(OpenAIImages)] = ("""
            event: image_generation.partial_image
            data: {"type":"image_generation.partial_image","b64_json":"iVBORw0KGgo=","created_at":7,"size":"1024x1024","quality":"high","background":"auto","output_format":"png","partial_image_index":0}

            : keep-alive

            data:{"type":"image_generation.later",
            data:  "note":"世界 👋🏽"}

            event: image_generation.completed
            data: {"type":"image_generation.completed","b64_json":"iVBORw0KGgo=","created_at":7,"size":"1024x1024","usage":{"input_tokens":14,"output_tokens":6,"total_tokens":20}}


            """, "\"total_tokens\":20"),
        [nameof(OpenAIResponseCreation)] = (_response, "\"total_tokens\":20"),
        [nameof(OpenAIStoredResponses)] = (_response, "\"total_tokens\":20"),
        [nameof(OpenAIResponses)] = (_response, "\"total_tokens\":20"),
        [nameof(OpenAIEmbeddings)] = ("""
            {"object":"list","x":{"data":["no",{"note":"世界 👋🏽"}]},"data":[{"object":"embedding","index":1,"embedding":[0.25,-1e-3,2]},
              {"index":0,"embedding":"AACAPwAAAEAAAEBA","note":"\u4e16\\\""}],"model":"m-1","usage":{"prompt_tokens":20,"total_tokens":20}}
            """, "\"total_tokens\":20"),
    };

    /// <summary>All that the library streams besides chat, and what is read while it comes.</summary>
    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            var streamed = Quirks.Dialects.Where(type => !typeof(ChatDialect).IsAssignableFrom(type) && type.GetInterfaces().Any(one => one.IsGenericType && one.GetGenericTypeDefinition() == typeof(IStreamVerb<,>)));
            foreach (var dialect in streamed.Append(typeof(OpenAIEmbeddings)))
                foreach (var ending in new[] { "LF", "CRLF" }) cases.Add(dialect.Name, ending);
            return cases;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public async Task Through_the_real_transport(string dialect, string lineEnding)
    {
        Assert.True(_streams.TryGetValue(dialect, out var stream), $"{dialect} has no stream here: write one as its service sends it");
        var body = Encoding.UTF8.GetBytes(lineEnding == "CRLF" ? stream.Body.Replace("\n", "\r\n", StringComparison.Ordinal) : stream.Body);

        var whole = await ReadAsync(dialect, [body]);

        Assert.Contains(stream.Held, whole, StringComparison.Ordinal);
        List<Breach> breaches = [];
        foreach (var (pieces, how) in Enumerable.Range(1, Seeds).Select(seed => (Seeded.Pieces(body, seed).ToArray(), $"seed {seed}")).Append(([.. body.Select(one => new[] { one })], "byte by byte")))
        {
            var split = await ReadAsync(dialect, pieces);
            if (split != whole) breaches.Add(new(how, 0, $"instead of\n{whole}\nthe caller got\n{split}"));
        }
        Law.Holds(breaches, "Something is kept or decoded across reads: copy what an event's data must outlive, and cut at events, not at reads.");
    }

    private static async Task<string> ReadAsync(string dialect, byte[][] pieces)
    {
        using var handler = new Law10_A_stream_folds_alike_at_every_split.Pieces(pieces, dialect == nameof(OpenAIEmbeddings) ? "application/json" : "text/event-stream");
        var provider = new Provider("split", "http://split.invalid/v1", Auth.None)
        {
            Completions = dialect switch { nameof(OllamaCompletions) => new OllamaCompletions(), nameof(TgiCompletions) => new TgiCompletions(), nameof(WatsonxCompletions) => new WatsonxCompletions(), _ => new OpenAICompletions() }, Models = dialect == nameof(OllamaModels) ? new OllamaModels() : null, Transcription = dialect == nameof(HuggingFaceTranscription) ? new HuggingFaceTranscription() : new OpenAITranscription(), Speech = dialect switch { nameof(GeminiSpeech) => new GeminiSpeech(), nameof(MistralSpeech) => new MistralSpeech(), _ => new OpenAIStreamedSpeech() }, Images = new OpenAIImages(), Embeddings = new OpenAIEmbeddings(),
            Responses = dialect switch { nameof(OpenAIResponseCreation) => new OpenAIResponseCreation(), nameof(OpenAIStoredResponses) => new OpenAIStoredResponses(), _ => new OpenAIResponses() },
        };
        using var client = new LlmClient(new() { Providers = [provider], Handler = handler, Environment = _ => null, Retries = Calls.Once, TimeProvider = new ManualTime() });
        var file = FileSource.FromBytes("sound"u8.ToArray(), "a.wav");
        return dialect switch
        {
            nameof(OllamaModels) => await All(client.Models.PullAsync("split/m-1", null, Token), one => $"{one.Status} {one.Digest} {one.Completed} of {one.Total} {one.Extra}"),
            nameof(OpenAICompletions) or nameof(OllamaCompletions) or nameof(TgiCompletions) or nameof(WatsonxCompletions) => await All(client.Completions.StreamAsync(new() { Model = "split/m-1", Prompt = "Hi" }, null, Token), one => one.ToJson()),
            nameof(OpenAITranscription) or nameof(HuggingFaceTranscription) => await All(client.Audio.Transcriptions.StreamAsync(new() { Model = "split/m-1", File = file }, null, Token), one => one.ToJson()),
            nameof(OpenAIStreamedSpeech) or nameof(GeminiSpeech) or nameof(MistralSpeech) => await All(client.Audio.Speech.StreamAsync(new() { Model = "split/m-1", Input = "Hi", Voice = "v" }, null, Token), one => one.ToJson()),
            nameof(OpenAIImages) => await All(client.Images.GenerateStreamAsync(new() { Model = "split/m-1", Prompt = "Hi" }, null, Token), one => one.ToJson()),
            nameof(OpenAIResponseCreation) or nameof(OpenAIStoredResponses) or nameof(OpenAIResponses) => await All(client.Responses.StreamAsync(new ResponseRequest { Model = "split/m-1", Input = "Hi" }, null, Token), one => one.ToJson()),
            _ => (await client.Embeddings.CreateAsync(new() { Model = "split/m-1", Input = ["a", "b"] }, null, Token)).ToJson(),
        };

        static async Task<string> All<T>(IAsyncEnumerable<T> events, Func<T, string> write)
        {
            var all = new List<string>();
            await foreach (var one in events) all.Add(write(one));
            return string.Join('\n', all);
        }
    }
}
