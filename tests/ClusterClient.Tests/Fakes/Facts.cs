using System.Globalization;
using System.Text.RegularExpressions;
using ClusterClient.Topology;

namespace ClusterClient.Tests.Fakes;

/// <summary>
/// A node's answer in a few characters, for tables: <c>P1@100</c> is a primary in epoch 1 at position 100, <c>P2@120/90</c> one whose
/// epoch left the one before at 90, <c>P2@120/90?</c> one that tells so without being sure, <c>P1@100s</c> one whose commits wait for
/// replicas, <c>P1@100+5</c> one that has 5 more in memory, <c>R1@80</c> a replica, <c>R1?@80</c> one that cannot tell its epoch for sure, and <c>t:R1@80</c>
/// one of system t instead of s.
/// </summary>
internal static partial class Facts
{
    public static NodeFacts Parse(string text)
    {
        var match = Pattern().Match(text);
        Assert.True(match.Success, $"'{text}' is no node's answer");
        return new()
        {
            IsWritable = match.Groups["role"].Value == "P",
            SystemId = match.Groups["system"].Success ? match.Groups["system"].Value : "s",
            Epoch = long.Parse(match.Groups["epoch"].Value, CultureInfo.InvariantCulture),
            IsEpochLowerBound = match.Groups["bound"].Length > 0,
            Position = Position(match.Groups["at"].Value),
            Inserted = match.Groups["more"].Success ? new(Position(match.Groups["at"].Value).Ordinal + Position(match.Groups["more"].Value).Ordinal) : null,
            IsSynchronous = match.Groups["sync"].Length > 0,
            IsForkCertain = match.Groups["fork"].Success && match.Groups["open"].Length == 0,
            ForkedAt = match.Groups["fork"].Success ? Position(match.Groups["fork"].Value) : null,
        };
    }

    private static LogPosition Position(string digits) => new(ulong.Parse(digits, CultureInfo.InvariantCulture));

    [GeneratedRegex(@"^((?<system>\w+):)?(?<role>[PR])(?<epoch>\d+)(?<bound>\??)@(?<at>\d+)(\+(?<more>\d+))?(?<sync>s?)(/(?<fork>\d+)(?<open>\??))?$")]
    private static partial Regex Pattern();
}
