using System.Data;
using System.Data.Common;
using ClusterClient.Consistency;
using ClusterClient.Drivers;
using ClusterClient.Resilience;
using ClusterClient.Routing;

namespace ClusterClient.Data;

// What is known of it, by which its end can be found out when the answer to its commit is lost.
public sealed partial class ClusterTransaction
{
    // What a driver does with every result or row, that of the question too.
    private const CommandBehavior AboutRows = CommandBehavior.KeyInfo | CommandBehavior.SingleRow;

    internal ClusterConnection Owner => _connection;

    internal CommitDialect Dialect => _connection.Opener.Driver.Commits!;

    /// <summary>Null until it has written, or as long as that is not known.</summary>
    internal TransactionMark? Mark { get; private set; }

    /// <summary>What the application calls it; null when it did not say.</summary>
    internal string? Label { get; set; }

    /// <summary>Whether something ran in it that may have written, other than what brought its mark.</summary>
    internal bool MayHaveWritten
    {
        get => field || _connection.IsUnwrapped;
        set;
    }

    /// <summary>Whether a statement ran in it that says that it writes.</summary>
    internal bool HasWritten { get; private set; }

    /// <summary>
    /// Whether a call failed in it: what that has written may stay all the same, and a server may let the commit be a rollback without a word.
    /// </summary>
    internal bool HasFailed => Failure is not null;

    /// <summary>The first one that did, unless a savepoint from before it was gone back to.</summary>
    internal Exception? Failure { get; private set; }

    /// <summary>Whether a commit of it was sent, or it was rolled back.</summary>
    internal bool HasEnded { get; set; }

    /// <summary>Whether a text ran in it that looks as if it ended it.</summary>
    internal bool MayHaveEnded { get; set; }

    /// <summary>When its time is up, in µs of the opener's clock; 0 where only its calls have limits.</summary>
    internal long EndsAt { get; set; }

    /// <summary>What is left for a call that begins now; null without a limit.</summary>
    internal TimeSpan? TimeLeft => EndsAt == 0 ? null : TimeSpan.FromMicroseconds(Math.Max(1, EndsAt - _connection.Opener.Clock.Now));

    /// <summary>How its commit's end is found out.</summary>
    internal CommitResolution Resolution =>
        _connection.OpenIntent == RouteIntent.Write ? _connection.Opener.Limits.Resolution : CommitResolution.Off;

    /// <summary>A call ended in this.</summary>
    internal void Failed(Exception exception) => Failure ??= exception;

    /// <summary>What runs the command and asks for the mark along with it, where that is due.</summary>
    /// <returns>Null for the command itself.</returns>
    internal DbCommand? Around(DbCommand command, bool isPrepared, CommandBehavior behavior)
    {
        if ((behavior & CommandBehavior.SchemaOnly) != 0)
        {
            return null;
        }

        var kind = command.CommandType == CommandType.Text ? PlainStatement.KindOf(command.CommandText) : StatementKind.Unknown;
        HasWritten |= kind == StatementKind.Writes;
        if (Resolution == CommitResolution.ByTransactionId && Mark is null && kind == StatementKind.Writes && !PlainStatement.EndsLater(command.CommandText)
            && (behavior & AboutRows) == 0 && ((behavior & CommandBehavior.SingleResult) == 0 || PlainStatement.Is(command.CommandText))
            && StatementCopy.IsPossible(command) && Dialect.CanMark(command))
        {
            return new MarkedCommand(command, _connection, this, isPrepared);
        }

        MayHaveWritten |= kind != StatementKind.Reads;
        Sees(command.CommandText);
        return null;
    }

    /// <summary>
    /// Such a text of the application's own runs in it. It may end it, of which the driver's transaction object may know nothing; what follows may be
    /// another one.
    /// </summary>
    internal void Sees(string? text)
    {
        if (PlainStatement.KindOf(text) == StatementKind.Ends)
        {
            HasEnded = true;
            (Mark, MayHaveWritten) = (null, true);
        }
        else if (PlainStatement.EndsLater(text))
        {
            MayHaveEnded = true;
            (Mark, MayHaveWritten) = (null, true);
        }
    }

    /// <summary>Reads the mark from the row that the reader is on.</summary>
    internal void TakeMark(DbDataReader row, DbConnection native) => Mark = Dialect.ReadMark(row, native) is not { } mark ? Mark : mark with
    {
        Node = _connection.Node!.Endpoint.Name,
        Epoch = _connection.Opener.Topology.Nodes[_connection.Node!.Index].Epoch,
    };
}
