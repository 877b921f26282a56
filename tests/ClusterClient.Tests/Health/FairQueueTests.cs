using ClusterClient.Health;
using ClusterClient.Resilience;

namespace ClusterClient.Tests.Health;

public sealed class FairQueueTests
{
    private readonly FairQueue _queue = new(capacity: 1_000);

    [Fact]
    public void Take_OneCaller_IsInTheOrderOfComing()
    {
        QueuedCall[] calls = [.. Enumerable.Range(0, 5).Select(_ => Add(_queue, 1))];
        Assert.Equal(calls, TakeAll(_queue));
    }

    [Fact]
    public void Take_SeveralCallers_GoInTurns()
    {
        foreach (var flow in "aaabbc")
        {
            Add(_queue, flow);
        }

        Assert.Equal("abcaba", Order(_queue));
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 2, 3)]
    [InlineData(0.5, 1, 0.1)]
    [InlineData(10, 2.5, 0.3)]
    public void Take_CallersThatWantMore_GetTheirWeights(double first, double second, double third)
    {
        double[] weights = [first, second, third];
        var random = new Random(3);
        var queue = new FairQueue(100_000);
        for (var i = 0; i < 3_000; i++)
        {
            Array.ForEach([0, 1, 2], flow => Add(queue, flow, weights[flow]));
        }

        var served = new int[3];
        var turns = random.Next(1_000, 2_000);
        for (var i = 0; i < turns; i++)
        {
            served[queue.Take()!.Share.Flow]++;
        }

        // To within the turns of a round.
        Assert.All(weights.Index(), w => Assert.Equal(turns * w.Item / weights.Sum(), served[w.Index], w.Item + 1.5));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Take_ManyLightCallersBesideAHog_SharesAreFair(int seed)
    {
        // Demands of 1 each and of 10, against a capacity of 15: max-min fair is 1 for each of the light ones, and 5 for the hog.
        const int Light = 10;
        var random = new Random(seed);
        var queue = new FairQueue(200);
        int[] keys = [.. Enumerable.Range(0, Light + 1).Select(i => $"tenant {seed} {i}".GetHashCode(StringComparison.Ordinal) | 1)];
        var served = keys.ToDictionary(k => k, _ => 0);
        const int Rounds = 2_000;
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < Light + 10; i++)
            {
                Add(queue, keys[Math.Min(Light, random.Next(Light + 10))]);
            }

            for (var i = 0; i < 15; i++)
            {
                if (queue.Take() is { } call)
                {
                    served[call.Share.Flow]++;
                }
            }
        }

        // What each got of what it was due.
        double[] satisfied = [.. keys.Select((k, i) => served[k] / (double)Rounds / (i < Light ? 1 : 5))];
        Assert.InRange(Jain(satisfied), 0.99, 1);
        Assert.All(satisfied, s => Assert.InRange(s, 0.9, 1.1));
    }

    [Theory]
    [InlineData(1.0, 1, 1, 1, 1)]
    [InlineData(0.4102, 1, 1, 1, 10)]
    public void Jain_Rows(double expected, double a, double b, double c, double d) => Assert.Equal(expected, Jain([a, b, c, d]), 4);

    [Fact]
    public void Take_Priorities_InteractiveFirst()
    {
        Add(_queue, 'x', priority: CallPriority.Batch);
        Add(_queue, 'a');
        Add(_queue, 'x', priority: CallPriority.Batch);
        Add(_queue, 'b');
        Assert.Equal("abxx", Order(_queue));
    }

    [Fact]
    public void TryAdd_Full_EvictsTheNewestOfTheLongest()
    {
        var queue = new FairQueue(4);
        Add(queue, 'a');
        QueuedCall[] hogs = [Add(queue, 'h'), Add(queue, 'h'), Add(queue, 'h')];
        Assert.True(queue.TryAdd(new(new('b', 1, CallPriority.Interactive), 0), out var evicted));
        Assert.Same(hogs[2], evicted);
        // The hog itself, and whoever would have as much waiting as it then, is refused.
        Assert.False(queue.TryAdd(new(new('h', 1, CallPriority.Interactive), 0), out evicted));
        Assert.False(queue.TryAdd(new(new('a', 1, CallPriority.Interactive), 0), out evicted));
        Assert.Null(evicted);
        Assert.Equal("ahbh", Order(queue));
    }

    [Fact]
    public void TryAdd_FullOfHeavyweights_LooksAtWhatTheyAreEntitledTo()
    {
        var queue = new FairQueue(7);
        Enumerable.Range(0, 5).ToList().ForEach(_ => Add(queue, 'v', weight: 5));
        Add(queue, 'a');
        var second = Add(queue, 'a');
        Assert.True(queue.TryAdd(new(new('b', 1, CallPriority.Interactive), 0), out var evicted));
        Assert.Same(second, evicted);
    }

    [Fact]
    public void TryAdd_Full_BatchGoesBeforeInteractive()
    {
        var queue = new FairQueue(3);
        Add(queue, 'a');
        Add(queue, 'a');
        var batch = Add(queue, 'x', priority: CallPriority.Batch);
        Assert.True(queue.TryAdd(new(new('a', 1, CallPriority.Interactive), 0), out var evicted));
        Assert.Same(batch, evicted);
        Assert.False(queue.TryAdd(new(new('x', 1, CallPriority.Batch), 0), out _));
    }

    [Fact]
    public void Before_CountsWhatWillBeServedEarlier()
    {
        Enumerable.Range(0, 100).ToList().ForEach(_ => Add(_queue, 'h'));
        Add(_queue, 'a');
        Assert.Equal(2, _queue.Before(new('b', 1, CallPriority.Interactive)));
        Assert.Equal(3, _queue.Before(new('a', 1, CallPriority.Interactive)));
        Assert.Equal(101, _queue.Before(new('h', 1, CallPriority.Interactive)));
        Assert.Equal(101, _queue.Before(new('b', 1, CallPriority.Batch)));
    }

    [Fact]
    public void Remove_AnyInAnyOrder_LeavesTheOthersInOrder()
    {
        var random = new Random(11);
        for (var run = 0; run < 200; run++)
        {
            var queue = new FairQueue(1_000);
            List<QueuedCall> calls = [.. Enumerable.Range(0, 60).Select(_ => Add(queue, random.Next(5), priority: (CallPriority)random.Next(2)))];
            foreach (var gone in calls.Where(_ => random.Next(2) == 0).ToArray())
            {
                Assert.True(queue.Remove(gone));
                Assert.False(queue.Remove(gone));
                calls.Remove(gone);
            }

            Assert.Equal(calls.Count, queue.Count);
            var taken = TakeAll(queue);
            Assert.Equal(calls.ToHashSet(), [.. taken]);
            foreach (var flow in calls.GroupBy(c => (c.Share.Flow, c.Share.Priority)))
            {
                Assert.Equal(flow, taken.Where(c => (c.Share.Flow, c.Share.Priority) == flow.Key));
            }

            Assert.Null(queue.Take());
        }
    }

    [Fact]
    public void FlowOf_ManyCallersAtOnce_HardlyEverShare()
    {
        // A third of the queues in use: the neighbours make room.
        for (var seed = 0; seed < 50; seed++)
        {
            var ring = new FlowRing();
            for (var i = 0; i < FlowRing.Flows / 3; i++)
            {
                ring.Add(new(new($"job {seed} {i}".GetHashCode(StringComparison.Ordinal) | 1, 1, CallPriority.Interactive), 0));
            }

            Assert.Equal(1, ring.Longest!.Count);
        }
    }

    private static double Jain(double[] shares) => Math.Pow(shares.Sum(), 2) / (shares.Length * shares.Sum(s => s * s));

    private static QueuedCall Add(FairQueue queue, int flow, double weight = 1, CallPriority priority = CallPriority.Interactive)
    {
        var call = new QueuedCall(new(flow, weight, priority), 0);
        queue.TryAdd(call, out _);
        return call;
    }

    private static List<QueuedCall> TakeAll(FairQueue queue)
    {
        var calls = new List<QueuedCall>();
        while (queue.Take() is { } call)
        {
            calls.Add(call);
        }

        return calls;
    }

    private static string Order(FairQueue queue) => string.Concat(TakeAll(queue).Select(c => (char)c.Share.Flow));
}
