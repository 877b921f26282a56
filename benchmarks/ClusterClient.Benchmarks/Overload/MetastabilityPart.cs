using ClusterClient.Benchmarks.Reporting;

namespace ClusterClient.Benchmarks.Overload;

/// <summary>An overload comes and goes: whether the service comes back when it is over, or what it left behind keeps it down.</summary>
internal sealed class MetastabilityPart : Part
{
    private const double Usual = 0.7;
    private const double TooMuch = 1.3;
    private const double Slowed = 2;
    private const double Back = 0.95;
    private const double RecoveryBudget = 10;
    private const double AmplificationBudget = 1.2;
    private const int NaiveAttempts = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public override string Name => "metastability";

    public override string Question => "More load than a slowed server can take, then usual load again: when the callers are served as before, and how often the server was asked.";

    public override async Task RunAsync(Report report, Arguments arguments)
    {
        var before = TimeSpan.FromSeconds(arguments.Number("before", 5));
        var overload = TimeSpan.FromSeconds(arguments.Number("overload", 10));
        var after = TimeSpan.FromSeconds(arguments.Number("after", 20));
        await using var server = await LimitedServer.StartAsync();
        report.Machine(await server.VersionAsync());
        report.Line($"The server serves {LimitedServer.Capacity:0} calls a second. {Usual} of that for {before.TotalSeconds:0} s; then {TooMuch} times that, while every "
            + $"call takes {Slowed} times as long, for {overload.TotalSeconds:0} s; then {Usual} again for {after.TotalSeconds:0} s. Callers come whether or not others are "
            + $"served, and give up after {Patience.TotalSeconds:0} s. ClusterClient has its defaults; naive is Npgsql with {NaiveAttempts} attempts of that time each.");
        report.Line();

        List<string[]> rows = [];
        await using (var source = await server.ConnectAsync())
        {
            rows.Add(await RunAsync(
                report, server, "ClusterClient", isOurs: true, before, overload, after,
                new(Patience, (_, cancellation) => Calls.RunAsync(source, cancellation))));
            Console.WriteLine(source.Writes.Explain());
        }

        await using (var bare = server.ConnectBare())
        {
            rows.Add(await RunAsync(
                report, server, "naive", isOurs: false, before, overload, after,
                new(Patience * NaiveAttempts, (_, cancellation) => Calls.RetryNaivelyAsync(bare, NaiveAttempts, Patience, cancellation))));
        }

        report.Table(
            ["", "served before", "in it", "after", "s until back", "budget", "", "asked/offered in it", "in all", "budget", ""], rows);
        report.Line($"Back: from then on {Back:P0} of the calls that come in a second are served, seconds after the overload. Asked: calls that reached the server, "
            + "until the last caller had given up.");
    }

    private static async Task<string[]> RunAsync(
        Report report, LimitedServer server, string name, bool isOurs, TimeSpan before, TimeSpan overload, TimeSpan after, OpenLoop loop)
    {
        var seen = await server.SeenAsync();
        await loop.OfferAsync(0, Usual * LimitedServer.Capacity, before, seed: 1);
        await server.SlowDownAsync(Slowed);
        var (begun, seenBefore) = (loop.Now, await server.SeenAsync());
        var overloaded = loop.OfferAsync(0, TooMuch * LimitedServer.Capacity, overload, seed: 2);
        await Task.Delay(overload);
        await server.SlowDownAsync(1);
        var (over, seenIn) = (loop.Now, await server.SeenAsync() - seenBefore);
        await Task.WhenAll(overloaded, loop.OfferAsync(0, Usual * LimitedServer.Capacity, after, seed: 3));

        var outcomes = loop.Outcomes;
        var seenInAll = await server.SeenAsync() - seen;
        var during = outcomes.Where(o => o.DueAt >= begun && o.DueAt < over).ToArray();
        var later = outcomes.Where(o => o.DueAt >= over).ToArray();
        var back = UntilBack(later, over, after);
        var (inIt, inAll) = ((double)seenIn / during.Length, (double)seenInAll / outcomes.Length);
        Console.WriteLine($"{name}, served by second: {string.Join(' ', outcomes.GroupBy(o => (int)o.DueAt).OrderBy(s => s.Key).Select(s => $"{Share(s):0.00}"))}");
        return
        [
            name, $"{Share(outcomes.Where(o => o.DueAt < begun)):P1}", $"{Share(during):P1}", $"{Share(later):P1}",
            double.IsPositiveInfinity(back) ? "never" : $"{back:0}", isOurs ? $"{RecoveryBudget:0}" : "", isOurs ? report.Verdict(back <= RecoveryBudget) : "",
            $"{inIt:0.00}", $"{inAll:0.00}", isOurs ? $"{AmplificationBudget}" : "",
            isOurs ? report.Verdict(Math.Max(inIt, inAll) <= AmplificationBudget) : "",
        ];
    }

    private static double Share(IEnumerable<Outcome> outcomes)
    {
        var all = outcomes.ToArray();
        return all.Length == 0 ? 1 : (double)all.Count(o => o.IsServed) / all.Length;
    }

    // Seconds until the first from which on every full one is good.
    private static double UntilBack(Outcome[] outcomes, double over, TimeSpan after)
    {
        var last = (int)after.TotalSeconds - 1;
        var bad = Enumerable.Range(0, last + 1).Where(s => Share(outcomes.Where(o => (int)(o.DueAt - over) == s)) < Back).ToArray();
        return bad.Length == 0 ? 0 : bad[^1] == last ? double.PositiveInfinity : bad[^1] + 1;
    }
}
