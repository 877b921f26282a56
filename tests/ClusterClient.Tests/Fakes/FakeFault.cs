using System.Data.Common;
using ClusterClient.Resilience;

namespace ClusterClient.Tests.Fakes;

/// <summary>The in-memory driver's own exception.</summary>
internal sealed class FakeFault(FaultKind kind, bool notApplied = false) : DbException($"fake: {kind}")
{
    public bool NotApplied => notApplied;

    public FaultKind Kind => kind;
}
