using ClusterClient.Health;
using ClusterClient.Resilience;

namespace ClusterClient.Tests.Health;

/// <summary>The limit against a server in virtual time that works at so many calls at a time, and shares itself out evenly beyond that.</summary>
public sealed class ConcurrencyLimitTests
{
    private const float Service = 5_000;

    private readonly Random _random = new(7);
    private ConcurrencyLimit _limit = new(new());
    private long _now = 1_000_000_000;

    [Theory]
    [InlineData(2, 1, 100.8)]
    [InlineData(1, 1, 100.8)]
    [InlineData(1, 2, 95.8)]
    [InlineData(1, 3, 90.8)]
    [InlineData(1, 30, 90.8)]
    public void After_RowsOfThePublishedRule_Hold(float calm, float crowded, double expected) =>
        Assert.Equal(expected, ConcurrencyLimit.After(100, calm, crowded), 3);

    [Fact]
    public void Answered_FewInFlight_LeavesTheLimit()
    {
        Run(inFlight: 8, capacity: 4, calls: 5_000);
        Run(inFlight: 49, capacity: 4, calls: 5_000);
        Assert.Equal(100, _limit.Now);
    }

    [Fact]
    public void Answered_MoreThanTheServerCan_ComesToRestAboveItsCapacity()
    {
        Run(inFlight: 5, capacity: 20, calls: 1_000);
        var limits = Offer(capacity: 20, calls: 30_000);
        Assert.InRange(limits.TakeLast(10_000).Average(), 20, 40);
    }

    [Fact]
    public void Answered_OverloadThatLasts_IsNotTakenForUsual()
    {
        Run(inFlight: 5, capacity: 20, calls: 1_000);
        Assert.InRange(Offer(capacity: 20, calls: 300_000).TakeLast(100_000).Average(), 20, 40);
    }

    [Fact]
    public void Answered_OverloadFromTheFirstCallOn_IsFoundOut()
    {
        var limits = Offer(capacity: 20, calls: 30_000);
        Assert.InRange(limits.TakeLast(10_000).Average(), 20, 40);
    }

    [Fact]
    public void Answered_OverloadIsOver_RisesAgain()
    {
        Run(inFlight: 5, capacity: 20, calls: 1_000);
        Offer(capacity: 20, calls: 20_000);
        Assert.InRange(Offer(capacity: 500, calls: 60_000)[^1], 190, 200);
    }

    [Fact]
    public void Answered_CallsBecomeHeavier_RisesAgainAfterAProbe()
    {
        Run(inFlight: 5, capacity: 500, calls: 1_000);
        Offer(capacity: 500, calls: 20_000);
        var limits = Offer(capacity: 500, calls: 100_000, service: 4 * Service);
        Assert.InRange(limits.Min(), 10, 60);
        Assert.InRange(limits[^1], 190, 200);
    }

    [Fact]
    public void Answered_ServiceTimesOfAllSizes_DoNotPressItDown()
    {
        Run(inFlight: 5, capacity: 500, calls: 2_000, exponential: true);
        Assert.InRange(Offer(capacity: 500, calls: 30_000, exponential: true).TakeLast(10_000).Average(), 150, 200);
    }

    [Fact]
    public void Answered_ServerHasBecomeQuicker_ForgetsWhatWasCalm()
    {
        Run(inFlight: 5, capacity: 100, calls: 1_000, service: 20 * Service);
        // Ten calls for one place take as long now as one did before: only a look at it while it is calm tells.
        Assert.InRange(Offer(capacity: 20, calls: 500_000).TakeLast(20_000).Average(), 20, 40);
    }

    [Fact]
    public void Answered_LoadBelowHalfOfTheCeiling_HardlyEverMeetsAProbe()
    {
        // The first time that it is crowded, it looks what calm is; then its limit rises until nothing is crowded.
        var limits = Offer(capacity: 500, calls: 500_000, exponential: true, most: 90);
        Assert.InRange(limits.Count(l => l < 90), 10, 1_000);
        Assert.InRange(limits[^1], 100, 200);
    }

    [Fact]
    public void Overloaded_ManyOfOneGeneration_TakesATenthOffOnce()
    {
        for (var i = 0; i < 50; i++)
        {
            _limit.Overloaded(beganAt: _now - 10, _now + i);
        }

        Assert.Equal(90, _limit.Now);
        _limit.Overloaded(beganAt: _now + 100, _now + 200);
        Assert.Equal(81, _limit.Now);
    }

