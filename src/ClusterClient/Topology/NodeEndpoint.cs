using System.Net;

namespace ClusterClient.Topology;

/// <summary>One database server as it was configured: where it listens and where it stands.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class NodeEndpoint
{
    /// <summary>Describes a server.</summary>
    /// <param name="host">Host name or address.</param>
    /// <param name="port">TCP port, 1 to 65535.</param>
    /// <param name="region">Region the server stands in; compared without regard to case.</param>
    /// <param name="zone">Zone inside the region, or null when it has none.</param>
    /// <param name="name">Name in logs and refusals; <c>host:port</c> when null.</param>
    /// <exception cref="ArgumentException"><paramref name="host"/> or <paramref name="region"/> is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="port"/> is out of range.</exception>
    public NodeEndpoint(string host, int port, string region, string? zone = null, string? name = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(host);
        ArgumentException.ThrowIfNullOrWhiteSpace(region);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(port);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, 65535);
        Host = host;
        Port = port;
        Region = region;
        Zone = zone;
        Name = name ?? (host.Contains(':', StringComparison.Ordinal) ? $"[{host}]:{port}" : $"{host}:{port}");
    }

    /// <summary>Host name or address.</summary>
    public string Host { get; }

    /// <summary>TCP port.</summary>
    public int Port { get; }

    /// <summary>Region the server stands in.</summary>
    public string Region { get; }

    /// <summary>Zone inside the region, or null.</summary>
    public string? Zone { get; }

    /// <summary>Name in logs, explanations and refusals; unique within a data source.</summary>
    public string Name { get; }

    /// <summary>Reads <c>host</c>, <c>host:port</c>, <c>[v6]</c> or <c>[v6]:port</c>.</summary>
    internal static bool TryParse(string text, int defaultPort, out string host, out int port)
    {
        host = text.Trim();
        port = defaultPort;
        var afterHost = host.StartsWith('[') ? host.IndexOf(']', StringComparison.Ordinal) + 1 : host.LastIndexOf(':');
        if (host.StartsWith('[') && afterHost == 0)
        {
            return false;
        }

        // Two colons and no brackets are a bare IPv6 address, not host and port, or else a slip.
        if (!host.StartsWith('[') && afterHost != host.IndexOf(':', StringComparison.Ordinal))
        {
            return IPAddress.TryParse(host, out _);
        }

        if (afterHost >= 0 && afterHost < host.Length)
        {
            if (host[afterHost] != ':' || !int.TryParse(host.AsSpan(afterHost + 1), out port) || port is < 1 or > 65535)
            {
                return false;
            }

            host = host[..afterHost];
        }

        host = host.Trim('[', ']');
        return host.Length > 0;
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
