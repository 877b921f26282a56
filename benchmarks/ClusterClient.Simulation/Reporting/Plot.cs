using System.Globalization;
using System.Text;

namespace ClusterClient.Simulation.Reporting;

/// <summary>
/// The 99th percentile over the load, a line a policy, on a logarithmic axis. Plain SVG whose colours follow the reader's light
/// or dark page, and whose lines differ by marker too.
/// </summary>
internal sealed class Plot(string title, IReadOnlyList<Summary> summaries)
{
    private const int Width = 860;
    private const int Height = 460;
    private const int Left = 64;
    private const int Right = 190;
    private const int Top = 44;
    private const int Bottom = 52;
    private const int LegendStep = 20;
    private const string Style =
        """
        <style>
          text { font: 12px system-ui, sans-serif; fill: #24292f; }
          .title { font-size: 15px; font-weight: 600; }
          .grid { stroke: #d0d7de; stroke-width: 1; }
          .line { fill: none; stroke-width: 2; }
          .page { fill: #ffffff; }
          @media (prefers-color-scheme: dark) {
            text { fill: #e6edf3; }
            .grid { stroke: #30363d; }
            .page { fill: #0d1117; }
          }
        </style>
        """;

    // Dark enough on white, light enough on black (after Okabe and Ito).
    private static readonly string[] _colours = ["#0f7fc4", "#d55e00", "#009e73", "#b8860b", "#c06090", "#7a6ad8", "#d1495b", "#2a9d9d", "#8a8a8a", "#6a994e"];

    private readonly double[] _loads = [.. summaries.Select(s => s.Load).Distinct().Order()];
    private readonly double _least = Math.Max(1e-3, Decade(summaries.Min(s => s.P99), 0));
    private readonly double _most = Decade(summaries.Max(s => s.P99), 1);

    public string Svg()
    {
        var svg = new StringBuilder();
        Add(svg, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" width=\"{Width}\" height=\"{Height}\" role=\"img\" aria-label=\"{title}\">");
        svg.AppendLine(Style);
        Add(svg, $"<rect class=\"page\" width=\"{Width}\" height=\"{Height}\"/>");
        Add(svg, $"<text class=\"title\" x=\"{Left}\" y=\"24\">{title}</text>");
        Axes(svg);
        var policies = summaries.Select(s => s.Policy).Distinct().ToArray();
        for (var i = 0; i < policies.Length; i++)
        {
            Line(svg, i, policies[i]);
        }

        svg.AppendLine("</svg>");
        return svg.ToString();
    }

    private void Axes(StringBuilder svg)
    {
        for (var decade = _least; decade <= _most * 1.01; decade *= 10)
        {
            foreach (var step in (double[])[1, 2, 5])
            {
                if (decade * step <= _most * 1.01)
                {
                    Add(svg, $"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(decade * step):0.#}\" y2=\"{Y(decade * step):0.#}\"/>");
                    Add(svg, $"<text x=\"{Left - 8}\" y=\"{Y(decade * step) + 4:0.#}\" text-anchor=\"end\">{decade * step:0.###}</text>");
                }
            }
        }

        foreach (var load in _loads)
        {
            Add(svg, $"<text x=\"{X(load):0.#}\" y=\"{Height - Bottom + 20}\" text-anchor=\"middle\">{load}</text>");
        }

        Add(svg, $"<text x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 12}\" text-anchor=\"middle\">load</text>");
        Add(svg, $"<text x=\"{Left - 8}\" y=\"{Top - 16}\" text-anchor=\"end\">p99 ms</text>");
    }

    private void Line(StringBuilder svg, int index, string policy)
    {
        var colour = _colours[index % _colours.Length];
        var dashes = index < _colours.Length ? "" : " stroke-dasharray=\"6 4\"";
        var points = summaries.Where(s => s.Policy == policy).OrderBy(s => s.Load).Select(s => (X: X(s.Load), Y: Y(s.P99))).ToArray();
        var path = string.Join(' ', points.Select(p => Text($"{p.X:0.#},{p.Y:0.#}")));
        Add(svg, $"<polyline class=\"line\" stroke=\"{colour}\"{dashes} points=\"{path}\"/>");
        foreach (var (x, y) in points)
        {
            Marker(svg, index, colour, x, y);
        }

        var legend = Top + 8 + index * LegendStep;
        Add(svg, $"<line class=\"line\" stroke=\"{colour}\"{dashes} x1=\"{Width - Right + 16}\" x2=\"{Width - Right + 40}\" y1=\"{legend}\" y2=\"{legend}\"/>");
        Marker(svg, index, colour, Width - Right + 28, legend);
        Add(svg, $"<text x=\"{Width - Right + 48}\" y=\"{legend + 4}\">{policy}</text>");
    }

    private static void Marker(StringBuilder svg, int index, string colour, double x, double y)
    {
        switch (index % 3)
        {
            case 0:
                Add(svg, $"<circle fill=\"{colour}\" cx=\"{x:0.#}\" cy=\"{y:0.#}\" r=\"4\"/>");
                break;
            case 1:
                Add(svg, $"<rect fill=\"{colour}\" x=\"{x - 4:0.#}\" y=\"{y - 4:0.#}\" width=\"8\" height=\"8\"/>");
                break;
            default:
                Add(svg, $"<path fill=\"{colour}\" d=\"M{x:0.#} {y - 5:0.#} l5 9 h-10 z\"/>");
                break;
        }
    }

    // A single load stands in the middle.
    private double X(double load) =>
        _loads.Length == 1
            ? (Left + Width - Right) / 2.0
            : Left + 16 + (load - _loads[0]) / (_loads[^1] - _loads[0]) * (Width - Left - Right - 32);

    private double Y(double p99) =>
        Height - Bottom - Math.Log(Math.Clamp(p99, _least, _most) / _least) / Math.Log(_most / _least) * (Height - Top - Bottom);

    private static double Decade(double value, int up) => Math.Pow(10, Math.Floor(Math.Log10(Math.Max(1e-3, value))) + up);

    private static void Add(StringBuilder svg, FormattableString text) => svg.AppendLine(Text(text));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
