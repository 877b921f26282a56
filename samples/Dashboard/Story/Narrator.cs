using System.Globalization;
using ClusterClient.Topology;

namespace Dashboard.Story;

/// <summary>
/// Tells events as a story: who took over from whom and after how long. Where there is nothing to add, the library's own sentence
/// is told. Not thread-safe: events come one after the other.
/// </summary>
internal sealed class Narrator
{
    private readonly HashSet<string> _seen = [];
    private string? _primary;
    private DateTimeOffset? _lostAt;

    /// <returns>Null for what is no news: servers that answer for the first time.</returns>
    public TimelineEntry? Tell(Happening happened) => happened.Kind switch
    {
        TopologyEventKind.PrimaryFound => PrimaryFound(happened),
        TopologyEventKind.PrimaryLost => PrimaryLost(happened),
        TopologyEventKind.NodeOnline => _seen.Add(happened.Node!) ? null : Entry(happened, Tone.Good),
        TopologyEventKind.NodeReadmitted or TopologyEventKind.CircuitClosed => Entry(happened, Tone.Good),
        TopologyEventKind.CircuitHalfOpened => Entry(happened, Tone.Note),
        TopologyEventKind.NodeLost or TopologyEventKind.NodeEjected or TopologyEventKind.NodeIsolated => Entry(happened, Tone.Warning),
        TopologyEventKind.CircuitOpened => Entry(happened, Tone.Warning, isSerious: happened.Node == _primary),
        _ => Entry(happened, Tone.Bad, isSerious: true),
    };

    private TimelineEntry PrimaryFound(Happening happened)
    {
        var (before, lostAt) = (_primary, _lostAt);
        (_primary, _lostAt) = (happened.Node, null);
        if (before is null)
            return new(happened.At, $"{happened.Node} in {happened.Region} is the primary: writes go there.", Tone.Note);
        var after = lostAt is { } lost ? $" after {Seconds(happened.At - lost)} without a primary" : "";
        var sentence = before == happened.Node
            ? $"{happened.Node} is the primary again{after}: writes go on, in epoch {happened.Epoch}."
            : $"{happened.Node} in {happened.Region} took over from {before}{after}: writes go on, in epoch {happened.Epoch}.";
        return new(happened.At, sentence, Tone.Good, IsSerious: true);
    }

    private TimelineEntry PrimaryLost(Happening happened)
    {
        _lostAt = happened.At;
        return Entry(happened, Tone.Bad, isSerious: true);
    }

    private static TimelineEntry Entry(Happening happened, Tone tone, bool isSerious = false) =>
        new(happened.At, happened.Message.TrimEnd('.') + ".", tone, isSerious);

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s");
}
