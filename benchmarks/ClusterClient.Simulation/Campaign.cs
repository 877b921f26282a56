using ClusterClient.Simulation.CommandLine;
using ClusterClient.Simulation.Protocols;

namespace ClusterClient.Simulation;

/// <summary>Many runs, several at a time. They share nothing, so the results are the same however many threads there are.</summary>
internal sealed class Campaign(Options options, TextWriter progress)
{
    private readonly Lock _lock = new();
    private readonly HashSet<(Protocol, string)> _unfit = [];
    private int _done;

    /// <summary>The results of all that can be run. A policy that a protocol cannot run is left out there, with a note.</summary>
    public IReadOnlyList<(Protocol Protocol, RunResult Result)> Run()
    {
        var runs = options.Runs();
        var results = new RunResult?[runs.Count];
        try
        {
            Parallel.For(0, runs.Count, new ParallelOptions { MaxDegreeOfParallelism = options.Parallel }, i =>
            {
                var (protocol, spec) = runs[i];
                try
                {
                    var result = results[i] = protocol.Run(spec);
                    Tell(protocol, result, runs.Count);
                }
                catch (UnfitPolicyException e)
                {
                    TellUnfit(protocol, spec.Policy, e.Message);
                }
            });
        }
        catch (AggregateException e) when (e.InnerExceptions.OfType<UsageException>().FirstOrDefault() is { } usage)
        {
            throw new UsageException(usage.Message);
        }

        return results.Any(r => r is not null)
            ? [.. runs.Zip(results).Where(r => r.Second is not null).Select(r => (r.First.Protocol, r.Second!))]
            : throw new UsageException("Nothing of this can be run.");
    }

    private void TellUnfit(Protocol protocol, string policy, string why)
    {
        lock (_lock)
        {
            _done++;
            if (_unfit.Add((protocol, policy)))
            {
                progress.WriteLine($"Left out of {protocol.Name}: {why}");
            }
        }
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
