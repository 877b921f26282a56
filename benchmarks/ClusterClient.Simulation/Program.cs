using ClusterClient.Simulation;
using ClusterClient.Simulation.CommandLine;
using ClusterClient.Simulation.Reporting;

const int Failed = 1;
const int Misused = 2;
if (args.Any(a => a is "--help" or "-h" or "help"))
{
    Console.Write(Help.Text());
    return 0;
}

try
{
    var options = OptionsParser.Parse(args);
    var results = new Campaign(options, Console.Error).Run();
    var summaries = Summary.Of(results);
    foreach (var protocol in summaries.GroupBy(s => s.Protocol))
    {
        Console.WriteLine($"{protocol.Key.Name}, latencies in ms, mean and worst of {options.Seeds.Count} seeds\n");
        Console.WriteLine(Table.Of([.. protocol]));
    }

    if (options.Csv is { } csv)
    {
        CsvFile.Write(csv, results);
    }

    if (options.Svg is { } folder)
    {
        Plots.Write(folder, options.Parameters, summaries);
    }

    if (options.Markdown is { } page)
    {
        MarkdownFile.Write(page, args, options.Seeds.Count, summaries);
    }

    return 0;
}
catch (UsageException e)
{
    Console.Error.WriteLine(e.Message);
    return Misused;
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"The results could not be written: {e.Message}");
    return Failed;
}
