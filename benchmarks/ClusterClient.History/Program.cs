using ClusterClient.History;
using ClusterClient.History.CommandLine;
using ClusterClient.History.Statistics;

const int Violated = 1;
const int Misused = 2;
const int Failed = 3;
const int Interrupted = 130;
const int MaxDescribed = 20;

if (args.Any(a => a is "--help" or "-h" or "help"))
{
    Console.Write(ArgumentParser.Help());
    return 0;
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    // The servers end with the run.
    e.Cancel = true;
    stop.Cancel();
};

try
{
    var arguments = ArgumentParser.Parse(args);
    Console.WriteLine($"benchmarks/run history {arguments}");
    var result = await new HistoryRun(arguments, Console.Out).RunAsync(stop.Token);
    Console.WriteLine(OperationStatistics.Describe(result.History));
    Console.WriteLine(CutStatistics.Describe(result.History, result.Violations));
    Console.WriteLine(LossStatistics.Describe(result.History, result.State));
    foreach (var violation in result.Violations.Take(MaxDescribed))
    {
        Console.WriteLine(violation.Describe(result.History));
    }

    if (result.Violations.Count > MaxDescribed)
    {
        Console.WriteLine($"and {result.Violations.Count - MaxDescribed} violations more");
    }

    Console.WriteLine($"Every operation and fault: {arguments.Out}");
    Console.WriteLine(result);
    return result.Violations.Count > 0 ? Violated : 0;
}
catch (UsageException e)
{
    Console.Error.WriteLine(e.Message);
    return Misused;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    Console.Error.WriteLine("Interrupted; nothing was checked.");
    return Interrupted;
}
catch (Exception e)
{
    Console.Error.WriteLine($"The run could not go on: {e}");
    return Failed;
}
