using System.Data.Common;

namespace ClusterClient.Data;

// Going on to another connection, for a call that is sent again.
public partial class ClusterConnection
{
    /// <summary>
    /// Goes on to another connection, perhaps to another node, for the first command of this one, which failed: nothing of its session is
    /// lost by that. A connection that cannot go on is closed.
    /// </summary>
    internal async ValueTask MoveAsync(MoveFrom from, CancellationToken cancellationToken)
    {
        var native = Unbind();
        try
        {
            if (native is not null)
            {
                await native.DisposeAsync().ConfigureAwait(false);
            }

            ThrowIfLeft();
            Bind(await Opener.OpenAsync(Scope, _openIntent, cancellationToken, from).ConfigureAwait(false));
            // As it may have been meanwhile, when there was nothing that its close could give back.
            if (IsLeft && Unbind() is { } unwanted)
            {
                await unwanted.DisposeAsync().ConfigureAwait(false);
            }

            ThrowIfLeft();
        }
        finally
        {
            Moved(wasClosed: native is null);
        }
    }

    /// <inheritdoc cref="MoveAsync"/>
    internal void Move(MoveFrom from)
    {
        var native = Unbind();
        try
        {
            native?.Dispose();
            ThrowIfLeft();
            Bind(Opener.Open(Scope, _openIntent, from));
            if (IsLeft && Unbind() is { } unwanted)
            {
                unwanted.Dispose();
            }

            ThrowIfLeft();
        }
        finally
        {
            Moved(wasClosed: native is null);
        }
    }

    // Whoever listens was told that it closed, if the driver's connection broke by itself.
    private void Moved(bool wasClosed)
    {
        _uses = 0;
        var isClosed = NativeOrNull is null;
        if (isClosed != wasClosed)
        {
            OnStateChange(isClosed ? Closed : Opened);
        }
    }
}