    [Fact]
    public void GivenUp_NobodyWaitsForAnAnswer_FallsAllTheSame()
    {
        Run(inFlight: 5, capacity: 20, calls: 1_000);
        for (var i = 0; i < 3_000; i++)
        {
            _now += 100;
            _limit.GivenUp(1_000_000, _limit.Now, _now - 1_000_000, _now);
        }

        Assert.InRange(_limit.Now, 10, 20);
    }

    [Fact]
    public void GivenUp_EarlyOrOnAQuietServer_SaysNothing()
    {
        Run(inFlight: 5, capacity: 20, calls: 1_000);
        for (var i = 0; i < 3_000; i++)
        {
            _now += 100;
            _limit.GivenUp(1_000_000, 20, _now - 1_000_000, _now);
            _limit.GivenUp(100, _limit.Now, _now - 100, _now);
        }

        Assert.Equal((100, 0f), (_limit.Now, _limit.Crowded));
    }

    [Fact]
    public void Answered_WhateverComes_StaysBetweenFloorAndCeiling()
    {
        foreach (var (floor, ceiling) in new[] { (1, 1), (1, 7), (10, 200), (30, 40) })
        {
            var limit = new ConcurrencyLimit(new() { Floor = floor, Initial = floor, Ceiling = ceiling });
            for (var i = 0; i < 20_000; i++)
            {
                _now += _random.Next(1, 3_000);
                var sample = (float)Math.Pow(10, 1 + (5 * _random.NextDouble()));
                if (_random.Next(20) == 0)
                {
                    limit.Overloaded(_now - (long)sample, _now);
                }

                limit.Answered(sample, _random.Next(1, 2 * ceiling), _now - (long)sample, _now);
                Assert.InRange(limit.Now, floor, ceiling);
            }
        }
    }

    [Fact]
    public void Reset_AfterOverload_IsAsNew()
    {
        Offer(capacity: 5, calls: 20_000);
        _limit.Reset();
        Assert.Equal((100, 0f), (_limit.Now, _limit.Crowded));
    }

    [Fact]
    public void None_WhateverComes_LimitsNothing()
    {
        _limit = new(ConcurrencyLimits.None);
        Offer(capacity: 1, calls: 1_000, most: 300);
        _limit.Overloaded(_now, _now);
        Assert.Equal(int.MaxValue, _limit.Now);
    }

    /// <summary>Reports among queries are no overload, however long they take, as long as most answers come as quickly as ever.</summary>
    [Theory]
    [InlineData(60, 0.06)]
    [InlineData(80, 0.2)]
    public void Answered_AFewLongCallsAmongShort_DoNotPressItDown(int inFlight, double share)
    {
        Run(inFlight: 5, capacity: 500, calls: 2_000, service: 1_000);
        for (var i = 0; i < 50_000; i++)
        {
            Run(inFlight, capacity: 500, calls: 1, service: _random.NextDouble() < share ? 500_000 : 1_000);
        }

        Assert.InRange(_limit.Now, 100, 200);
    }

    [Fact]
    public void AboutToWait_ProbeThatNoAnswerEnds_GivesTheLimitBack()
    {
        Run(inFlight: 100, capacity: 500, calls: 101);
        Assert.Equal(10, _limit.Now);

        _limit.AboutToWait(_now + 249_000);
        Assert.Equal(10, _limit.Now);
        _limit.AboutToWait(_now + 260_000);
        Assert.Equal(100, _limit.Now);
    }

    // Callers that always want more: as many calls are in flight as the limit lets through.
    private List<int> Offer(int capacity, int calls, float service = Service, bool exponential = false, int most = 1_000)
    {
        var limits = new List<int>();
        for (var i = 0; i < calls; i++)
        {
            limits.Add(_limit.Now);
            Run(Math.Min(_limit.Now, most), capacity, 1, service, exponential);
        }

        return limits;
    }

    private void Run(int inFlight, int capacity, int calls, float service = Service, bool exponential = false)
    {
        for (var i = 0; i < calls; i++)
        {
            var crowd = Math.Max(1, (float)inFlight / capacity);
            var sample = service * crowd * (exponential ? -(float)Math.Log(1 - _random.NextDouble()) : (float)(0.8 + (0.4 * _random.NextDouble())));
            // As many are served in its time.
            _now += Math.Max(1, (long)(service * crowd / inFlight));
            _limit.Answered(sample, inFlight, _now - (long)sample, _now);
        }
    }
}
