using System.Collections.Immutable;
using System.Globalization;

namespace ClusterClient.Topology;

/// <summary>A loss in words.</summary>
internal static class LossSentence
{
    /// <summary>A line of a log is for reading; the report has all of them.</summary>
    private const int Names = 20;

    public static string Of(LossReport report) =>
        $"{Takeover(report)}; epoch {report.FromEpoch} {(report.LastAcknowledged <= report.ForkedAt ? "was last seen at" : "had been acknowledged up to")} "
        + $"{report.LastAcknowledged}: {Losses(report)}";

    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);

    private static string Takeover(LossReport report) => report.ForkedAt is not { } fork
        ? $"{report.Successor} took over in epoch {report.ToEpoch}, and where that left epoch {report.FromEpoch} is not known"
        : $"{report.Successor} took over at {fork}{(report.IsForkCertain ? "" : " or before")} in epoch {report.ToEpoch}";

    private static string Losses(LossReport report)
    {
        var certain = report.Lost.Length;
        var more = certain > 0 ? " more" : "";
        List<string> doubts = [];
        if (report.DoubtfulCommits is { IsEmpty: false } commits)
        {
            doubts.Add($"{Count(commits.Length, more + " commit")}{(certain > 0 ? "" : " of this process")} {Between(commits)} ({Named(commits)})");
        }

        if (report.DoubtfulWrites > 0)
        {
            doubts.Add(Count(report.DoubtfulWrites, (certain + report.DoubtfulCommits.Length > 0 ? " more" : "") + " write")
                + (certain + report.DoubtfulCommits.Length > 0 ? "" : " of this process")
                + (certain > 0 ? "" : $" {Between(report.FirstAt!.Value, report.LastAt!.Value)}"));
        }

        var maybe = string.Join(" and ", doubts);
        return certain == 0 ? $"{maybe} may be lost"
            : $"{Count(certain, " commit")} of this process {Between(report.Lost)} {(certain == 1 ? "is" : "are")} lost ({Named(report.Lost)})"
                + (maybe.Length > 0 ? $", {maybe} may be" : "");
    }

    private static string Count(int count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count}{what}{(count == 1 ? "" : "s")}");

    private static string Between(ImmutableArray<LostCommit> commits) => Between(commits[0].AcknowledgedAt, commits[^1].AcknowledgedAt);

    private static string Between(DateTimeOffset first, DateTimeOffset last) =>
        Time(first) == Time(last) ? $"at {Time(first)}" : $"between {Time(first)} and {Time(last)}";

    private static string Named(ImmutableArray<LostCommit> commits) => string.Join(", ", commits.Take(Names))
        + (commits.Length > Names ? $" and {commits.Length - Names} more" : "");
}
