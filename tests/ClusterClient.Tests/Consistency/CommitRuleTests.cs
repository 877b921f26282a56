using System.Collections.Immutable;
using System.Globalization;
using ClusterClient.Consistency;
using ClusterClient.Topology;

namespace ClusterClient.Tests.Consistency;

/// <summary>The rule as a table. The transaction first wrote at 50 in epoch 1, in the run "a" of its server.</summary>
public sealed class CommitRuleTests
{
    /// <summary>
    /// An answer is its epoch, the run, where that recovered to, with a ^ if by a promotion, and the status: c for committed, a for aborted, p for in
    /// progress, ? for not known. A fork is an epoch and where it left the one before.
    /// </summary>
    [Theory]
    // The same run of the server: it knows, wherever its recovery ended.
    [InlineData("1 a - c", "", "committed")]
    [InlineData("1 a - a", "", "not committed")]
    [InlineData("1 a - p", "", "ask again")]
    [InlineData("1 a - ?", "", "unknown")]
    [InlineData("1 a 40 c", "", "committed")]
    [InlineData("1 a 40^ c", "", "committed")]
    // The same run tells even when the monitor had the epoch wrong.
    [InlineData("2 a - c", "2@40", "committed")]
    // Another run in the same epoch: a crash came between, and where its recovery ended decides.
    [InlineData("1 b 51 c", "", "committed")]
    [InlineData("1 b 50 c", "", "committed")]
    [InlineData("1 b 50 a", "", "not committed")]
    [InlineData("1 b 50 p", "", "ask again")]
    [InlineData("1 b 50 ?", "", "unknown")]
    [InlineData("1 b 49 c", "", "not committed")]
    [InlineData("1 b 49 ?", "", "not committed")]
    [InlineData("1 b 49 p", "", "not committed")]
    // A clean restart tells no end, and may hide a crash before it.
    [InlineData("1 b - c", "", "unknown")]
    [InlineData("1 b - a", "", "unknown")]
    // Two servers were promoted to the same epoch.
    [InlineData("1 b 60^ c", "", "unknown")]
    [InlineData("1 b 40^ c", "", "unknown")]
    // Promoted, and its own recovery is where the epochs part.
    [InlineData("2 b 50^ c", "", "committed")]
    [InlineData("2 b 60^ a", "", "not committed")]
    [InlineData("2 b 60^ p", "", "ask again")]
    [InlineData("2 b 60^ ?", "", "unknown")]
    [InlineData("2 b 49^ c", "", "not committed")]
    [InlineData("2 b 49^ ?", "", "not committed")]
    // Promoted and restarted since: only what the monitor saw before counts. A later crash's end hides the fork, on either side of the mark.
    [InlineData("2 b - c", "", "unknown")]
    [InlineData("2 b 60 c", "", "unknown")]
    [InlineData("2 b 40 c", "", "unknown")]
    [InlineData("2 b - c", "2@50", "committed")]
    [InlineData("2 b - c", "2@49", "not committed")]
    [InlineData("2 b 60 c", "2@49", "not committed")]
    [InlineData("2 b 60 c", "2@55", "committed")]
    // What was seen at the time counts, not what is told later.
    [InlineData("2 b 60^ c", "2@49", "not committed")]
    // Several epochs: each of the forks must lie behind the mark.
    [InlineData("3 b 70^ c", "2@60", "committed")]
    [InlineData("3 b 50^ c", "2@50", "committed")]
    [InlineData("3 b 70^ a", "2@60", "not committed")]
    [InlineData("4 b 80^ c", "2@60 3@70", "committed")]
    [InlineData("4 b - c", "2@60 3@70 4@80", "committed")]
    // One that nobody saw may have lost it.
    [InlineData("3 b 70^ c", "", "unknown")]
    [InlineData("3 b 70^ a", "", "unknown")]
    [InlineData("4 b 80^ c", "2@60", "unknown")]
    [InlineData("4 b 80^ c", "3@70", "unknown")]
    [InlineData("3 b - c", "2@60", "unknown")]
    [InlineData("3 b 70 c", "2@60", "unknown")]
    // The last one began without it, whatever came before.
    [InlineData("3 b 40^ c", "", "not committed")]
    [InlineData("3 b 40^ c", "2@60", "not committed")]
    [InlineData("3 b 40^ c", "2@45", "not committed")]
    [InlineData("4 b 40^ c", "3@45", "not committed")]
    // One before began without it: the last may have come from there, or from the one that had it.
    [InlineData("3 b 70^ c", "2@40", "unknown")]
    [InlineData("4 b 80^ c", "2@60 3@40", "unknown")]
    // Forks at or before the mark's own epoch have nothing to say.
    [InlineData("1 a - c", "1@10", "committed")]
    [InlineData("2 b 60^ c", "1@10", "committed")]
    // Who is behind, or a replica, knows nothing that is final.
    [InlineData("0 b 60 c", "", "ask again")]
    [InlineData("0 b 60 a", "", "ask again")]
    [InlineData("r1 b 60 c", "", "ask again")]
    [InlineData("r1 a 60 c", "", "ask again")]
    [InlineData("r2 b 60^ a", "2@60", "ask again")]
    public void Judge_Answer_VerdictOfTheTable(string answer, string forks, string expected)
    {
        var verdict = CommitRule.Judge(
            new("726", new LogPosition(50), "a") { Node = "eu-1", Epoch = 1 }, Answer(answer), Forks(forks));
        Assert.Equal(expected, verdict switch
        {
            { Outcome: CommitOutcome.Unknown, IsFinal: false } => "ask again",
            { Outcome: CommitOutcome.Unknown } => "unknown",
            { Outcome: CommitOutcome.Committed, IsFinal: true } => "committed",
            { Outcome: CommitOutcome.NotCommitted, IsFinal: true } => "not committed",
            _ => verdict.ToString(),
        });
        Assert.NotEmpty(verdict.Reason);
    }

