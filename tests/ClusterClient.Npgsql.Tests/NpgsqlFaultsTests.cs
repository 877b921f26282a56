using System.Collections.Immutable;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Text;
using ClusterClient.Data;
using ClusterClient.Resilience;
using ClusterClient.Routing;
using ClusterClient.Topology;
using Npgsql;

namespace ClusterClient.Npgsql.Tests;

public sealed class NpgsqlFaultsTests
{
    [Theory]
    [InlineData("08000", FaultKind.ConnectionLost, false, false)]
    [InlineData("08001", FaultKind.ConnectionLost, true, true)]
    [InlineData("08003", FaultKind.ConnectionLost, false, false)]
    [InlineData("08004", FaultKind.ConnectionLost, true, true)]
    [InlineData("08006", FaultKind.ConnectionLost, false, false)]
    [InlineData("08007", FaultKind.ConnectionLost, false, false)]
    [InlineData("08P01", FaultKind.ConnectionLost, false, false)]
    [InlineData("25006", FaultKind.ReadOnly, true, true)]
    [InlineData("25P03", FaultKind.ServerCancelled, true, true)]
    [InlineData("25P04", FaultKind.ServerCancelled, false, false)]
    [InlineData("28000", FaultKind.Rejected, true, true)]
    [InlineData("28P01", FaultKind.Rejected, true, true)]
    [InlineData("3D000", FaultKind.Rejected, true, true)]
    [InlineData("40000", FaultKind.Conflict, true, false)]
    [InlineData("40001", FaultKind.Conflict, true, true)]
    [InlineData("40002", FaultKind.Statement, true, false)]
    [InlineData("40003", FaultKind.Conflict, false, false)]
    [InlineData("40P01", FaultKind.Conflict, true, false)]
    [InlineData("53000", FaultKind.Overloaded, true, false)]
    [InlineData("53100", FaultKind.Overloaded, true, false)]
    [InlineData("53200", FaultKind.Overloaded, true, false)]
    [InlineData("53300", FaultKind.Overloaded, true, true)]
    [InlineData("53400", FaultKind.ServerCancelled, true, false)]
    [InlineData("55006", FaultKind.Conflict, true, false)]
    [InlineData("55P03", FaultKind.Conflict, true, false)]
    [InlineData("57000", FaultKind.ServerCancelled, true, false)]
    [InlineData("57014", FaultKind.ServerCancelled, true, false)]
    [InlineData("57P01", FaultKind.ShuttingDown, false, false)]
    [InlineData("57P02", FaultKind.ShuttingDown, false, false)]
    [InlineData("57P03", FaultKind.ShuttingDown, true, true)]
    [InlineData("57P04", FaultKind.Rejected, false, false)]
    [InlineData("57P05", FaultKind.ConnectionLost, true, true)]
    [InlineData("58000", FaultKind.ServerFailure, true, false)]
    [InlineData("58030", FaultKind.ServerFailure, true, false)]
    [InlineData("58P01", FaultKind.ServerFailure, true, false)]
    [InlineData("58P02", FaultKind.ServerFailure, true, false)]
    [InlineData("XX000", FaultKind.ServerFailure, true, false)]
    [InlineData("XX001", FaultKind.ServerFailure, true, false)]
    [InlineData("XX002", FaultKind.ServerFailure, true, false)]
    public void Classify_SqlState_IsAsListed(string state, FaultKind kind, bool notAppliedAfterError, bool notAppliedAfterFatal)
    {
        AssertIs(kind, notAppliedAfterError, Answer(state));
        AssertIs(kind, notAppliedAfterFatal, Answer(state, "FATAL"));
        AssertIs(kind, notAppliedAfterFatal, Answer(state, "PANIC"));
        AssertIs(kind, notAppliedAfterError, new NpgsqlException("outer", Answer(state)));
    }

