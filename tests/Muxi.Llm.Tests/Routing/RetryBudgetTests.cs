namespace Muxi.Llm.Tests;

/// <summary>A service in trouble is not sent three times its load.</summary>
public sealed class RetryBudgetTests
{
    private readonly ManualTime _clock = new();

    [Fact]
    public void What_can_be_spent_at_once_is_ten_seconds_worth()
    {
        var budget = new RetryBudget(new() { BudgetPerSecond = 3, BudgetRatio = 0 }, _clock);

        Assert.Equal(30, Spend(budget, "a", 100));
    }

    [Fact]
    public void Time_and_calls_pay_in()
    {
        var budget = new RetryBudget(new() { BudgetPerSecond = 2, BudgetRatio = 0.1 }, _clock);
        Spend(budget, "a", 100);

        _clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(6, Spend(budget, "a", 100));

        for (var i = 0; i < 51; i++) budget.Count(Target("a"));
        Assert.Equal(5, Spend(budget, "a", 100));
    }

    [Fact]
    public void Each_target_has_its_own()
    {
        var budget = new RetryBudget(new() { BudgetPerSecond = 1, BudgetRatio = 0 }, _clock);

        Assert.Equal((10, 10, 0), (Spend(budget, "a", 100), Spend(budget, "b", 100), Spend(budget, "a", 100)));
    }

    [Fact]
    public void Names_without_end_take_no_memory_without_end()
    {
        var budget = new RetryBudget(new(), _clock);

        for (var i = 0; i < 20_000; i++) budget.TrySpend(Target($"made-up-{i}"));

        Assert.True(budget.TrySpend(Target("a")));
        Assert.InRange(budget.Accounts, 1, 4096);
    }

    [Fact]
    public async Task A_service_that_fails_all_the_time_gets_little_more_than_the_calls()
    {
        await using var server = await ReplayServer.StartAsync(0, CannedReply.Json("""{"error":{"message":"It broke"}}""", 500));
        using var client = new LlmClient(Calls.OptionsFor(server.Url) with
        {
            Retries = new() { InitialDelay = TimeSpan.Zero, BudgetPerSecond = 0, BudgetRatio = 0.1 },
        });

        for (var i = 0; i < 200; i++) await Assert.ThrowsAsync<ServerException>(() => client.AskAsync());

        // Ten in hand, and a tenth of the calls after the first failure.
        Assert.InRange(server.Requests.Count, 225, 230);
    }

    private static int Spend(RetryBudget budget, string model, int times) => Enumerable.Range(0, times).Count(_ => budget.TrySpend(Target(model)));

    private static Target Target(string model)
    {
        var provider = new Provider("somebody", "http://somewhere.invalid/v1", Auth.None);
        return new(provider, model, new(provider.BaseUrl, provider), null, []);
    }
}
