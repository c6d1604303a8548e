using System.Collections.Concurrent;

namespace Muxi.Llm;

/// <summary>
/// How many retries each target may still be sent: every call pays a little in, time pays in too, a retry takes one out. When nearly all calls fail, what is sent stays
/// near to what was asked for.
/// </summary>
internal sealed class RetryBudget(Retries retries, TimeProvider clock)
{
    private const int MostAccounts = 4096;
    private const double SavedSeconds = 10;

    private readonly ConcurrentDictionary<(string Provider, string Model, string Url), Account> _accounts = new();
    private readonly double _most = Math.Max(retries.BudgetPerSecond * SavedSeconds, retries.BudgetRatio * 100);
    private volatile bool _hasAccounts;

    /// <summary>A call is about to be sent to a target for the first time. Only a target that has failed before has an account to pay into.</summary>
    public void Count(Target target)
    {
        if (_hasAccounts && _accounts.TryGetValue(Key(target), out var account)) account.Take(0, retries.BudgetRatio);
    }

    /// <summary>Takes one retry out; false when there is none.</summary>
    public bool TrySpend(Target target)
    {
        // A gateway's callers may make names up: accounts are forgotten rather than kept without bound.
        if (_accounts.Count >= MostAccounts) _accounts.Clear();
        _hasAccounts = true;
        return _accounts.GetOrAdd(Key(target), static (_, budget) => new(budget, budget._most), this).Take(1, 0);
    }

    /// <summary>How many targets have an account.</summary>
    internal int Accounts => _accounts.Count;

    private static (string, string, string) Key(Target target) => (target.Provider.Name, target.Model, target.BaseUrl.Text);

    private sealed class Account(RetryBudget budget, double balance)
    {
        private readonly Lock _lock = new();
        private double _balance = balance;
        private long _since = budget.Now;

        public bool Take(double amount, double paid)
        {
            lock (_lock)
            {
                var now = budget.Now;
                _balance = Math.Min(budget._most, _balance + paid + budget.Earned(_since, now));
                _since = now;
                if (_balance < amount) return false;
                _balance -= amount;
                return true;
            }
        }
    }

    private long Now => clock.GetTimestamp();

    private double Earned(long since, long now) => retries.BudgetPerSecond * clock.GetElapsedTime(since, now).TotalSeconds;
}