    /// <summary>What nothing else is said of: the statement's own fault, or a session that was refused as it began.</summary>
    [Theory]
    [InlineData("0A000")]
    [InlineData("22012")]
    [InlineData("23505")]
    [InlineData("23514")]
    [InlineData("25001")]
    [InlineData("25P02")]
    [InlineData("42501")]
    [InlineData("42601")]
    [InlineData("42P01")]
    [InlineData("54000")]
    [InlineData("55000")]
    [InlineData("F0000")]
    [InlineData("HV000")]
    [InlineData("P0001")]
    [InlineData("ZZ999")]
    [InlineData("")]
    public void Classify_SqlStateOfTheStatement_IsItsOwnFault(string state)
    {
        AssertIs(FaultKind.Statement, true, Answer(state));
        AssertIs(FaultKind.Rejected, false, Answer(state, "FATAL"));
        AssertIs(FaultKind.ServerFailure, false, Answer(state, "PANIC"));
        // A server's own language is no proof of anything.
        AssertIs(FaultKind.Statement, false, Answer(state, "FEHLER"));
    }

    public static TheoryData<Exception, FaultKind, bool> DriverFaults => new()
    {
        { new OperationCanceledException(), FaultKind.CallerCancelled, false },
        { new TaskCanceledException(), FaultKind.CallerCancelled, false },
        { new OperationCanceledException("x", new TimeoutException()), FaultKind.CallerCancelled, false },
        { new OperationCanceledException("x", Answer("57014")), FaultKind.CallerCancelled, true },
        { new NpgsqlException("Exception while writing to stream", new OperationCanceledException()), FaultKind.CallerCancelled, false },
        { new NpgsqlException("Exception while performing SSL handshake", new OperationCanceledException()), FaultKind.CallerCancelled, true },

        { new NpgsqlOperationInProgressException(new NpgsqlCommand()), FaultKind.Statement, true },
        { new InvalidOperationException("Connection is not open"), FaultKind.Statement, true },
        { new InvalidOperationException("x"), FaultKind.Statement, false },
        { new ObjectDisposedException("x"), FaultKind.Statement, false },
        { new ObjectDisposedException("System.Threading.ManualResetEventSlim"), FaultKind.ConnectionLost, false },
        { new InvalidCastException("x"), FaultKind.Statement, false },
        { new NpgsqlException("x"), FaultKind.Statement, false },

        { new NpgsqlException("x", Socket(SocketError.ConnectionRefused)), FaultKind.ConnectionLost, true },
        { Socket(SocketError.HostNotFound), FaultKind.ConnectionLost, true },
        { Socket(SocketError.TryAgain), FaultKind.ConnectionLost, true },
        { Socket(SocketError.NoData), FaultKind.ConnectionLost, true },
        { Socket(SocketError.NoRecovery), FaultKind.ConnectionLost, true },
        { Socket(SocketError.HostUnreachable), FaultKind.ConnectionLost, true },
        { Socket(SocketError.HostDown), FaultKind.ConnectionLost, true },
        { Socket(SocketError.NetworkUnreachable), FaultKind.ConnectionLost, true },
        { Socket(SocketError.NetworkDown), FaultKind.ConnectionLost, true },
        { Socket(SocketError.AddressNotAvailable), FaultKind.ConnectionLost, true },
        { Socket(SocketError.AddressFamilyNotSupported), FaultKind.ConnectionLost, true },
        { new NpgsqlException("x", Socket(SocketError.ConnectionReset)), FaultKind.ConnectionLost, false },
        { Socket(SocketError.ConnectionAborted), FaultKind.ConnectionLost, false },
        { Socket(SocketError.TimedOut), FaultKind.ConnectionLost, false },
        { Socket(SocketError.Shutdown), FaultKind.ConnectionLost, false },

        { Reading(new EndOfStreamException()), FaultKind.ConnectionLost, false },
        { Reading(new IOException("x", Socket(SocketError.ConnectionReset))), FaultKind.ConnectionLost, false },
        // An open connection may hear this too, of a command that was sent.
        { Reading(new IOException("x", Socket(SocketError.HostUnreachable))), FaultKind.ConnectionLost, false },
        { Reading(new ObjectDisposedException("x")), FaultKind.ConnectionLost, false },
        { Reading(new NpgsqlException("Error while decrypting buffer: x")), FaultKind.ConnectionLost, false },
        { Reading(new TimeoutException()), FaultKind.Timeout, false },
        { new NpgsqlException("Exception while writing to stream", new TimeoutException()), FaultKind.Timeout, false },
        { new NpgsqlException("Exception while sending a keepalive", Reading(new TimeoutException())), FaultKind.Timeout, false },
        { new NpgsqlException("The operation has timed out", new TimeoutException()), FaultKind.Timeout, false },
        { new TimeoutException(), FaultKind.Timeout, false },
        { new IOException(), FaultKind.ConnectionLost, false },

        { new NpgsqlException("Failed to connect to [::1]:1", Socket(SocketError.TimedOut)), FaultKind.ConnectionLost, true },
        { new NpgsqlException("Failed to connect to [::1]:1", new TimeoutException()), FaultKind.Timeout, true },
        { new NpgsqlException("Failed to connect to [::1]:1"), FaultKind.ConnectionLost, true },

        { new NpgsqlException("Exception while performing SSL handshake", new AuthenticationException()), FaultKind.Rejected, true },
        { new NpgsqlException("Exception while performing SSL handshake", new IOException()), FaultKind.ConnectionLost, true },
        { new NpgsqlException("Exception while performing SSL handshake", new NotSupportedException()), FaultKind.Rejected, true },
        { new NpgsqlException("Exception while performing GSS encryption", Reading(new EndOfStreamException())), FaultKind.ConnectionLost, true },
        { new AuthenticationException(), FaultKind.Rejected, false },
        { new FileNotFoundException(), FaultKind.Rejected, true },
        { new DirectoryNotFoundException(), FaultKind.Rejected, true },
        { new UnauthorizedAccessException(), FaultKind.Rejected, true },
        { new CryptographicException(), FaultKind.Rejected, true },
        { new NotSupportedException("Authentication method not supported (Received: 7)"), FaultKind.Rejected, true },

        // A transaction whose connection broke tells why; the reason is the fault.
        { new ObjectDisposedException("NpgsqlTransaction", Reading(new EndOfStreamException())), FaultKind.ConnectionLost, false },
        { new AggregateException(new TimeoutException(), Answer("23505")), FaultKind.Timeout, false },
        { new AggregateException(Answer("40001"), Answer("23505")), FaultKind.Conflict, true },
        { new AggregateException(), FaultKind.Statement, false },

        // A mapper's wrapper is seen through; what a stranger says of a network is not about a node.
        { new DataMisalignedException("x", new DataMisalignedException("y", Answer("40P01"))), FaultKind.Conflict, true },
        { new DataMisalignedException("x", Socket(SocketError.ConnectionRefused)), FaultKind.Statement, false },
    };

