using ClusterClient.Routing;

namespace Dashboard.Web;

/// <summary>A line of the explain table. Times are in milliseconds.</summary>
internal sealed record ExplainedRow(
    string Node, string Role, bool IsChosen, string Reason, int InFlight, int Queued, double RoundTrip, double? Service, double? Cost)
{
    public static ExplainedRow Of(RouteAssessment assessment) => new(
        assessment.Node.Endpoint.Name,
        $"{assessment.Node.Role}".ToLowerInvariant(),
        assessment.IsChosen,
        assessment.Reason,
        assessment.InFlight,
        assessment.Queued,
        assessment.RoundTrip.TotalMilliseconds,
        assessment.ServiceTime?.TotalMilliseconds,
        assessment.Cost?.TotalMilliseconds);
}
