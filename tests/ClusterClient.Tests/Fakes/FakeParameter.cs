using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace ClusterClient.Tests.Fakes;

internal sealed class FakeParameter : DbParameter, ICloneable
{
    public override DbType DbType { get; set; }

    public override ParameterDirection Direction { get; set; } = ParameterDirection.Input;

    public override bool IsNullable { get; set; }

    [AllowNull]
    public override string ParameterName { get; set; } = "";

    public override int Size { get; set; }

    [AllowNull]
    public override string SourceColumn { get; set; } = "";

    public override bool SourceColumnNullMapping { get; set; }

    public override object? Value { get; set; }

    public object Clone() => MemberwiseClone();

    public override void ResetDbType() => DbType = default;
}
