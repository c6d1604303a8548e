using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>
/// Recorded responses over real HTTP, cut at any place, against what the official SDK makes of the same bytes: replies whole, events in order and none lost, and the response
/// that a stream ends with. Differences are judged one by one in judged-responses.json.
/// </summary>
public sealed class ResponseReplayTests(ResponsesOracle oracle) : IClassFixture<ResponsesOracle>
{
    private static readonly JsonObject _judged = JsonNode.Parse(File.ReadAllText(Repo.PathTo("tests", "Muxi.Llm.Tests", "Replay", "judged-responses.json")))!.AsObject();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_recording_says_what_the_official_client_reads()
    {
        var readings = await oracle.ReadAsync();
        var differences = new List<string>();
        var needed = new HashSet<string>();
        foreach (var (id, expected) in readings)
        {
            var actual = await ReadAsync((string)expected["verb"]!, Cassettes.Get(id));
            foreach (var name in (string[])["events", "reply", "error"])
            {
                var found = LooseComparison.Differences(expected[name], actual[name], name).ToList();
                if (found.Count == 0) continue;
                if (_judged[id]?["fields"]!.AsArray().Any(field => (string)field! == name) == true) needed.Add($"{id} {name}");
                else differences.AddRange(found.Take(5).Select(difference => $"{id} {difference}"));
            }
        }

        Assert.Equal(243, readings.Count);
        Assert.True(differences.Count == 0, string.Join('\n', differences));
        Assert.Equal([], _judged.SelectMany(one => one.Value!["fields"]!.AsArray().Select(field => $"{one.Key} {field}")).Except(needed));
    }

    [Fact]
    public void Every_judgement_has_a_reason() => Assert.All(_judged, one => Assert.False(string.IsNullOrWhiteSpace((string?)one.Value!["reason"]), one.Key));

    [Fact]
    public void Every_recorded_request_is_read_and_written_again_as_it_was()
    {
        var requests = Cassettes.Where("responses").Where(cassette => cassette.Request.Method == "POST" && cassette.Request.Body.Length > 0).ToList();

        var differences = requests.SelectMany(cassette =>
            LooseComparison.Differences(JsonNode.Parse(cassette.Request.Body), JsonNode.Parse(ResponseRequest.Parse(cassette.Request.Body).ToJson())).Select(difference => $"{cassette.Id} {difference}")).ToList();

        Assert.True(requests.Count > 190, $"only {requests.Count} requests");
        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    private static async Task<JsonObject> ReadAsync(string verb, Cassette cassette)
    {
        var reply = CannedReply.From(cassette);
        await using var server = await ReplayServer.StartAsync(cassette.Id.Length, verb == "stream" ? reply.With("content-type", "text/event-stream") : reply);
        var provider = new Provider("recorded", server.Url.ToString().TrimEnd('/'), Auth.None) { Responses = new OpenAIResponses() };
        using var client = new LlmClient(new() { Providers = [provider], Retries = Calls.Once, Environment = static _ => null, Timeouts = new() { FirstByte = TimeSpan.FromSeconds(5), Idle = TimeSpan.FromSeconds(5) } });
        var request = new ResponseRequest { Model = "recorded/m", Input = "x" };
        var events = verb == "stream" ? new JsonArray() : null;
        try
        {
            var read = verb switch
            {
                "stream" => (await StreamAsync(client.Responses.StreamAsync(request, null, Token), events!)).ToJson(),
                "compact" => JsonOut.ToText(await client.Responses.CompactAsync(request, null, Token), ResponseWriter.Write, indented: false),
                "input_tokens" => JsonOut.ToText(await client.Responses.CountInputTokensAsync(request, null, Token), ResponseWriter.Write, indented: false),
                "delete" => JsonOut.ToText(await client.Responses.DeleteAsync("recorded/resp_1", null, Token), ResponseWriter.Write, indented: false),
                _ => WithText(await client.Responses.CreateAsync(request, null, Token)),
            };
            return new() { ["events"] = events, ["reply"] = JsonNode.Parse(read) };
        }
        catch (LlmException e)
        {
            var told = e as ApiException ?? e.InnerException as ApiException;
            return new()
            {
                ["events"] = events,
                ["error"] = new JsonObject { ["status"] = told is null ? null : (int)told.Status, ["code"] = told?.Code, ["message"] = told is null ? e.Message : told.Message[(told.Message.IndexOf(": ", StringComparison.Ordinal) + 2)..] },
            };
        }
    }

    /// <summary>As the official client does it, unless the service tells the text itself.</summary>
    private static string WithText(Response response)
    {
        var json = JsonNode.Parse(response.ToJson())!.AsObject();
        json["output_text"] ??= response.OutputText;
        return json.ToJsonString();
    }

    private static async Task<Response> StreamAsync(IAsyncEnumerable<ResponseStreamEvent> stream, JsonArray events) =>
        await stream.Tee(one => events.Add(JsonNode.Parse(one.ToJson())), Token).ToResponseAsync(Token);
}
