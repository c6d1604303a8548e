using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Recorded feature extraction, asked for again as it was recorded and answered with the recorded bytes, against the naive reader of the same bytes.</summary>
public sealed class HuggingFaceReplayTests
{
    private static readonly string[] _marks = ["/models/", "/pipeline/"];

    /// <summary>Whether these tests read the record.</summary>
    internal static bool Reads(Cassette record) => record.Provider == "huggingface" && record.Request.Url.Contains("/pipeline/feature-extraction", StringComparison.Ordinal) && record.Request.Body.Length > 0;

    [Fact]
    public async Task Every_recorded_embedding_reads_as_the_naive_reader_reads_it_and_is_asked_for_alike()
    {
        var read = 0;
        foreach (var record in Cassettes.All.Where(Reads))
            for (var seed = 0; seed < 5; seed++)
            {
                await using var server = await ReplayServer.StartAsync(seed, CannedReply.From(record));
                using var client = new LlmClient(Calls.OptionsFor(new(server.Url, "v1"), "huggingface"));
                var recorded = JsonNode.Parse(record.Request.Body)!.AsObject();
                string[] texts = recorded["inputs"] is JsonArray list ? [.. list.Select(text => text!.GetValue<string>())] : [recorded["inputs"]!.GetValue<string>()];
                var path = new Uri(record.Request.Url).AbsolutePath;
                var model = path[(path.IndexOf(_marks[0], StringComparison.Ordinal) + _marks[0].Length)..path.IndexOf(_marks[1], StringComparison.Ordinal)];
                var more = recorded.DeepClone().AsObject();
                more.Remove("inputs");

                var request = new EmbeddingRequest { Model = $"huggingface/{model}", Input = recorded["inputs"] is JsonArray ? texts : texts[0], Extra = more.ToJsonString() };
                if (record.Reply.Status != 200)
                {
                    Assert.Equal(record.Reply.Status, (int)(await Assert.ThrowsAnyAsync<ApiException>(() => client.Embeddings.CreateAsync(request, null, TestContext.Current.CancellationToken))).Status);
                    continue;
                }
                var reply = await client.Embeddings.CreateAsync(request, null, TestContext.Current.CancellationToken);

                Assert.Equal(path, server.Requests[0].Target);
                JsonComparison.Same(record.Id, recorded, JsonNode.Parse(server.Requests[0].Body)!);
                var expected = VectorOracle.Read(record.Reply.PlainBody(), texts.Length);
                Assert.NotNull(expected);
                Assert.Equal(expected.Select(vector => vector.Select(number => (float)number)), reply.Data.Select(one => one.Vector.ToArray().AsEnumerable()));
                read++;
            }
        Assert.True(read > 0, "there is no such record");
    }
}
