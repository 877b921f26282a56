using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AspNetCore;

/// <summary>Health as JSON: the status, and of each check its sentence and what is known of each node.</summary>
internal static class HealthReports
{
    public static Task WriteAsync(HttpContext context, HealthReport report) => context.Response.WriteAsJsonAsync(new
    {
        Status = $"{report.Status}",
        Checks = report.Entries.Select(entry => new { Name = entry.Key, Status = $"{entry.Value.Status}", entry.Value.Description, entry.Value.Data }),
    });
}