    [Theory]
    [MemberData(nameof(DriverFaults))]
    public void Classify_DriverFault_IsAsListed(Exception error, FaultKind kind, bool notApplied) => AssertIs(kind, notApplied, error);

    /// <summary>Sentences of Npgsql's, each with the piece of it that must be in the driver that is built against.</summary>
    [Theory]
    [InlineData("The connection pool has been exhausted", FaultKind.PoolExhausted, true)]
    [InlineData("The connection pool has been shut down.", FaultKind.PoolExhausted, true)]
    [InlineData("Failed to connect to ", FaultKind.ConnectionLost, true)]
    [InlineData("Exception while performing SSL handshake", FaultKind.Rejected, true)]
    [InlineData("Exception while performing GSS encryption", FaultKind.Rejected, true)]
    [InlineData("SSL connection requested. No SSL enabled connection from this host is configured.", FaultKind.Rejected, true)]
    [InlineData("GGS encryption requested. No GSS encryption enabled connection from this host is configured.", FaultKind.Rejected, true)]
    [InlineData("GSS encryption isn't supported over unix socket", FaultKind.Rejected, true)]
    [InlineData("Unable to negotiate GSS encryption: ", FaultKind.Rejected, true)]
    [InlineData("Error while negotiating GSS encryption: ", FaultKind.Rejected, true)]
    [InlineData("Additional unencrypted data received after SSL negotiation", FaultKind.Rejected, true)]
    [InlineData("No password has been provided but the backend requires one (in MD5)", FaultKind.Rejected, true)]
    [InlineData("No username could be found", FaultKind.Rejected, true)]
    [InlineData("Obtaining password using ", FaultKind.Rejected, true)]
    [InlineData("An exception was thrown from the password provider", FaultKind.Rejected, true)]
    [InlineData("An exception was thrown from the periodic password provider", FaultKind.Rejected, true)]
    [InlineData("Couldn't connect because ", FaultKind.Rejected, true)]
    [InlineData("No supported SASL mechanism found", FaultKind.Rejected, true)]
    [InlineData("Unable to bind to SCRAM-SHA-256-PLUS", FaultKind.Rejected, true)]
    [InlineData("[SASL] AuthenticationSASLFinal message expected", FaultKind.Rejected, true)]
    [InlineData("[SCRAM] Unable to verify server signature", FaultKind.Rejected, true)]
    [InlineData("Unable to authenticate with GSS", FaultKind.Rejected, true)]
    [InlineData("Error while authenticating GSS/SSPI", FaultKind.Rejected, true)]
    [InlineData("\" authentication method is not allowed", FaultKind.Rejected, true)]
    [InlineData("The connection was previously broken", FaultKind.ConnectionLost, true)]
    [InlineData("The connection is closed", FaultKind.ConnectionLost, true)]
    [InlineData("Received unknown response ", FaultKind.ConnectionLost, false)]
    [InlineData("Received backend message ", FaultKind.ConnectionLost, false)]
    [InlineData("Exception while reading from stream", FaultKind.ConnectionLost, false)]
    [InlineData("Exception while writing to stream", FaultKind.ConnectionLost, false)]
    [InlineData("Exception while sending a keepalive", FaultKind.ConnectionLost, false)]
    [InlineData("Connection is not open", FaultKind.Statement, false)]
    [InlineData("Authentication method not supported", FaultKind.Statement, false)]
    public void Classify_SentenceOfNpgsql_IsAsListedAndStillItsOwn(string sentence, FaultKind kind, bool notApplied)
    {
        AssertIs(kind, notApplied, new NpgsqlException(sentence + "…"));
        Assert.True(Driver.Value.AsSpan().IndexOf(Encoding.Unicode.GetBytes(sentence)) > 0, $"Npgsql does not say '{sentence}' any more.");
    }

