using System.Data.Common;
using ClusterClient.Consistency;
using ClusterClient.Drivers;

namespace ClusterClient.Tests.Fakes;

/// <summary>A database that marks every transaction that writes, and says of each what the test wants.</summary>
internal sealed class ScriptedCommits : CommitDialect
{
    public TransactionStatus Status { get; set; } = TransactionStatus.Committed;

    public override string Mark => "MARK";

    public override string MarkAhead => "MARK";

    /// <summary>That of every row here.</summary>
    public override string MarkColumn => "server";

    public override string Confirm => "CONFIRM";

    public override string CreateMarkers => "";

    public override string Ping => "PING";

    public override TransactionMark ReadMark(DbDataReader row) => new("7", new(5), "run 1");

    public override void Ask(DbCommand command, TransactionMark mark) => command.CommandText = "ASK";

    public override CommitAnswer ReadAnswer(DbDataReader row) => new() { IsWritable = true, Epoch = 1, Run = "run 1", Status = Status };

    public override long? SessionOf(DbConnection connection) => null;

    public override void EndSession(DbCommand command, long session, TimeSpan open) => command.CommandText = "END SESSION";

    public override DbBatch CommitWithMarker(DbConnection connection, DbTransaction transaction, Guid marker) => throw new NotSupportedException();

    public override void TakeMarker(DbCommand command, Guid marker) => throw new NotSupportedException();

    public override void PruneMarkers(DbCommand command, Guid olderThan)
    {
    }
}
