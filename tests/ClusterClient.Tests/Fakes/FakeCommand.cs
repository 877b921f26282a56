using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace ClusterClient.Tests.Fakes;

internal sealed class FakeCommand : DbCommand, ICloneable
{
    [AllowNull]
    public override string CommandText { get; set; } = "";

    public override int CommandTimeout { get; set; }

    public override CommandType CommandType { get; set; } = CommandType.Text;

    public override bool DesignTimeVisible { get; set; }

    public override UpdateRowSource UpdatedRowSource { get; set; }

    protected override DbConnection? DbConnection { get; set; }

    protected override DbParameterCollection DbParameterCollection { get; } = new FakeParameters();

    protected override DbTransaction? DbTransaction { get; set; }

    public override void Cancel() => ((FakeConnection)DbConnection!).Cancel();

    public object Clone()
    {
        var copy = new FakeCommand { CommandText = CommandText, CommandTimeout = CommandTimeout, CommandType = CommandType };
        foreach (FakeParameter parameter in Parameters)
        {
            copy.Parameters.Add(parameter.Clone());
        }

        return copy;
    }

    public override void Prepare()
    {
    }

    public override int ExecuteNonQuery()
    {
        ((FakeConnection)DbConnection!).Execute(CommandText).GetAwaiter().GetResult();
        return 1;
    }

    public override async Task<int> ExecuteNonQueryAsync(CancellationToken cancellationToken)
    {
        var connection = (FakeConnection)DbConnection!;
        await using var token = cancellationToken.UnsafeRegister(static c => ((FakeConnection)c!).HearToken(), connection);
        await (connection.HearsTokens ? connection.Execute(CommandText).WaitAsync(cancellationToken) : connection.Execute(CommandText));
        return 1;
    }

    public override object? ExecuteScalar() => ExecuteNonQuery();

    public override async Task<object?> ExecuteScalarAsync(CancellationToken cancellationToken) =>
        await ExecuteNonQueryAsync(cancellationToken);

    protected override DbParameter CreateDbParameter() => new FakeParameter();

    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior)
    {
        ExecuteNonQuery();
        return ((FakeConnection)DbConnection!).Read();
    }

    protected override async Task<DbDataReader> ExecuteDbDataReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken)
    {
        await ExecuteNonQueryAsync(cancellationToken);
        return ((FakeConnection)DbConnection!).Read();
    }
}
