using ClusterClient.Simulation;
using ClusterClient.Simulation.CommandLine;
using ClusterClient.Simulation.Reporting;

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

    return 0;
}
catch (UsageException e)
{
    Console.Error.WriteLine(e.Message);
    return Misused;
}
