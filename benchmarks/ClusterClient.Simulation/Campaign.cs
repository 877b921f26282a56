using ClusterClient.Simulation.CommandLine;
using ClusterClient.Simulation.Protocols;

namespace ClusterClient.Simulation;

/// <summary>Many runs, several at a time. They share nothing, so the results are the same however many threads there are.</summary>
internal sealed class Campaign(Options options, TextWriter progress)
{
    private readonly Lock _lock = new();
    private int _done;

    public IReadOnlyList<(Protocol Protocol, RunResult Result)> Run()
    {
        var runs = options.Runs();
        var results = new (Protocol, RunResult)[runs.Count];
        try
        {
            Parallel.For(0, runs.Count, new ParallelOptions { MaxDegreeOfParallelism = options.Parallel }, i =>
            {
                var (protocol, spec) = runs[i];
                results[i] = (protocol, protocol.Run(spec));
                Tell(protocol, results[i].Item2, runs.Count);
            });
        }
        catch (AggregateException e) when (e.InnerExceptions.OfType<UsageException>().FirstOrDefault() is { } usage)
        {
            throw new UsageException(usage.Message);
        }

        return results;
    }

    private void Tell(Protocol protocol, RunResult result, int of)
    {
        lock (_lock)
        {
            _done++;
            var spec = result.Spec;
            progress.Write(FormattableString.Invariant($"{_done}/{of} {protocol.Name} {spec.Policy} load {spec.Load} seed {spec.Seed}: "));
            progress.WriteLine(FormattableString.Invariant($"p99 {result.P99:0.##} ms, {result.Errors} errors of {result.Requests}"));
        }
    }
}
