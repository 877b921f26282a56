namespace ClusterClient.History.Checks;

/// <summary>No money comes or goes, and each account has what its transfers leave it.</summary>
internal static class MoneyCheck
{
    public static IEnumerable<Violation> Run(FinalState state)
    {
        var expected = state.InitialBalance * state.Balances.Count;
        var sum = state.Balances.Values.Sum();
        if (sum != expected)
        {
            yield return new(ViolationKind.MoneyNotConserved, $"{expected} in all accounts together", $"{sum}");
        }

        var came = state.Transfers.GroupBy(t => t.To).ToDictionary(g => g.Key, g => g.Sum(t => (long)t.Amount));
        var went = state.Transfers.GroupBy(t => t.From).ToDictionary(g => g.Key, g => g.Sum(t => (long)t.Amount));
        foreach (var (account, balance) in state.Balances)
        {
            var left = state.InitialBalance + came.GetValueOrDefault(account) - went.GetValueOrDefault(account);
            if (balance != left)
            {
                yield return new(ViolationKind.BalanceWrong, $"{left} in account {account}, by its transfers", $"{balance}");
            }
        }
    }
}
