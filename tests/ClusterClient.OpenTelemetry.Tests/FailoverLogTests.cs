using ClusterClient.Topology;
using Npgsql;

namespace ClusterClient.OpenTelemetry.Tests;

/// <summary>What an operator reads of a failover under load: a few lines, however many calls met it.</summary>
public sealed class FailoverLogTests
{
    private const int Writers = 8;

    [Fact]
    public async Task PrimaryKilled_UnderLoad_IsAStoryOfFiveLines()
    {
        var lines = new Lines();
        await using var w = await Watched.StartAsync(b => b.UseLoggerFactory(lines));
        var writing = await WriteAsync(w, lines);
        await w.Servers["eu-1"].KillAsync();
        await w.UntilAsync(t => t.Primary is null);
        await w.Servers["eu-2"].PromoteAsync();
        await w.Servers["eu-3"].FollowAsync(w.Servers["eu-2"]);
        await UntilAsync(lines, "WritesResumed");
        await w.Servers["eu-1"].RejoinAsync(w.Servers["eu-2"]);
        await w.UntilAsync(t => t.Nodes.All(n => n.Status == NodeStatus.Online));
        await UntilAsync(lines, "TopologyChanged", "eu-1");
        await writing.StopAsync();
        AssertStory(
            lines,
            w.Name,
            "Warning 2: eu-1 is not the primary any more: *; writes wait for the next",
            "Information 1: eu-2 in eu is the primary, epoch 2",
            "Information 10: writes go on: the first was acknowledged at eu-2, * ms after eu-1 was lost",
            "Error 6: eu-2 took over at *",
            "Information 1: eu-1 answers as replica");
    }

    [Fact]
    public async Task PrimaryHung_UnderLoad_EndsWithItsFencing()
    {
        var lines = new Lines();
        await using var w = await Watched.StartAsync(b => b.UseLoggerFactory(lines));
        var writing = await WriteAsync(w, lines);
        w.Servers["eu-1"].Hang();
        await w.UntilAsync(t => t.Primary is null);
        await w.Servers["eu-2"].PromoteAsync();
        await w.Servers["eu-3"].FollowAsync(w.Servers["eu-2"]);
        await UntilAsync(lines, "WritesResumed");
        w.Servers["eu-1"].Resume();
        await UntilAsync(lines, "TopologyIncoherent");
        await writing.StopAsync();
        AssertStory(
            lines,
            w.Name,
            "Warning 2: eu-1 is not the primary any more: no answer *; writes wait for the next",
            "Warning 20: ended * connections to eu-1: no answer *",
            "Information 1: eu-2 in eu is the primary, epoch 2",
            "Information 10: writes go on: the first was acknowledged at eu-2, * ms after eu-1 was lost",
            "Error 6: eu-2 took over at *",
            "Error 3: eu-1 is fenced: it still accepts writes in epoch 1, the newest is 2");
    }

    // Each line once. Whether writes were lost is found out while others go on, so that its place is not certain; it may be that none was.
    private static void AssertStory(Lines lines, string cluster, params string[] story)
    {
        var told = lines.All.Select(l => $"{l.Level} {l.Event.Id}: {l.Text.Replace(cluster + ": ", "", StringComparison.Ordinal)}").ToList();
        var matched = told.Select(line => Array.FindIndex(story, pattern => Fits(line, pattern))).ToList();
        Assert.True(
            !matched.Contains(-1) && matched.Distinct().Count() == matched.Count
                && Enumerable.Range(0, story.Length).All(i => matched.Contains(i) || IsOfLoss(story[i]))
                && matched.Where(i => !IsOfLoss(story[i]) && !story[i].Contains(" 20:", StringComparison.Ordinal)).SequenceEqual(
                    matched.Where(i => !IsOfLoss(story[i]) && !story[i].Contains(" 20:", StringComparison.Ordinal)).Order()),
            string.Join('\n', told));

        static bool IsOfLoss(string pattern) => pattern.StartsWith("Error 6", StringComparison.Ordinal);
    }

    private static bool Fits(string line, string pattern)
    {
        var at = 0;
        foreach (var part in pattern.Split('*'))
        {
            at = line.IndexOf(part, at, StringComparison.Ordinal);
            if (at < 0)
            {
                return false;
            }

            at += part.Length;
        }

        return true;
    }

    private static Task UntilAsync(Lines lines, string name, string? of = null) => Eventually.TrueAsync(
        () => lines.All.Any(l => l.Event.Name == name && (of is null || l.Text.Contains(of, StringComparison.Ordinal))),
        () => $"There is no {name}:\n{lines}");

    private static async Task<Load> WriteAsync(Watched w, Lines lines)
    {
        var load = new Load(w);
        await Eventually.TrueAsync(() => load.Writes > 100, () => "Nothing is written.");
        // The first look at each node is told as well.
        await Eventually.TrueAsync(() => lines.All.Count() == 4, () => $"{lines}");
        lines.Clear();
        return load;
    }

    private sealed class Load
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _writers;
        private int _writes;

        public Load(Watched w) => _writers = Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(() => RunAsync(w))));

        public int Writes => Volatile.Read(ref _writes);

        public async Task StopAsync()
        {
            await _stop.CancelAsync();
            await _writers;
        }

        private async Task RunAsync(Watched w)
        {
            while (!_stop.IsCancellationRequested)
            {
                try
                {
                    await w.WriteAsync();
                    Interlocked.Increment(ref _writes);
                }
                catch (NpgsqlException)
                {
                    // One that may have been applied.
                }
            }
        }
    }
}
