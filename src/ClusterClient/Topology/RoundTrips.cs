namespace ClusterClient.Topology;

/// <summary>The shortest of the last <see cref="Window"/> to twice as many round trips to a node. Immutable.</summary>
/// <remarks>
/// A single measurement may have met a pause of either side, and a mean keeps it for long; what a packet needs is what the quickest
/// of them needed. A network that became slower is believed once the window has passed, one that became quicker at once. Two minima,
/// of the present window and of the one before, stand for a list of all.
/// </remarks>
/// <param name="Present">The shortest of the window that is being filled; zero before the first.</param>
/// <param name="Before">The shortest of the one before it; zero when there was none.</param>
/// <param name="Count">Measurements in the present window.</param>
internal readonly record struct RoundTrips(TimeSpan Present, TimeSpan Before, int Count)
{
    /// <summary>Measurements, not time: while something is wrong they come thirty times as often, and are as telling.</summary>
    public const int Window = 4;

    /// <summary>Zero when nothing was measured.</summary>
    public TimeSpan Shortest => Before > TimeSpan.Zero && (Present == TimeSpan.Zero || Before < Present) ? Before : Present;

    public RoundTrips Add(TimeSpan measured)
    {
        var sample = measured > TimeSpan.FromMicroseconds(1) ? measured : TimeSpan.FromMicroseconds(1);
        return Count == Window ? new(sample, Present, 1)
            : new(Present == TimeSpan.Zero || sample < Present ? sample : Present, Before, Count + 1);
    }
}
