using System.Collections.Concurrent;

namespace Muxi.Llm.Tests;

/// <summary>The synchronous doors: they wait without locking themselves, and raise what the asynchronous ones do.</summary>
public sealed class SyncDoorTests
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_single_threaded_context_does_not_lock_itself()
    {
        await using var server = await ReplayServer.StartAsync(7, Answer);
        using var client = Calls.ClientFor(server.Url);

        var text = await OnOneThread.RunAsync(() =>
        {
            var context = SynchronizationContext.Current;
            var whole = client.AskNow().Text;
            var streamed = string.Concat(client.StreamNow().Select(chunk => chunk.Text));
            Assert.Same(context, SynchronizationContext.Current);
            return whole + streamed;
        });

        Assert.Equal("wholeonetwo", text);
    }

    [Fact]
    public async Task A_handler_that_comes_back_to_its_context_does_not_lock_it_either()
    {
        await using var server = await ReplayServer.StartAsync(7, Answer);
        using var handler = new ComingBack();
        using var client = new LlmClient(Calls.OptionsFor(server.Url) with { Handler = handler });

        var text = await OnOneThread.RunAsync(() => client.AskNow().Text + string.Concat(client.StreamNow().Select(chunk => chunk.Text)));

        Assert.Equal("wholeonetwo", text);
    }

    [Fact]
    public async Task A_scheduler_of_one_thread_does_not_lock_itself()
    {
        await using var server = await ReplayServer.StartAsync(7, Answer);
        using var handler = new ComingBack();
        using var client = new LlmClient(Calls.OptionsFor(server.Url) with { Handler = handler });
        var pair = new ConcurrentExclusiveSchedulerPair();

        var text = await Task.Factory.StartNew(() => client.AskNow().Text, TestContext.Current.CancellationToken, TaskCreationOptions.None, pair.ExclusiveScheduler)
            .WaitAsync(_limit, TestContext.Current.CancellationToken);

        Assert.Equal("whole", text);
    }

    [Fact]
    public async Task The_exceptions_are_the_real_ones()
    {
        await using var server = await ReplayServer.StartAsync(0, CannedReply.Json("""{"error":{"message":"slow down"}}""", 429));
        await using var cut = await ReplayServer.StartAsync(0, CannedReply.Sse(Calls.Opening + Calls.Piece("so far")));
        using var client = Calls.ClientFor(server.Url);
        using var cutClient = Calls.ClientFor(cut.Url);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await OnOneThread.RunAsync(() =>
        {
            Assert.Throws<RateLimitException>(() => client.AskNow());
            Assert.Throws<RateLimitException>(() => client.StreamNow().ToList());
            Assert.Throws<ConfigurationException>(() => client.AskNow("groq/m"));
            Assert.Equal("so far", Assert.Throws<StreamInterruptedException>(() => cutClient.StreamNow().ToList()).Received?.Text);
            Assert.Equal(cancelled.Token, Assert.Throws<OperationCanceledException>(() => client.AskNow(token: cancelled.Token)).CancellationToken);
            return "";
        });
    }

    [Fact]
    public async Task Leaving_a_synchronous_loop_closes_the_socket()
    {
        await using var server = FaultServer.Start(Fault.StallAfter(Calls.BytesOf(Calls.Opening + Calls.Piece("one")), CannedReply.Sse(Calls.Events("one", "two"))));
        using var client = Calls.ClientFor(server.Url);

        var first = await OnOneThread.RunAsync(() => client.StreamNow().First(chunk => chunk.Text is { Length: > 0 }).Text!);

        Assert.Equal("one", first);
        await server.ClientGone.SoonAsync();
    }

    [Fact]
    public async Task A_cancellation_reaches_a_synchronous_call()
    {
        await using var server = FaultServer.Start(Fault.SlowHeader(0, CannedReply.Json("{}")));
        using var client = Calls.ClientFor(server.Url);
        using var caller = new CancellationTokenSource();
        var call = OnOneThread.RunAsync(() => Assert.Throws<OperationCanceledException>(() => client.AskNow(token: caller.Token)).Message);
        await server.Stalled;

        await caller.CancelAsync();

        await call;
        await server.ClientGone.SoonAsync();
    }

    [Fact]
    public async Task Two_hundred_calls_at_once_on_a_pool_of_two_threads_all_come_back()
    {
        await using var server = await ReplayServer.StartAsync(7, Answer);
        var folder = Directory.CreateTempSubdirectory("muxi-sync");
        try
        {
            // In a process of its own: the pool of this one is every test's.
            var (exitCode, output, errors) = await Snippets.RunAsync(Crowd, folder.FullName, new Dictionary<string, string>
            {
                ["VLLM_BASE_URL"] = server.Url.ToString(), ["DOTNET_ThreadPool_ForceMinWorkerThreads"] = "2", ["DOTNET_ThreadPool_ForceMaxWorkerThreads"] = "2",
            }).WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);

            Assert.True(exitCode == 0, errors);
            Assert.Equal("100 whole, 100 onetwo, 2 threads", output.Trim());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private const string Crowd = """
        using Muxi.Llm;

        using var client = new LlmClient();
        var texts = new string[200];
        var threads = new List<Thread>();
        for (var i = 0; i < texts.Length; i++)
        {
            var mine = i;
            threads.Add(new Thread(() => texts[mine] = mine % 2 == 0
                ? client.Chat.Completions.Create(new ChatCompletionRequest { Model = "vllm/m", Messages = [Message.User("Hi")] }).Text
                : string.Concat(client.Chat.Completions.Stream(new ChatCompletionRequest { Model = "vllm/m", Messages = [Message.User("Hi")] }).Select(chunk => chunk.Text))));
        }
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        ThreadPool.GetMaxThreads(out var workers, out _);
        Console.WriteLine($"{texts.Count(text => text == "whole")} whole, {texts.Count(text => text == "onetwo")} onetwo, {workers} threads");
        """;

    private static CannedReply Answer(SeenRequest request) =>
        request.Text.Contains("\"stream\":true", StringComparison.Ordinal) ? CannedReply.Sse(Calls.Events("one", "two")) : CannedReply.Json(Calls.Reply("whole"));

    /// <summary>A handler as people write it: its awaits return to where they came from.</summary>
    private sealed class ComingBack() : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await Task.Yield();
            return await base.SendAsync(request, cancellationToken);
        }
    }

    /// <summary>A thread with a message loop, as a window has one.</summary>
    private sealed class OnOneThread : SynchronizationContext
    {
        private readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> _posted = [];

        public static Task<string> RunAsync(Func<string> work)
        {
            var done = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            var context = new OnOneThread();
            var thread = new Thread(() =>
            {
                SetSynchronizationContext(context);
                try
                {
                    done.SetResult(work());
                }
                catch (Exception e) when (e is not OutOfMemoryException)
                {
                    done.SetException(e);
                }
            }) { IsBackground = true };
            thread.Start();
            return done.Task.WaitAsync(_limit, TestContext.Current.CancellationToken);
        }

        // Nobody takes from the queue while the thread waits: what is posted is lost, as in a locked window.
        public override void Post(SendOrPostCallback d, object? state) => _posted.Add((d, state));
    }
}
