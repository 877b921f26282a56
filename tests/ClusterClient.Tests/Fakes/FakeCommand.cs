using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace ClusterClient.Tests.Fakes;

internal sealed class FakeCommand : DbCommand
{
    [AllowNull]
    public override string CommandText { get; set; } = "";

    public override int CommandTimeout { get; set; }

    public override CommandType CommandType { get; set; } = CommandType.Text;

    public override bool DesignTimeVisible { get; set; }

    public override UpdateRowSource UpdatedRowSource { get; set; }

    protected override DbConnection? DbConnection { get; set; }

    protected override DbParameterCollection DbParameterCollection => throw new NotSupportedException();

    protected override DbTransaction? DbTransaction { get; set; }

    public override void Cancel() => ((FakeConnection)DbConnection!).Cancel();

    public override void Prepare()
    {
    }

    public override int ExecuteNonQuery()
    {
        ((FakeConnection)DbConnection!).Execute().GetAwaiter().GetResult();
        return 1;
    }

    public override async Task<int> ExecuteNonQueryAsync(CancellationToken cancellationToken)
    {
        await ((FakeConnection)DbConnection!).Execute();
        return 1;
    }

    public override object? ExecuteScalar() => ExecuteNonQuery();

    public override async Task<object?> ExecuteScalarAsync(CancellationToken cancellationToken) =>
        await ExecuteNonQueryAsync(cancellationToken);

    protected override DbParameter CreateDbParameter() => throw new NotSupportedException();

    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior)
    {
        ExecuteNonQuery();
        return new DataTable().CreateDataReader();
    }

    protected override async Task<DbDataReader> ExecuteDbDataReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken)
    {
        await ExecuteNonQueryAsync(cancellationToken);
        return new DataTable().CreateDataReader();
    }
}
