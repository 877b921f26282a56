using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace ClusterClient.Tests.Fakes;

internal sealed class FakeBatchCommand : DbBatchCommand
{
    [AllowNull]
    public override string CommandText { get; set; } = "";

    public override CommandType CommandType { get; set; } = CommandType.Text;

    public override int RecordsAffected => 0;

    protected override DbParameterCollection DbParameterCollection { get; } = new FakeParameters();
}
