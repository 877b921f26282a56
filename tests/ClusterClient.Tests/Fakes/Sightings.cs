using ClusterClient.Topology;

namespace ClusterClient.Tests.Fakes;

/// <summary>Ends of looks, as the monitor's loops report them.</summary>
internal static class Sightings
{
    public static NodeSighting Answer(string facts, long at, int session = 1) => new()
    {
        Status = NodeStatus.Online,
        Facts = Facts.Parse(facts),
        StartedAt = at,
        AnsweredAt = at,
        Session = session,
        RoundTrip = default(RoundTrips).Add(TimeSpan.FromMilliseconds(1)),
    };

    public static NodeSighting Refused(long at) => new() { Status = NodeStatus.Unreachable, StartedAt = at, Reason = "connection refused" };

    public static NodeSighting Silent(long at) =>
        new() { Status = NodeStatus.Silent, StartedAt = at, Reason = "no answer within the probe timeout" };
}
