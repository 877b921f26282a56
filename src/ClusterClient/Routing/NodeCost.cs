using System.Runtime.CompilerServices;
using ClusterClient.Health;

namespace ClusterClient.Routing;

/// <summary>What it costs to send one more request to a node, in µs.</summary>
/// <remarks>
/// <para>
/// <c>cost = round trip + (1 + k · in flight / weight)³ · (service + age / 2)</c>, the aged cubic. The toll on this process's own
/// requests stands for the work of all the others that it cannot see; a cube of it, because a cap on the load must be steep, never a
/// linear blend, and because it is convex it keeps selfish clients near the common optimum. <c>service + age / 2</c> is the
/// censored maximum-likelihood mean of an exponential with two pseudo-events behind the estimate: a node that freezes is felt while
/// its requests are out, not when they return.
/// </para>
/// <para>
/// Not a knife edge: in simulations k from 1 to 20, exponents from 2 to 4 and shares of the age from 1/4 to 1 moved the 99th percentile
/// by about 5 %. What would be one is a fresh sample of the nodes for each request, see <see cref="Policies.LatencyScored"/>. Source: C3
/// (NSDI 2015) for the cube. What it comes to beside other scores: <c>benchmarks/results/simulation.md</c>.
/// </para>
/// </remarks>
internal static class NodeCost
{
    /// <summary>The toll that decides between nodes of one place.</summary>
    private const float Toll = 5;

    /// <summary>
    /// The toll that decides whether to go farther. It is an honest expectation rather than a guess at everybody's load: a few
    /// requests in flight do not make a server as slow as the way to another region.
    /// </summary>
    private const float TollAbroad = 0.5f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Tolled(in NodeLoad load, in NodeSlot slot) => Of(load, slot, Toll);

    public static float Honest(in NodeLoad load, in NodeSlot slot) => Of(load, slot, TollAbroad);

    /// <summary>
    /// No toll at all: what one more request would take if this process's own, served before it, were all there are. What others send
    /// is in the service time that was seen; and once a node has kept some waiting for as long as a way takes, the way is no longer.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Plain(in NodeLoad load, in NodeSlot slot) =>
        slot.RoundTrip + ((1 + (load.InFlight * slot.PerWeight)) * load.Service) + (load.Age / 2);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Of(in NodeLoad load, in NodeSlot slot, float toll)
    {
        var crowd = 1 + (toll * load.InFlight * slot.PerWeight);
        return slot.RoundTrip + (crowd * crowd * crowd * (load.Service + (load.Age / 2)));
    }
}
