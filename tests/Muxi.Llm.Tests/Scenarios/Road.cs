using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>A way in which users come to the models: the library, the command line, the server.</summary>
internal abstract class Road
{
    public static IReadOnlyDictionary<string, Road> All { get; } = new Dictionary<string, Road> { ["library"] = new ByLibrary(), ["cli"] = new ByCommandLine(), ["serve"] = new ByServer() };

    /// <summary>Does what a scenario says.</summary>
    /// <param name="scenario">What to do.</param>
    /// <param name="model">Whom to ask.</param>
    /// <param name="variables">The environment: keys and addresses, as a user would set them.</param>
    /// <param name="begun">Completes when the service has said its first words and hangs, for a scenario in which the user leaves.</param>
    public abstract Task<Seen> GoAsync(Scenario scenario, string model, IReadOnlyDictionary<string, string> variables, Task? begun);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static LlmOptions Settings(IReadOnlyDictionary<string, string> variables) => new() { Environment = name => variables.GetValueOrDefault(name), Retries = Calls.Once };

    private sealed class ByLibrary : Road
    {
        public override async Task<Seen> GoAsync(Scenario scenario, string model, IReadOnlyDictionary<string, string> variables, Task? begun)
        {
            using var client = new LlmClient(Settings(variables));
            using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Token);
            try
            {
                if (scenario.Embed is { } texts) return new() { Vectors = (await client.Embeddings.CreateAsync(new() { Model = model, Input = texts }, null, Token)).Data.Count };
                var (request, options) = (scenario.Request(model), scenario.Fallback is { } other ? new RequestOptions { Fallbacks = [other] } : null);
                if (begun is not null) _ = begun.ContinueWith(_ => leaving.CancelAsync(), Token, TaskContinuationOptions.None, TaskScheduler.Default);
                var reply = scenario.IsStream ? await client.Chat.Completions.StreamAsync(request, options, leaving.Token).ToCompletionAsync(leaving.Token) : await client.AskAsync(request, options, leaving.Token);
                return new() { Text = reply.Text, Calls = [.. reply.ToolCalls.Select(call => (call.Function.Name, call.Function.Arguments))], AnsweredBy = reply.Provider };
            }
            catch (OperationCanceledException e) when (e.CancellationToken == leaving.Token)
            {
                return new() { IsCancelled = true };
            }
            catch (LlmException e)
            {
                return new() { Error = e.Message, Kind = e.Kind, Status = (int?)(e as ApiException)?.Status };
            }
        }
    }

    private sealed class ByCommandLine : Road
    {
        public override async Task<Seen> GoAsync(Scenario scenario, string model, IReadOnlyDictionary<string, string> variables, Task? begun)
        {
            var folder = Directory.CreateTempSubdirectory("muxi-scenario");
            try
            {
                var run = new CliRun { Environment = new(variables), WorkingDirectory = folder.FullName };
                if (begun is not null) _ = begun.ContinueWith(_ => run.Interrupts.Interrupt(), Token, TaskContinuationOptions.None, TaskScheduler.Default);
                return Read(scenario, await run.RunAsync([.. Arguments(scenario, model, folder.FullName)]));
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        }

        private static IEnumerable<string> Arguments(Scenario scenario, string model, string folder)
        {
            if (scenario.Embed is { } texts) return ["embed", "--json", "-m", model, .. texts];
            var arguments = new List<string> { "chat", "-m", model };
            if (!scenario.IsStream) arguments.Add("--no-stream");
            if (scenario.Fallback is { } other) arguments.AddRange(["--fallback", other, "--json"]);
            void Give(string option, string file, byte[]? content)
            {
                if (content is null) return;
                File.WriteAllBytes(Path.Combine(folder, file), content);
                arguments.AddRange([option, Path.Combine(folder, file)]);
            }
            Give("--tools", "tools.json", Bytes(scenario.Tools));
            Give("--schema", "schema.json", Bytes(scenario.Schema));
            Give("--image", "picture.png", scenario.Picture);
            arguments.Add(scenario.Prompt);
            return arguments;
        }

        private static byte[]? Bytes(JsonNode? json) => json is null ? null : Encoding.UTF8.GetBytes(json.ToJsonString());

        private static Seen Read(Scenario scenario, CliResult result)
        {
            if (result.ExitCode == Cli.Interrupts.Interrupted) return new() { IsCancelled = true };
            if (result.ExitCode != 0)
            {
                Assert.Equal(1, result.ExitCode);
                Assert.Single(result.Errors.TrimEnd('\n').Split('\n'));
                Assert.Empty(result.Output);
                return new() { Error = result.Errors };
            }
            if (scenario.Embed is not null) return new() { Vectors = JsonNode.Parse(result.Output)!["data"]!.AsArray().Count };
            if (scenario.Tools is not null) return new() { Calls = [.. JsonNode.Parse(result.Output)!.AsArray().Select(call => (call!["function"]!["name"].Str()!, call["function"]!["arguments"].Str()!))] };
            if (scenario.Fallback is null) return new() { Text = result.Output.TrimEnd('\n') };
            // Whoever has answered stands in what is told of the fallback.
            return new() { Text = result.Output, AnsweredBy = result.Errors.Contains($"{scenario.Fallback} answers", StringComparison.Ordinal) || result.Errors.Contains(scenario.Fallback, StringComparison.Ordinal) ? scenario.Fallback.Split('/')[0] : result.Errors };
        }
    }

    private sealed class ByServer : Road
    {
        public override async Task<Seen> GoAsync(Scenario scenario, string model, IReadOnlyDictionary<string, string> variables, Task? begun)
        {
            await using var served = await Served.StartAsync(Settings(variables));
            if (scenario.Embed is { } texts) return new() { Vectors = (await served.SendAsync(HttpMethod.Post, "/v1/embeddings", new JsonObject { ["model"] = model, ["input"] = new JsonArray([.. texts.Select(text => (JsonNode)text)]) }.ToJsonString()).JsonAsync()).Body["data"]!.AsArray().Count };
            var body = JsonNode.Parse(scenario.Request(model).ToJson())!.AsObject();
            if (scenario.IsStream) body["stream"] = true;
            if (scenario.Fallback is { } other) body["fallbacks"] = new JsonArray(other);
            using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Token);
            if (begun is not null) _ = begun.ContinueWith(_ => leaving.CancelAsync(), Token, TaskContinuationOptions.None, TaskScheduler.Default);
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, Served.ChatPath) { Content = JsonContent.Create(body) };
                using var reply = await served.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, leaving.Token);
                var text = await reply.Content.ReadAsStringAsync(leaving.Token);
                if (!reply.IsSuccessStatusCode) return new() { Error = JsonNode.Parse(text)!["error"]!["message"].Str(), Status = (int)reply.StatusCode };
                return scenario.IsStream ? await StreamedAsync(text, reply) : Told(ChatCompletion.Parse(Encoding.UTF8.GetBytes(text)), reply);
            }
            catch (OperationCanceledException) when (leaving.IsCancellationRequested)
            {
                return new() { IsCancelled = true };
            }
        }

        private static async Task<Seen> StreamedAsync(string text, HttpResponseMessage reply)
        {
            Assert.EndsWith("data: [DONE]\n\n", text, StringComparison.Ordinal);
            var chunks = text.Split("\n\n").Where(one => one.StartsWith("data: {", StringComparison.Ordinal)).Select(one => ChatCompletionChunk.Parse(Encoding.UTF8.GetBytes(one["data: ".Length..])));
            return Told(await chunks.ToAsyncEnumerable().ToCompletionAsync(Token), reply);
        }

        private static Seen Told(ChatCompletion reply, HttpResponseMessage from) => new()
        {
            Text = reply.Text, Calls = [.. reply.ToolCalls.Select(call => (call.Function.Name, call.Function.Arguments))], AnsweredBy = from.Header("x-muxi-provider"),
        };
    }
}
