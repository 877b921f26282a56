using ClusterClient.Data;
using Dashboard.Servers;

namespace Dashboard.Web;

/// <summary>What the page asks for.</summary>
internal static class Endpoints
{
    public static void MapDashboard(this WebApplication app, Site site)
    {
        app.MapGet("/api/stream", (CancellationToken gone) => TypedResults.ServerSentEvents(site.Stream.ReadAsync(gone)));
        app.MapGet("/api/wrong", () => TypedResults.Json(site.Look().Answer, EventStream.Json));
        app.MapGet("/api/explain", (string intent) => Explain(intent == "write" ? site.Cluster.Writes : site.Cluster.Reads));
        app.MapPost("/api/nodes/{node}/{action}", (string node, string action) => ActAsync(site, node, action));
    }

    private static IResult Explain(ClusterDataSourceView view)
    {
        // The first line sums the decision up; the lines after it are the table.
        var summary = view.Explain().Split('\n')[0].TrimEnd();
        return TypedResults.Json(new { Summary = summary, Rows = view.Assess().Select(ExplainedRow.Of) }, EventStream.Json);
    }

    private static async Task<IResult> ActAsync(Site site, string node, string action)
    {
        if (ActionNames.Find(action) is not { } what || !site.Servers.Knows(node))
            return TypedResults.NotFound();
        try
        {
            await site.ActAsync(node, what);
            return TypedResults.NoContent();
        }
#pragma warning disable CA1031 // Whatever the server said is what the reader should see.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return TypedResults.Problem(e.Message, statusCode: StatusCodes.Status409Conflict);
        }
    }
}
