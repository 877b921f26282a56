using ClusterClient.Tests.Fakes;

namespace ClusterClient.Tests.Health;

/// <summary>Who is ejected, how many at once, for how long, and what ends it. What makes an outlier is <see cref="OutlierRulesTests"/>'.</summary>
public sealed class OutlierDetectorTests
{
    [Theory]
    [InlineData("P1@9 R1@9 R1@9", "b", "b 30 s")]
    // Never the primary, and never an only replica.
    [InlineData("P1@9 R1@9 R1@9", "a", "")]
    [InlineData("P1@9 R1@9", "b", "")]
    [InlineData("P1@9", "a", "")]
    // Half of the replicas that serve, rounded down.
    [InlineData("P1@9 R1@9 R1@9", "bc", "b 30 s")]
    [InlineData("P1@9 R1@9 R1@9 R1@9", "abcd", "b 30 s")]
    [InlineData("P1@9 R1@9 R1@9 R1@9 R1@9", "bcde", "b 30 s, c 30 s")]
    [InlineData("R1@9 R1@9 R1@9 R1@9 R1@9", "abcde", "a 30 s, b 30 s")]
    [InlineData("P1@9 R1@9 R1@9 R1@9 R1@9 R1@9 R1@9", "cdefg", "c 30 s, d 30 s, e 30 s")]
    // Those that do not serve are none of them.
    [InlineData("P1@9 R1@9 R1@9 x ~", "bc", "b 30 s")]
    [InlineData("P1@9 R1@9 x x x", "b", "")]
    [InlineData("P1@9 x R1@9 R1@9", "bd", "d 30 s")]
    public void Sweep_NodesThatFail_EjectsHalfOfTheReplicasAtMost(string nodes, string failing, string expected)
    {
        var script = new DetectorScript(nodes).Calls(failing, faults: 5);
        Assert.Equal(expected, script.Sweep());
        Assert.Equal("", script.Sweep());
        Assert.Equal(expected.Replace(" 30 s", "", StringComparison.Ordinal).Replace(",", "", StringComparison.Ordinal), script.Ejected);
    }

    [Fact]
    public void Sweep_CapIsReached_TheWorstGoFirst()
    {
        var script = new DetectorScript("P1@9 R1@9 R1@9").Calls("b", faults: 10, answers: 10).Calls("c", faults: 5);
        Assert.Equal("c 30 s", script.Sweep());
    }

    [Fact]
    public void Sweep_SomeAreEjectedAlready_TheyCountForTheCap()
    {
        var script = new DetectorScript("P1@9 R1@9 R1@9 R1@9 R1@9").Calls("b", faults: 5);
        Assert.Equal("b 30 s", script.Sweep());
        Assert.Equal("c 30 s", script.After(1).Calls("cde", faults: 5).Sweep());
        Assert.Equal("b c", script.Ejected);
    }

    [Fact]
    public void Sweep_OneThatIsEjectedIsLost_LeavesItsPlaceToAnother()
    {
        var script = new DetectorScript("P1@9 R1@9 R1@9 R1@9").Calls("b", faults: 5);
        Assert.Equal("b 30 s", script.Sweep());
        Assert.Equal("", script.Calls("c", faults: 5).Sweep());
        Assert.Equal("c 30 s", script.Round(". x . .").Sweep());
    }

    [Fact]
    public void Sweep_FailsAgainAndAgain_IsOutLongerEachTime()
    {
        var script = new DetectorScript("P1@9 R1@9 R1@9");
        foreach (var seconds in new[] { 30, 60, 90, 120 })
        {
            Assert.Equal($"b {seconds} s", script.Calls("b", faults: 5).Sweep());
            Assert.Equal("", script.After(seconds - 0.001).Sweep());
            Assert.Equal("b", script.Ejected);
            Assert.Equal("b back", script.After(0.002).Sweep());
            Assert.Equal("", script.Ejected);
            Assert.Equal("", script.Sweep());
        }

        Assert.Equal("b 120 s", script.After(10).Calls("b", faults: 5).Sweep());
    }

    [Fact]
    public void Sweep_AfterAnEjection_WhatWasBeforeIsForgotten()
    {
        var script = new DetectorScript("P1@9 R1@9 R1@9").Calls("b", faults: 5);
        Assert.Equal("b 30 s", script.Sweep());
        // Tried all the same, as when there is nobody else.
        script.After(29).Calls("b", faults: 30);
        Assert.Equal("b back", script.After(1.1).Sweep());
        Assert.Equal("", script.Calls("b", faults: 4).Sweep());
        Assert.Equal("b 60 s", script.Calls("b", faults: 1).Sweep());
    }

    [Theory]
    [InlineData(". x .|. R1@9 .", "")]
    [InlineData(". ~ .|. R1@9 .", "")]
    [InlineData(". P2@9/9 R2@9|R3@9 R3@9 P3@9/9", "")]
    // It served all the time.
    [InlineData(". ! .|. R1@9 .", "b 30 s")]
    [InlineData("x . .|P1@9 . .", "b 30 s")]
    public void Sweep_FaultsBeforeItRose_AreNotHeldAgainstIt(string rounds, string expected)
    {
        // Few enough faults in a row, and enough of all calls.
        var script = new DetectorScript("P1@9 R1@9 R1@9");
        for (var i = 0; i < 10; i++)
        {
            script.Calls("b", faults: 4, answers: 1);
        }

        foreach (var round in rounds.Split('|'))
        {
            script.Round(round);
        }

        Assert.Equal(expected, script.Sweep());
    }

    [Fact]
    public void Sweep_PromotedWhileItIsEjected_ComesBackAtOnce()
    {
        var script = new DetectorScript("P1@9 R1@9 R1@9").Calls("b", faults: 5);
        Assert.Equal("b 30 s", script.Sweep());
        Assert.Equal("", script.Round("x . .").Sweep());
        Assert.Equal("b back", script.Round(". P2@9/9 .").Sweep());
        Assert.Equal("", script.Ejected);
    }

    [Fact]
    public void Sweep_CapWasInTheWay_AnOldStreakIsNoReasonLater()
    {
        var script = new DetectorScript("P1@9 R1@9 R1@9").Calls("bc", faults: 5);
        Assert.Equal("b 30 s", script.Sweep());
        Assert.Equal("b back", script.After(30.1).Sweep());
        Assert.Equal("", script.Sweep());
        Assert.Equal("c 30 s", script.Calls("c", faults: 1).Sweep());
    }

    [Fact]
    public void IsAlarming_Streak_OncePerStreak() =>
        Assert.Equal([5], Enumerable.Range(0, 100).Where(new DetectorScript("P1@9").Detector.IsAlarming));

    [Fact]
    public async Task Sweep_TwoAtOnce_KeepTheCapAndTellEachChangeOnce()
    {
        var scripts = Enumerable.Range(0, 1_000).Select(_ => new DetectorScript("P1@9 R1@9 R1@9 R1@9 R1@9").Calls("bcde", faults: 5)).ToArray();
        var told = new int[scripts.Length];
        using var both = new Barrier(2);
        Task Sweeper() => Task.Factory.StartNew(
            () =>
            {
                foreach (var (i, script) in scripts.Index())
                {
                    both.SignalAndWait();
                    Interlocked.Add(ref told[i], script.Detector.Sweep(script.Topology, script.Now).Length);
                }
            },
            default, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await Task.WhenAll(Sweeper(), Sweeper()).Soon();
        Assert.All(told, t => Assert.Equal(2, t));
        Assert.All(scripts, s => Assert.Equal("b c", s.Ejected));
    }
}
