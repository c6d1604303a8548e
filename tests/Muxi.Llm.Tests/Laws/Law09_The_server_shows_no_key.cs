using Microsoft.Extensions.Logging;

namespace Muxi.Llm.Tests;

/// <summary>A key of ours or of a client's is in nothing that the server says: no body, header, event, log line or trace; and a client's is in nothing that it sends on.</summary>
[Collection(nameof(Alone))]
public sealed class Law09_The_server_shows_no_key
{
    [Fact]
    public async Task An_upstreams_key_is_shown_to_no_client_whatever_the_upstream_says()
    {
        using var witness = new Witness();
        foreach (var (situation, fault) in CanaryServers.Replies)
        {
            witness.Slot = situation;
            await using var upstream = FaultServer.Start(fault);
            var options = Calls.OptionsFor(upstream.Url) with
            {
                Providers = [Providers.OpenAI with { Rerank = new CohereRerank() }],
                ApiKeys = new Dictionary<string, string> { ["openai"] = Canary.Key }, Retries = new() { Max = 0 }, LoggerFactory = witness,
                Timeouts = new() { FirstByte = TimeSpan.FromMilliseconds(300), Idle = TimeSpan.FromMilliseconds(300) },
            };
            await using var served = await Served.StartAsync(options, it => it with { ListPatience = TimeSpan.FromMilliseconds(300) });
            foreach (var body in (string[])[Served.Ask(), Served.AskStream(), Served.Ask(more: ""","fallbacks":["openai/b"]""")])
                await SeeAsync(witness, await served.ChatAsync(body));
            await SeeAsync(witness, await served.SendAsync(HttpMethod.Get, "/v1/models"));
            await SeeAsync(witness, await served.SendAsync(HttpMethod.Get, "/v1/models/openai/m"));
            await SeeOthersAsync(witness, served);
            foreach (var line in served.Lines) witness.Saw("operator's line", line);
            Assert.NotEmpty(upstream.Requests);
            Assert.All(upstream.Requests, request => Assert.Contains(request.Headers.Values, Canary.IsIn));
        }

        Law.Holds(witness.Leaks(), "Everything that a service says goes through the classifier or the canonical types; pass nothing of it on beside them.");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_clients_key_goes_nowhere(bool isRight)
    {
        using var witness = new Witness();
        await using var upstream = await ReplayServer.StartAsync(1, request => CannedReply.Json($$"""{"error":{"message":"you sent {{string.Join(' ', request.Headers.Keys)}}" } }""", 400));
        var options = Calls.OptionsFor(upstream.Url) with { LoggerFactory = witness };
        await using var served = await Served.StartAsync(options, it => it with { MasterKey = isRight ? Canary.Key : "another-key" });

        foreach (var header in (string[])["x-api-key", "api-key", "x-goog-api-key", "Authorization"])
        {
            var value = header == "Authorization" ? $"Bearer {Canary.Key}" : Canary.Key;
            await SeeAsync(witness, await served.ChatAsync(Served.Ask(), (header, value), ("OpenAI-Beta", "b")));
            await SeeAsync(witness, await served.SendAsync(HttpMethod.Post, "/v1/responses", """{"model":"openai/m","input":"Hi"}""", (header, value)));
            await SeeAsync(witness, await served.SendAsync(HttpMethod.Get, "/v1/responses/openai/r", null, (header, value)));
            await SeeAsync(witness, await served.SendAsync(HttpMethod.Get, "/v1/models", null, (header, value)));
            await SeeAsync(witness, await served.SendAsync(HttpMethod.Get, "/nothing", null, (header, value), ("x-api-key", "differs")));
        }
        foreach (var line in served.Lines) witness.Saw("operator's line", line);
        foreach (var request in upstream.Requests)
        {
            witness.Saw(request);
            foreach (var (name, value) in request.Headers) witness.Saw($"upstream's {name}", value);
        }

        Assert.Equal(isRight, upstream.Requests.Count > 0);
        Law.Holds(witness.Leaks(), "A client's key ends at the gate.");
    }

    [Fact]
    public void Settings_that_are_printed_hold_none() => Assert.False(Canary.IsIn(new Muxi.Llm.Gateway.GatewayOptions { MasterKey = Canary.Key }.ToString()));

    /// <summary>Every other operation once.</summary>
    private static async Task SeeOthersAsync(Witness witness, Served served)
    {
        foreach (var (path, body) in ((string, string)[])
        [
            ("completions", """{"model":"openai/m","prompt":"Hi"}"""), ("completions", """{"model":"openai/m","prompt":"Hi","stream":true}"""),
            ("embeddings", """{"model":"openai/m","input":"Hi"}"""), ("moderations", """{"model":"openai/m","input":"Hi"}"""), ("rerank", """{"model":"openai/m","query":"Hi","documents":["Hi"]}"""), ("../v2/rerank", """{"model":"openai/m","query":"Hi","documents":["Hi"]}"""),
            ("images/generations", """{"model":"openai/m","prompt":"Hi"}"""), ("images/generations", """{"model":"openai/m","prompt":"Hi","stream":true}"""),
            ("responses", """{"model":"openai/m","input":"Hi"}"""), ("responses", """{"model":"openai/m","input":"Hi","stream":true}"""), ("responses", """{"model":"openai/m","input":"Hi","background":true}"""),
            ("responses/input_tokens", """{"model":"openai/m","input":"Hi"}"""), ("responses/compact", """{"model":"openai/m","input":"Hi"}"""),
            ("audio/speech", """{"model":"openai/m","input":"Hi","voice":"v"}"""), ("audio/speech", """{"model":"openai/m","input":"Hi","voice":"v","stream_format":"sse"}"""),
        ])
            await SeeAsync(witness, await served.SendAsync(HttpMethod.Post, "/v1/" + path, body));
        foreach (var (path, stream) in ((string, string?)[])[("audio/transcriptions", null), ("audio/transcriptions", "true"), ("audio/translations", null), ("files", null), ("images/variations", null)])
        {
            using var form = new MultipartFormDataContent { { new ByteArrayContent(ImageWire.Png), path == "images/variations" ? "image" : "file", "a.png" } };
            form.Add(new StringContent(path == "files" ? "user_data" : "openai/m"), path == "files" ? "purpose" : "model");
            if (path == "files") form.Add(new StringContent("openai"), "provider");
            if (stream is not null) form.Add(new StringContent(stream), "stream");
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/v1/" + path, UriKind.Relative)) { Content = form };
            await SeeAsync(witness, await served.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken));
        }
        // Not a file's content: that is the file's, whatever it is.
        foreach (var path in (string[])["/v1/files?provider=openai", "/v1/files/openai%2Ff", "/v1/responses/openai/r", "/v1/responses/openai/r?stream=true&starting_after=1", "/v1/responses/openai/r/input_items"]) await SeeAsync(witness, await served.SendAsync(HttpMethod.Get, path));
        foreach (var path in (string[])["/v1/files/openai/f", "/v1/responses/openai/r"]) await SeeAsync(witness, await served.SendAsync(HttpMethod.Delete, path));
        await SeeAsync(witness, await served.SendAsync(HttpMethod.Post, "/v1/responses/openai/r/cancel"));
    }

    private static async Task SeeAsync(Witness witness, HttpResponseMessage reply)
    {
        using (reply)
        {
            foreach (var (name, values) in reply.Headers.Concat(reply.Content.Headers)) witness.Saw($"header {name}", string.Join(", ", values));
            try
            {
                witness.Saw("body", await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            }
            catch (HttpRequestException)
            {
                // Broken off: seen as events below.
            }
        }
    }
}