    /// <summary>An operator reads from it what decided.</summary>
    [Theory]
    [InlineData("1 b 49 c", "", "the server's crash lost everything after 0/31, and the transaction first wrote at 0/32")]
    [InlineData("2 b 49^ c", "", "epoch 2 left the history before it at 0/31, and the transaction first wrote at 0/32")]
    [InlineData("3 b 49^ c", "", "epoch 3 left the history before it at 0/31, and the transaction first wrote at 0/32")]
    [InlineData("3 b 70^ c", "", "where epoch 2 left the history before it is not known")]
    [InlineData("2 b 60^ c", "", "the server says so, and epoch 2 has the history up to 0/3C, beyond the transaction's first write at 0/32")]
    [InlineData("0 b 60^ c", "", "the server that was asked is in epoch 0, the transaction was in 1")]
    [InlineData("1 b 60^ c", "", "another server than the transaction's was promoted to the same epoch, 1")]
    public void Judge_Answer_ReasonNamesWhatDecided(string answer, string forks, string reason) =>
        Assert.Equal(reason, CommitRule.Judge(new("726", new LogPosition(50), "a") { Epoch = 1 }, Answer(answer), Forks(forks)).Reason);

    private static CommitAnswer Answer(string text)
    {
        var words = text.Split(' ');
        return new()
        {
            IsWritable = words[0][0] != 'r',
            Epoch = long.Parse(words[0].TrimStart('r'), CultureInfo.InvariantCulture),
            Run = words[1],
            RecoveredTo = words[2] == "-" ? null : Position(words[2].TrimEnd('^')),
            WasPromoted = words[2].EndsWith('^'),
            Status = words[3] switch
            {
                "c" => TransactionStatus.Committed,
                "a" => TransactionStatus.Aborted,
                "p" => TransactionStatus.InProgress,
                _ => TransactionStatus.NotKnown,
            },
        };
    }

    private static ImmutableSortedDictionary<long, LogPosition> Forks(string text) => text
        .Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .Select(fork => fork.Split('@'))
        .ToImmutableSortedDictionary(fork => long.Parse(fork[0], CultureInfo.InvariantCulture), fork => Position(fork[1]));

    private static LogPosition Position(string text) => new(ulong.Parse(text, CultureInfo.InvariantCulture));
}
