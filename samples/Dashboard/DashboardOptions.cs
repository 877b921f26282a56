using System.Globalization;

namespace Dashboard;

internal sealed record DashboardOptions
{
    public const string Usage = """
        Dashboard [--port <0-65535>]
          --port  where the page is served, on 127.0.0.1 (default 0: a free one, which is printed)
        """;

    public int Port { get; init; }

    /// <summary>Null when there is something that it does not understand.</summary>
    public static DashboardOptions? Parse(ReadOnlySpan<string> args) => args switch
    {
        [] => new(),
        ["--port", var text] when ushort.TryParse(text, CultureInfo.InvariantCulture, out var port) => new() { Port = port },
        _ => null,
    };
}
