using System.Data.Common;

namespace Failover;

/// <summary>One way to reach the databases, and what became of the calls that took it.</summary>
internal sealed class Contender(
    string name, string table, DbDataSource writes, DbDataSource reads, Func<DbConnection, string> nodeOf)
{
    private int _writeErrors;
    private int _readErrors;

    public string Name => name;

    public string Table => table;

    public DbDataSource Writes => writes;

    public DbDataSource Reads => reads;

    public WriteLedger Ledger { get; } = new(table);

    public WriteClock Clock { get; } = new();

    public CallLog Calls { get; } = new();

    public int WriteErrors => Volatile.Read(ref _writeErrors);

    public int ReadErrors => Volatile.Read(ref _readErrors);

    public int Errors => WriteErrors + ReadErrors;

    /// <summary>The name of the node that an open connection goes to.</summary>
    public string NodeOf(DbConnection connection) => nodeOf(connection);

    public void WriteFailed() => Interlocked.Increment(ref _writeErrors);

    public void ReadFailed() => Interlocked.Increment(ref _readErrors);
}
