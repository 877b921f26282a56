using ClusterClient.Diagnostics;
using Microsoft.Extensions.Logging;

namespace ClusterClient.Topology;

/// <summary>
/// The loop that looks at one node. Each node has its own, so that one that hangs delays the news of no other.
/// </summary>
internal sealed class NodeMonitor(
    TopologyMonitor owner, int index, NodeEndpoint endpoint, Func<INodeProbe> createProbe, MonitorSettings settings, TimeProvider time, Random jitter, ILogger logger)
{
    private readonly WakeSignal _wake = new();
    private readonly PhiAccrual _rhythm = new(settings.ProbeTimeout);
    private INodeProbe? _probe;
    private int _failures;
    private int _refusals;
    private int _session;

    /// <summary>Looks now instead of at the end of the present pause.</summary>
    public void Wake() => _wake.Set();

    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var wake = _wake.Arm();
                if (await LookAsync(stop).ConfigureAwait(false) is not { } sighting)
                {
                    owner.Doubt(index);
                    continue;
                }

                owner.Report(index, sighting);
                if (!await PauseAsync(owner.Urgency, wake, stop).ConfigureAwait(false))
                {
                    // The idle connection broke: a server that dies says so here, long before the next look is due.
                    owner.Doubt(index);
                }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                break;
            }
#pragma warning disable CA1031 // The loop is what everything else relies on: it must outlive any surprise.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Log.MonitorFault(logger, endpoint.Name, e);
                await Task.Delay(MonitorSettings.SlowestReconnect, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        await DropProbeAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// Null when a connection that had stood broke under the look: that may be an operator who ended a session, so only a new
    /// connection tells what became of the server.
    /// </summary>
    private async Task<NodeSighting?> LookAsync(CancellationToken stop)
    {
        owner.LookBegins?.Invoke(index);
        var started = time.GetTimestamp();
        var isNew = _probe?.IsConnected != true;
        try
        {
            _probe ??= createProbe();
            var limit = isNew ? settings.ConnectTimeout : _rhythm.Limit;
            var (facts, stalls) = await AnswerAsync(_probe.LookAsync(), limit, stop).ConfigureAwait(false);
            var took = time.GetElapsedTime(started);
            if (!isNew && stalls == 0)
            {
                // The first on a connection also connects, and follows a failure; one that this process slept through tells of itself.
                _rhythm.Add(took);
            }

            _failures = _refusals = 0;
            _session += isNew ? 1 : 0;
            return new()
            {
                Status = NodeStatus.Online,
                Facts = facts,
                StartedAt = started,
                AnsweredAt = started,
                Session = _session,
                RoundTrip = default(RoundTrips).Add(NetworkPart(took, facts.ServerTime)),
            };
        }
        catch (Exception e) when (e is not OperationCanceledException || !stop.IsCancellationRequested)
        {
            await DropProbeAsync().ConfigureAwait(false);
            var isSilent = e is TimeoutException || e.InnerException is TimeoutException;
            if (!isNew && !isSilent)
            {
                Log.ProbeConnectionLost(logger, endpoint.Name, Describe(e));
                return null;
            }

            _failures++;
            _rhythm.Forget();
            if (isSilent)
            {
                _refusals = 0;
                return new() { Status = NodeStatus.Silent, StartedAt = started, Reason = "no answer within the probe timeout", Fault = e };
            }

            var isRefusal = settings.IsLoginRefusal(e);
            _refusals = isRefusal ? _refusals + 1 : 0;
            return new() { Status = NodeStatus.Unreachable, StartedAt = started, Reason = Describe(e), Fault = e, IsLoginRefused = isRefusal };
        }
    }

    /// <summary>False when the idle connection broke meanwhile.</summary>
    private async Task<bool> PauseAsync(MonitorUrgency urgency, CancellationToken wake, CancellationToken stop)
    {
        var pause = PauseFor(urgency);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(wake, stop);
        try
        {
            if (_refusals > 0)
            {
                // Not even woken: news of the others does not make the login right.
                await Task.Delay(pause, time, stop).ConfigureAwait(false);
            }
            else if (_probe is null)
            {
                await Task.Delay(pause, time, either.Token).ConfigureAwait(false);
            }
            else
            {
                await _probe.WatchAsync(pause, either.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            stop.ThrowIfCancellationRequested();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Log.ProbeConnectionLost(logger, endpoint.Name, Describe(e));
            await DropProbeAsync().ConfigureAwait(false);
            return false;
        }

        return true;
    }

    private TimeSpan PauseFor(MonitorUrgency urgency)
    {
        var connected = _probe is not null;
        if (_refusals > 0)
        {
            var login = Min(MonitorSettings.LoginPause * Math.Pow(2, Math.Min(_refusals - 1, 10)), MonitorSettings.LongestLoginPause);
            return login * WithJitter();
        }

        var pause = urgency switch
        {
            MonitorUrgency.Calm when connected => settings.Interval,
            MonitorUrgency.Calm => Min(MonitorSettings.QuickReconnect * Math.Pow(2, Math.Min(_failures, 10)), MonitorSettings.SlowestReconnect),
            _ => connected ? MonitorSettings.QuickInterval : MonitorSettings.QuickReconnect,
        };
        return pause * WithJitter() * (urgency == MonitorUrgency.Tired ? MonitorSettings.TiredFactor : 1);
    }

    private double WithJitter() => 1 + (MonitorSettings.Jitter * ((2 * jitter.NextDouble()) - 1));

    private async Task DropProbeAsync()
    {
        if (Interlocked.Exchange(ref _probe, null) is { } probe)
        {
            await probe.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>
    /// The look's answer and how often this process stalled over it, or a <see cref="TimeoutException"/> when the node took too long.
    /// </summary>
    private async Task<(NodeFacts Facts, int Stalls)> AnswerAsync(Task<NodeFacts> look, TimeSpan limit, CancellationToken stop)
    {
        // A look that is given up fails later, and nobody is there to see it.
        _ = look.ContinueWith(
            static ended => ended.Exception,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        for (var stalls = 0; ; stalls++)
        {
            var began = time.GetTimestamp();
            try
            {
                return (await look.WaitAsync(limit, time, stop).ConfigureAwait(false), stalls);
            }
            catch (TimeoutException) when (!look.IsFaulted && stalls < MonitorSettings.MaxStalls
                && time.GetElapsedTime(began) > limit * MonitorSettings.StallFactor)
            {
                // The clock rang much too late: this process was short of threads or paused, and the answer may lie unread.
                // To take that for a hung node would end every call on it. The node gets its time again.
                Log.MonitorStalled(logger, endpoint.Name);
            }
        }
    }

    // A server that worked for longer than the look took had its clock set meanwhile: it tells nothing.
    private static TimeSpan NetworkPart(TimeSpan look, TimeSpan? server) => server is { } told && told < look ? look - told : look;

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    /// <summary>The innermost message says what the socket or the server said; the outer ones only that something failed.</summary>
    private static string Describe(Exception e) => e.GetBaseException().Message;
}
