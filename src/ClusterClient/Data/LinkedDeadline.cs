namespace ClusterClient.Data;

/// <summary>A token that ends with its caller's, or when time is up.</summary>
/// <remarks>
/// Not a source that is linked to the caller's: to dispose of that waits for what the caller's cancellation runs on another thread, where a
/// driver may block until a hung server has heard of it.
/// </remarks>
internal sealed class LinkedDeadline : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly CancellationToken _caller;
    private readonly CancellationTokenRegistration _registration;

    public LinkedDeadline(TimeProvider time, TimeSpan limit, CancellationToken caller)
    {
        _source = new(limit, time);
        _caller = caller;
        _registration = caller.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
    }

    public CancellationToken Token => _source.Token;

    public bool HasEnded => _source.IsCancellationRequested;

    public void CancelAfter(TimeSpan time) => _source.CancelAfter(time);

    public void Dispose()
    {
        // Where the caller's cancellation is under way, it still needs the source, and stops its timer.
        if (_registration.Unregister() || !_caller.CanBeCanceled)
        {
            _source.Dispose();
        }
    }
}
