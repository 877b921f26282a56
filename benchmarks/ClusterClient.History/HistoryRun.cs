using ClusterClient.History.Checks;
using ClusterClient.History.CommandLine;
using ClusterClient.History.Faults;
using ClusterClient.History.Recording;
using ClusterClient.History.Workload;
using ClusterClient.Testing;

namespace ClusterClient.History;

/// <summary>One run: servers, clients, faults, checks.</summary>
internal sealed class HistoryRun(Arguments arguments, TextWriter output)
{
    private const string BusySessions = "select count(*) from pg_stat_activity where application_name = 'history' and state <> 'idle'";

    private const int MaxCalmMs = 150;

    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FaultLimit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan SessionsLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan ReportsLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ShortPause = TimeSpan.FromMilliseconds(50);

    private int _faults;
    private string _now = "starts";

    /// <exception cref="TimeoutException">The servers, or the library's view of them, did not recover from a fault.</exception>
    public async Task<HistoryResult> RunAsync(CancellationToken stop)
    {
        await using var recorder = new Recorder(arguments.Out);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var progress = TellProgressAsync(recorder, ended.Token);
        try
        {
            using var commits = new CommitLog(recorder);
            await using var servers = await Cluster.StartServersAsync(arguments.Mode, stop);
            await using var source = await Cluster.OpenAsync(servers, arguments, recorder, commits, stop);
            await using var nodes = new DirectNodes(servers);
            using var clients = new Clients(arguments.Clients, arguments.Seed, () => Performer(source, nodes), recorder, commits);
            return await RunAsync(servers, source, clients, recorder, stop);
        }
        finally
        {
            await ended.CancelAsync();
            await progress;
        }
    }

    private async Task<HistoryResult> RunAsync(
        LocalPostgres servers, ClusterDataSource source, Clients clients, Recorder recorder, CancellationToken stop)
    {
        var random = new Random(arguments.Seed);
        var schedule = new Schedule(arguments.Mode, random);
        var scene = new FaultScene(servers, recorder.Clock, random, stop);
        while (true)
        {
            clients.Start();
            var next = Math.Min(_faults + arguments.FaultsPerCheck, arguments.Faults);
            while (_faults < next)
            {
                _faults++;
                await InjectAsync(schedule.Next(), scene, source, recorder).WaitAsync(FaultLimit, stop);
                await scene.PauseAsync(0, MaxCalmMs);
            }

            _now = "checks";
            await clients.StopAsync();
            var result = await CheckAsync(servers, recorder, stop);
            if (result.Violations.Count > 0 || _faults == arguments.Faults)
            {
                return result;
            }
        }
    }

    private Performer Performer(ClusterDataSource source, DirectNodes nodes)
    {
        var library = new LibraryPerformer(source);
        return arguments.Break switch
        {
            BrokenLaw.RetryBlindly => new BlindRetries(library),
            BrokenLaw.TrustStatus => new TrustedStatus(source, library),
            BrokenLaw.OldPrimary => new FaithfulToNode(library, nodes),
            _ => library,
        };
    }

    private async Task InjectAsync(Fault fault, FaultScene scene, ClusterDataSource source, Recorder recorder)
    {
        var victim = fault.Victim(scene);
        _now = $"{fault.Name} at {victim.Name}";
        var record = new FaultRecord { Number = _faults, Name = fault.Name, Node = victim.Name, Began = scene.Now };
        var effect = await fault.InjectAsync(victim, scene);
        _now = $"recovers from {_now}";
        await Recovery.RestoreAsync(scene.Group, source);
        recorder.Add(record with { AcceptedAt = effect.AcceptedAt, Promoted = effect.Promoted, Cuts = effect.Cuts, Ended = scene.Now });
    }

    private async Task<HistoryResult> CheckAsync(LocalPostgres servers, Recorder recorder, CancellationToken ct)
    {
        await WaitForSessionsAsync(servers.Primary, recorder.Clock, ct);
        var state = await FinalStateReader.ReadAsync(
            $"{servers.ConnectionString};Host={servers.Primary.Host};Port={servers.Primary.DirectPort};Pooling=false", ct);

        // A report of losses may come a little later than the primary that it is about.
        var since = recorder.Clock.Elapsed;
        while (true)
        {
            var history = recorder.Snapshot();
            var violations = HistoryCheck.Run(history, state, arguments.Mode);
            if (violations.All(v => v.Kind != ViolationKind.LostUnnamed) || recorder.Clock.Elapsed - since > ReportsLimit)
            {
                return new(history, state, violations);
            }

            await Task.Delay(ShortPause, ct);
        }
    }

    // What a client gave up may still be running on the server.
    private static async Task WaitForSessionsAsync(PostgresNode primary, RunClock clock, CancellationToken ct)
    {
        for (var since = clock.Elapsed; await primary.ExecuteAsync(BusySessions, ct: ct) is { } busy && busy != "0";)
        {
            if (clock.Elapsed - since > SessionsLimit)
            {
                throw new TimeoutException($"{busy} sessions at {primary.Name} are still busy {SessionsLimit.TotalSeconds:0} s after the clients' end.");
            }

            await Task.Delay(ShortPause, ct);
        }
    }

    private async Task TellProgressAsync(Recorder recorder, CancellationToken ended)
    {
        try
        {
            using var timer = new PeriodicTimer(ProgressInterval);
            while (await timer.WaitForNextTickAsync(ended))
            {
                var outcomes = recorder.Outcomes();
                await output.WriteLineAsync(
                    $"{recorder.Clock.Elapsed.TotalSeconds,5:0} s: fault {_faults} of {arguments.Faults}, {outcomes.GetValueOrDefault(Outcome.Committed)} committed, "
                        + $"{outcomes.GetValueOrDefault(Outcome.NotCommitted)} not, {outcomes.GetValueOrDefault(Outcome.Unknown)} unknown; {_now}");
            }
        }
        catch (OperationCanceledException)
        {
        }
    }
}
