using System.Collections.Concurrent;
using System.Data.Common;
using ClusterClient.Consistency;
using ClusterClient.Drivers;
using ClusterClient.Topology;

namespace ClusterClient.Tests.Fakes;

/// <summary>Answers for a database what became of its transactions, as the test says.</summary>
internal sealed class FakeCommits : CommitDialect
{
    private Guid _marker;
    private string _id = "";

    /// <summary>What the server says of an id; what it was not told of it does not know.</summary>
    public Dictionary<string, TransactionStatus> Statuses { get; } = [];

    /// <summary>The markers that are there.</summary>
    public HashSet<Guid> Markers { get; } = [];

    /// <summary>The ids that were asked for.</summary>
    public ConcurrentQueue<string> Asked { get; } = [];

    public long Epoch { get; init; } = 2;

    public override string? Mark => null;

    public override string? MarkAhead => null;

    public override string MarkColumn => "mark";

    public override string Confirm => "";

    public override string CreateMarkers => "";

    public override string Ping => "";

    public override TransactionMark? ReadMark(DbDataReader row) => null;

    public override void Ask(DbCommand command, TransactionMark mark) => Asked.Enqueue(_id = mark.Id);

    public override CommitAnswer ReadAnswer(DbDataReader row) => new()
    {
        IsWritable = true,
        Epoch = Epoch,
        Run = "the new primary's",
        Status = Statuses.GetValueOrDefault(_id, TransactionStatus.NotKnown),
    };

    public override long? SessionOf(DbConnection connection) => null;

    public override void EndSession(DbCommand command, long session, TimeSpan open)
    {
    }

    public override DbBatch CommitWithMarker(DbConnection connection, DbTransaction transaction, Guid marker) => throw new NotSupportedException();

    public override void TakeMarker(DbCommand command, Guid marker) => _marker = marker;

    public override void PruneMarkers(DbCommand command, Guid olderThan)
    {
    }

    internal bool HasMarker => Markers.Contains(_marker);
}
