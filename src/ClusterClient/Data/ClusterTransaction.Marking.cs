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
    internal bool HasFailed { get; set; }

    /// <summary>Whether a commit of it was sent, or it was rolled back.</summary>
    internal bool HasEnded { get; set; }

    /// <summary>How its commit's end is found out.</summary>
    internal CommitResolution Resolution =>
        _connection.OpenIntent == RouteIntent.Write ? _connection.Opener.Limits.Resolution : CommitResolution.Off;

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
        if (Resolution == CommitResolution.ByTransactionId && Mark is null && kind == StatementKind.Writes
            && (behavior & AboutRows) == 0 && ((behavior & CommandBehavior.SingleResult) == 0 || PlainStatement.Is(command.CommandText))
            && StatementCopy.IsPossible(command) && Dialect.CanMark(command))
        {
            return new MarkedCommand(command, _connection, this, isPrepared);
        }

        MayHaveWritten |= kind != StatementKind.Reads;
        return null;
    }

    /// <summary>Reads the mark from the row that the reader is on.</summary>
    internal void TakeMark(DbDataReader row, DbConnection native) => Mark = Dialect.ReadMark(row, native) is not { } mark ? Mark : mark with
    {
        Node = _connection.Node!.Endpoint.Name,
        Epoch = _connection.Opener.Topology.Nodes[_connection.Node!.Index].Epoch,
    };
}
