using System.Data.Common;
using ClusterClient.Resilience;

namespace ClusterClient.Tests.Fakes;

/// <summary>The in-memory driver's own exception.</summary>
internal sealed class FakeFault(FaultKind kind) : DbException($"fake: {kind}")
{
    public FaultKind Kind => kind;
}
