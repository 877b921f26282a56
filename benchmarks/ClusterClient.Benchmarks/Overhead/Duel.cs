namespace ClusterClient.Benchmarks.Overhead;

/// <summary>
/// The raw driver, the raw driver once more, and the cluster, in short blocks by turns and in random order, so that whatever else
/// the machine does falls on all three. The second raw one shows what a difference means here.
/// </summary>
internal sealed record Duel(string Name, Budget Budget, Contender Raw, Contender Control, Contender Cluster)
{
    private const int Attempts = 5;

    /// <summary>After how many rounds all begin anew.</summary>
    public int RoundsPerRenewal { get; init; } = 10;

    public required int Operations { get; init; }

    public required int Rounds { get; init; }

    public static Duel Between(
        string name,
        Budget budget,
        Func<Func<Task<Entrant>>, Contender> contender,
        Func<Task<Entrant>> raw,
        Func<Task<Entrant>> cluster,
        int operations,
        int rounds) =>
        new(name, budget, contender(raw), contender(raw), contender(cluster)) { Operations = operations, Rounds = rounds };

    public async Task<DuelResult> RunAsync()
    {
        var random = new Random(1);
        Contender[] all = [Raw, Control, Cluster];
        var blocks = all.ToDictionary(c => c, _ => new List<Block>());
        for (var round = 0; round < Rounds; round++)
        {
            if (round % RoundsPerRenewal == 0)
            {
                // In random order too: who connects first gets another server process, and another place in memory.
                random.Shuffle(all);
                await RenewAsync(all, round == 0);
            }

            Contender[] order = [.. all];
            random.Shuffle(order);
            foreach (var contender in order)
            {
                blocks[contender].Add(await Block.MeasureAsync(contender, Operations));
            }
        }

        foreach (var contender in all)
        {
            await contender.DisposeAsync();
        }

        return new(Name, Budget, blocks[Raw], blocks[Control], blocks[Cluster]);
    }

    /// <summary>Again while the machine is so busy that the raw driver differs from itself; what the cluster does there decides nothing.</summary>
    public async Task<DuelResult> RunQuietlyAsync()
    {
        for (var attempt = 1; ; attempt++)
        {
            var result = await RunAsync();
            Console.WriteLine(
                $"{Name}: {result.Ratios.Median:0.000}, raw ÷ raw {result.ControlRatios.Median:0.000} {OverheadTables.Interval(result.ControlRatios)}");
            if (result.IsQuiet || attempt == Attempts)
            {
                return result;
            }
        }
    }

    private async Task RenewAsync(Contender[] all, bool first)
    {
        foreach (var contender in all)
        {
            await contender.RenewAsync();
        }

        // At first until the code has reached its last tier; later only the server's caches are cold.
        for (var i = 0; i < (first ? 30 : 1); i++)
        {
            foreach (var contender in all)
            {
                await contender.RunAsync(Operations);
            }

            await Task.Delay(first ? 20 : 0);
        }
    }
}
