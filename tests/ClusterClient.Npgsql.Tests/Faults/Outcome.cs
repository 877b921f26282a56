using System.Diagnostics;
using ClusterClient.Data;
using ClusterClient.Resilience;
using ClusterClient.Routing;
using Npgsql;

namespace ClusterClient.Npgsql.Tests.Faults;

/// <summary>How one call ended, and when.</summary>
internal sealed record Outcome(string Call, RouteIntent Intent, Exception? Fault, TimeSpan Took)
{
    /// <summary>What a busy machine, the driver's cancelling and closing may take on top of a call's own limit.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(3);

    public static async Task<Outcome> OfAsync(string call, RouteIntent intent, Func<Task> run)
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            await run();
            return new(call, intent, null, Stopwatch.GetElapsedTime(began));
        }
        catch (Exception e)
        {
            return new(call, intent, e, Stopwatch.GetElapsedTime(began));
        }
    }

    /// <summary>It ended in time, in one of these; without any it succeeded. Whatever it threw tells all of it.</summary>
    public void Check(TimeSpan limit, params FaultKind[] kinds)
    {
        Assert.True(Took < limit + Margin, $"{Call} took {Took}, with a limit of {limit}; {Fault}");
        if (kinds.Length == 0)
        {
            Assert.True(Fault is null, $"{Call} failed: {Fault}");
            return;
        }

        Assert.True(Fault is not null, $"{Call} succeeded");
        var known = CallFault.Of(Fault);
        Assert.True(known is not null && kinds.Contains(known.Fault.Kind), $"{Call} is {known}: {Fault}");
        Assert.Equal(("orders", Intent), (known.Cluster, known.Intent));
        if (Fault is ClusterUnavailableException refusal)
        {
            Assert.Equal(Intent, refusal.Intent);
            Assert.Contains("eu-1", refusal.Explanation, StringComparison.Ordinal);
            Assert.True(refusal.InnerException is not null, $"{Call} has no cause: {Fault}");
            Assert.True(known.Node is null ? known.Attempts == 0 : known is { Node: "eu-1", Attempts: > 0 }, $"{Call} is {known}");
        }
        else
        {
            Assert.IsAssignableFrom<NpgsqlException>(Fault);
            Assert.Equal("eu-1", known.Node);
            Assert.True(known.Attempts > 0);
            Assert.True(!known.Fault.IsTransient || known.NotRetried is not null, $"{Call} is {known}");
            Assert.Equal(Intent == RouteIntent.Write && known.Fault.IsTransient && known.Attempts == 1, known.NotRetried == "it may have been applied");
        }
    }
}
