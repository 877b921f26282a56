using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace ClusterClient.Benchmarks.Overhead.Fakes;

/// <summary>Answers at once, or after one turn through the thread pool.</summary>
internal sealed class FakeCommand : DbCommand
{
    private static readonly object Answer = 1;
    private static readonly Task<object?> Completed = Task.FromResult<object?>(Answer);
    private readonly bool _yields;

    public FakeCommand(bool yields)
    {
        _yields = yields;
        GC.SuppressFinalize(this);
    }

    [AllowNull]
    public override string CommandText { get; set; } = "";

    public override int CommandTimeout { get; set; }

    public override CommandType CommandType { get; set; }

    public override bool DesignTimeVisible { get; set; }

    public override UpdateRowSource UpdatedRowSource { get; set; }

    protected override DbConnection? DbConnection { get; set; }

    protected override DbParameterCollection DbParameterCollection => throw new NotSupportedException();

    protected override DbTransaction? DbTransaction { get; set; }

    public override void Cancel()
    {
    }

    public override int ExecuteNonQuery() => 1;

    public override object? ExecuteScalar() => Answer;

    public override Task<object?> ExecuteScalarAsync(CancellationToken cancellationToken) => _yields ? AnswerLaterAsync() : Completed;

    public override void Prepare()
    {
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    protected override DbParameter CreateDbParameter() => throw new NotSupportedException();

    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
    }

    private static async Task<object?> AnswerLaterAsync()
    {
        await Task.Yield();
        return Answer;
    }
}