    /// <summary>A password provider or the pool has exceptions of its own inside, which are not about the node.</summary>
    [Fact]
    public void Classify_SentenceThatDecides_LooksNoFurther()
    {
        AssertIs(FaultKind.PoolExhausted, true, new NpgsqlException("The connection pool has been exhausted, …", new TimeoutException()));
        AssertIs(FaultKind.Rejected, true, new NpgsqlException(
            "An exception was thrown from the password provider", Socket(SocketError.ConnectionReset)));
        AssertIs(FaultKind.ConnectionLost, true, new NpgsqlException("The connection was previously broken …", new TimeoutException()));
    }

    /// <summary>The library's own refusals speak of no node's conduct, even with a node's fault inside.</summary>
    [Fact]
    public void Classify_ExceptionOfTheLibrary_BlamesNoNode()
    {
        var fenced = new NodeFencedException(new NodeDescription { Index = 0, Endpoint = new("eu-1.db", 5432, "eu") });
        var unavailable = new ClusterUnavailableException(
            "x", "y", RouteIntent.Write, isRegionDenied: false, Reading(new EndOfStreamException()));

        AssertIs(FaultKind.ReadOnly, true, fenced);
        AssertIs(FaultKind.Unavailable, true, unavailable);
        AssertIs(FaultKind.ReadOnly, true, new DataMisalignedException("x", fenced));
        AssertIs(FaultKind.Unavailable, true, new DataMisalignedException("x", unavailable));
        AssertIs(FaultKind.Statement, false, new NodeLeftException("eu-1"));
        Assert.All(
            new Exception[] { fenced, unavailable, new NodeLeftException("eu-1") },
            e => Assert.False(NpgsqlFaults.Classify(e).BlamesNode));
    }

    private static readonly Lazy<ImmutableArray<byte>> Driver =
        new(() => [.. File.ReadAllBytes(typeof(NpgsqlConnection).Assembly.Location)]);

    private static PostgresException Answer(string state, string severity = "ERROR") => new("x", severity, severity, state);

    private static NpgsqlException Reading(Exception inner) => new("Exception while reading from stream", inner);

    private static SocketException Socket(SocketError error) => new((int)error);

    private static void AssertIs(FaultKind kind, bool notApplied, Exception e) =>
        Assert.Equal(new Fault(kind, notApplied), NpgsqlFaults.Classify(e));
}
