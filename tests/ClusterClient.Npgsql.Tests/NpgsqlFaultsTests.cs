using System.Net.Sockets;
using ClusterClient.Resilience;
using Npgsql;

namespace ClusterClient.Npgsql.Tests;

public sealed class NpgsqlFaultsTests
{
    [Theory]
    [InlineData("25006", FaultKind.ReadOnly, true)]
    [InlineData("57P01", FaultKind.ShuttingDown, false)]
    [InlineData("57P02", FaultKind.ShuttingDown, false)]
    [InlineData("57P03", FaultKind.ShuttingDown, true)]
    [InlineData("08006", FaultKind.ConnectionLost, false)]
    [InlineData("08003", FaultKind.ConnectionLost, false)]
    [InlineData("53300", FaultKind.Overloaded, true)]
    [InlineData("53200", FaultKind.Overloaded, true)]
    [InlineData("28P01", FaultKind.Rejected, true)]
    [InlineData("3D000", FaultKind.Rejected, true)]
    [InlineData("23505", FaultKind.Statement, true)]
    [InlineData("40001", FaultKind.Statement, true)]
    [InlineData("57014", FaultKind.Statement, true)]
    public void Classify_SqlState_IsAsListed(string state, FaultKind kind, bool notApplied)
    {
        var error = new PostgresException("x", "ERROR", "ERROR", state);

        Assert.Equal(new Fault(kind, notApplied), NpgsqlFaults.Classify(error));
        Assert.Equal(new Fault(kind, notApplied), NpgsqlFaults.Classify(new NpgsqlException("outer", error)));
    }

    public static TheoryData<Exception, FaultKind, bool> DriverFaults => new()
    {
        { new NpgsqlException("x", new EndOfStreamException()), FaultKind.ConnectionLost, false },
        { new NpgsqlException("x", new IOException("x", new SocketException((int)SocketError.ConnectionReset))), FaultKind.ConnectionLost, false },
        { new NpgsqlException("x", new SocketException((int)SocketError.ConnectionReset)), FaultKind.ConnectionLost, false },
        { new NpgsqlException("x", new SocketException((int)SocketError.ConnectionRefused)), FaultKind.ConnectionLost, true },
        { new SocketException((int)SocketError.HostNotFound), FaultKind.ConnectionLost, true },
        { new NpgsqlException("x", new TimeoutException()), FaultKind.Timeout, false },
        { new TimeoutException(), FaultKind.Timeout, false },
        { new NpgsqlException("The connection pool has been exhausted, …", new TimeoutException()), FaultKind.PoolExhausted, true },
        { new OperationCanceledException(), FaultKind.CallerCancelled, false },
        { new InvalidOperationException(), FaultKind.Statement, false },
    };

    [Theory]
    [MemberData(nameof(DriverFaults))]
    public void Classify_DriverFault_IsAsListed(Exception error, FaultKind kind, bool notApplied) =>
        Assert.Equal(new Fault(kind, notApplied), NpgsqlFaults.Classify(error));
}
