using System.Data.Common;

namespace ClusterClient.Data;

/// <summary>The driver's part of one of a hedged call's attempts. It may lose its race while it runs, and its connection then goes on without it.</summary>
/// <typeparam name="TResult">The call's result.</typeparam>
internal sealed class RacingCall<TResult> : CancellableCall<TResult>
{
    private const int Running = 0;
    private const int Ended = 1;
    private const int Lost = 2;

    private readonly (ClusterNode? Node, DbConnection? Native) _place;
    private readonly IRepeatable? _repeatable;
    private int _state;

    private RacingCall(ClusterConnection connection, Task<TResult> call, CallTicket ticket, IRepeatable? repeatable, CancellationToken cancellation)
        : base(connection, call, ticket, cancellation) =>
        (_place, _repeatable) = ((connection.Node, connection.NativeOrNull), repeatable);

    /// <summary>Whether what it failed by allows that the call is sent again.</summary>
    public bool Repeats { get; private set; }

    /// <inheritdoc/>
    protected override (ClusterNode? Node, DbConnection? Native) Place => _place;

    /// <param name="connection">Open; its native connection runs the call.</param>
    /// <param name="call">The driver's, which was started.</param>
    /// <param name="ticket">The call's on its node.</param>
    /// <param name="repeatable">What may be sent again; null for a second attempt.</param>
    /// <param name="cancellation">The attempt's own.</param>
    public static RacingCall<TResult> Watch(
        ClusterConnection connection, Task<TResult> call, CallTicket ticket, IRepeatable? repeatable, CancellationToken cancellation)
    {
        var racing = new RacingCall<TResult>(connection, call, ticket, repeatable, cancellation);
        _ = racing.WatchAsync();
        return racing;
    }

    /// <summary>It lost: how it ends is no news any more. False when it has failed by itself, or does in this moment.</summary>
    public bool TryLose() => Interlocked.CompareExchange(ref _state, Lost, Running) == Running;

    /// <summary>The connection that it runs on has changed hands.</summary>
    public void GoesWith(ClusterConnection connection) => Connection = connection;

    /// <inheritdoc/>
    protected override bool GoesOnAfter(Exception exception, CallTicket ticket)
    {
        if (Interlocked.CompareExchange(ref _state, Ended, Running) != Running)
        {
            ticket.GivenUp();
        }
        else if (_repeatable is null)
        {
            Connection.Notes(exception, ticket);
        }
        else
        {
            Repeats = Connection.Repeats(exception, ticket, _repeatable);
        }

        return false;
    }
}
