using System.Reflection;
using System.Text;

namespace ClusterClient.Benchmarks.Reporting;

/// <summary>The result of one part: printed as it grows, and kept as a page of markdown, whatever it says.</summary>
internal sealed class Report
{
    private readonly StringBuilder _text = new();
    private readonly string _name;

    public Report(string name, string question)
    {
        _name = name;
        Line($"# {name}");
        Line();
        Line(question);
        Line();
    }

    public bool HasFailed { get; private set; }

    public void Line(string text = "")
    {
        Console.WriteLine(text);
        _text.Append(text).Append('\n');
    }

    public void Machine(string? postgres = null)
    {
        Line(MachineDescription.Text(postgres));
        Line();
    }

    public void Table(string[] head, IEnumerable<string[]> rows)
    {
        var all = new List<string[]>([head, .. rows]);
        var widths = head.Select((_, column) => all.Max(row => Math.Max(row[column].Length, 2))).ToArray();
        for (var i = 0; i < all.Count; i++)
        {
            Line($"| {string.Join(" | ", all[i].Select((cell, column) => column == 0 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column])))} |");
            if (i == 0)
            {
                Line($"| {string.Join(" | ", widths.Select((width, column) => column == 0 ? new string('-', width) : new string('-', width - 1) + ":"))} |");
            }
        }

        Line();
    }

    /// <summary>A cell that says whether a budget was kept; one that was not makes the whole run fail.</summary>
    public string Verdict(bool kept)
    {
        HasFailed |= !kept;
        return kept ? "PASS" : "FAIL";
    }

    public void Write()
    {
        var folder = Directory.CreateDirectory(Path.Combine(ProjectFolder(), "..", "results"));
        File.WriteAllText(Path.Combine(folder.FullName, $"{_name}.md"), _text.ToString().TrimEnd() + "\n");
    }

    // Not from the compiler's path of this file: reproducible builds replace that.
    private static string ProjectFolder() =>
        typeof(Report).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "ProjectFolder").Value!;
}
