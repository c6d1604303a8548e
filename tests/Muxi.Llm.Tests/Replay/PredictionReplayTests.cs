using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Recorded predictions of Replicate's and generated texts of IBM's, replayed over HTTP to the client, against the naive reader of the same bytes.</summary>
public sealed class PredictionReplayTests
{
    private const int Splits = 20;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Whether a record is replayed here.</summary>
    internal static bool Reads(Cassette record) => record is { Provider: "replicate", Endpoint: "predictions" } or { Provider: "watsonx", Endpoint: "generate" };

    [Fact]
    public async Task Every_generated_text_reads_as_the_naive_reader_reads_it()
    {
        foreach (var record in Cassettes.All.Where(static record => record.Provider == "watsonx" && Reads(record) && record.Reply.Status == 200))
        {
            var isStream = record.Request.Url.Contains("_stream", StringComparison.Ordinal);
            for (var seed = 0; seed < (isStream ? Splits : 1); seed++)
            {
                await using var server = await ReplayServer.StartAsync(seed, CannedReply.From(record));
                using var client = Calls.ClientFor(server.Url, "watsonx");
                var asked = JsonNode.Parse(record.Request.Body)!.AsObject();
                var request = new CompletionRequest { Model = $"watsonx/{asked["model_id"]}", Prompt = (string)asked["input"]!, Extra = $$"""{"project_id":"{{asked["project_id"]}}"}""" };

                var read = isStream ? await client.Completions.StreamAsync(request, null, Token).ToCompletionAsync(Token) : await client.Completions.CreateAsync(request, null, Token);

                Assert.True(JsonNode.DeepEquals(asked, JsonNode.Parse(server.Requests.Single().Body)), server.Requests.Single().Text);
                JsonComparison.Same(record.Id, PredictionOracle.Generation(record.Reply.PlainBody()), new JsonObject
                {
                    ["model"] = read.Model, ["created"] = read.Created, ["text"] = read.Text, ["stop_reason"] = read.Choices[0].FinishReasonRaw ?? read.Choices[0].FinishReason?.Value,
                    ["prompt"] = read.Usage?.PromptTokens, ["generated"] = read.Usage?.CompletionTokens,
                });
                Assert.Equal(read.Usage!.PromptTokens + read.Usage.CompletionTokens, read.Usage.TotalTokens);
            }
        }
    }

    [Fact]
    public async Task Every_finished_prediction_of_pictures_reads_as_the_naive_reader_reads_it()
    {
        foreach (var record in Cassettes.All.Where(static record => record.Provider == "replicate" && Reads(record) && record.Reply.Status is 200 or 201 && PredictionOracle.Prediction(record.Reply.PlainBody())["status"].Str() == "succeeded"))
        {
            var expected = PredictionOracle.Prediction(record.Reply.PlainBody());
            // The one that was just begun has the same addresses, as the vendor's reference shows it.
            var begun = JsonNode.Parse(record.Reply.PlainBody())!.AsObject();
            (begun["status"], begun["output"]) = ("starting", null);
            await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(begun.ToJsonString(), 201), CannedReply.From(record));
            using var client = new LlmClient(Calls.OptionsFor(server.Url, "replicate") with { Providers = [Impatient] });

            var read = await client.Images.GenerateAsync(new() { Model = $"replicate/{expected["model"]}", Prompt = "robots" }, null, Token);

            JsonComparison.Same(record.Id, expected, new JsonObject
            {
                ["id"] = read.Extra.GetString("id"), ["model"] = expected["model"].Str(), ["status"] = "succeeded", ["created"] = read.Created, ["pieces"] = new JsonArray([.. read.Data.Select(image => (JsonNode)image.Url!)]),
                ["stream"] = expected["stream"]?.DeepClone(), ["predict_time"] = JsonNode.Parse(read.Extra["metrics"].ToString())!["predict_time"].Str(), ["logs"] = read.Extra.GetString("logs"),
            });
            Assert.Equal([$"POST /models/{expected["model"]}/predictions", $"GET {new Uri(begun["urls"]!["get"]!.GetValue<string>()).AbsolutePath}"], server.Requests.Select(request => $"{request.Method} {request.Target}"));
        }
    }

    [Fact]
    public async Task Every_prediction_that_was_begun_as_a_stream_is_read_where_it_says()
    {
        foreach (var record in Cassettes.All.Where(static record => record.Provider == "replicate" && Reads(record) && PredictionOracle.Prediction(record.Reply.PlainBody())["stream"] is not null))
        {
            var expected = PredictionOracle.Prediction(record.Reply.PlainBody());
            var done = JsonNode.Parse(record.Reply.PlainBody())!.AsObject();
            (done["status"], done["output"], done["metrics"]) = ("succeeded", new JsonArray("A joke", "."), JsonNode.Parse("""{"input_token_count":9,"output_token_count":2}"""));
            await using var server = await ReplayServer.StartAsync(1, CannedReply.From(record), CannedReply.Sse("event: output\ndata: A joke\n\nevent: output\ndata: .\n\nevent: done\ndata: {}\n\n"), CannedReply.Json(done.ToJsonString()));
            using var client = Calls.ClientFor(server.Url, "replicate");

            var read = await client.AskStream(Calls.Ask("replicate/meta/llama-2-70b-chat", (string)JsonNode.Parse(record.Request.Body)!["input"]!["prompt"]!)).WholeAsync();

            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(record.Request.Body), JsonNode.Parse(server.Requests[0].Body)), server.Requests[0].Text);
            Assert.Equal((expected["id"].Str(), expected["model"].Str(), expected["created"]!.GetValue<long>(), "A joke.", 11L), (read.Id, read.Model, read.Created, read.Text, read.Usage!.TotalTokens));
            Assert.Equal(new Uri(expected["stream"].Str()!).PathAndQuery, server.Requests[1].Target);
        }
    }

    /// <summary>The service as it comes, but looked at without a wait.</summary>
    internal static Provider Impatient { get; } = Providers.Replicate with
    {
        Chat = ((ReplicateChat)Providers.Replicate.Chat!) with { PollSeconds = 0 }, Images = ((ReplicateImages)Providers.Replicate.Images!) with { PollSeconds = 0, Variants = [] },
    };
}
