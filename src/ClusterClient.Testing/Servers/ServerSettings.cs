using System.Text;

namespace ClusterClient.Testing.Servers;

/// <summary>The text of a node's postgresql.conf: what makes servers small, quick to start and quick to notice each
/// other.</summary>
internal static class ServerSettings
{
    public static string Text(string nodeName, int port, int nodes, IEnumerable<KeyValuePair<string, string>> extra)
    {
        var text = new StringBuilder();
        Add("listen_addresses", "127.0.0.1");
        Add("port", $"{port}");
        Add("unix_socket_directories", "");
        Add("cluster_name", nodeName);
        Add("timezone", "UTC");
        Add("log_line_prefix", "%m [%p] ");

        // Not below 100: a hot standby refuses fewer connections than the control file of its origin says.
        Add("max_connections", "100");
        Add("shared_buffers", "16MB");
        Add("jit", "off");

        // Files in the data directory, so that a killed server leaves nothing in /dev/shm.
        Add("dynamic_shared_memory_type", "mmap");
        Add("restart_after_crash", "off");

        // Crashes here are of processes, never of the machine. Full page writes stay on: pg_rewind and backups need them.
        Add("fsync", "off");
        Add("wal_log_hints", "on");
        Add("min_wal_size", "8MB");
        Add("max_wal_size", "128MB");
        Add("wal_keep_size", "64MB");
        Add("max_wal_senders", $"{Math.Max(12, 2 * nodes)}");
        Add("max_replication_slots", $"{Math.Max(12, 2 * nodes)}");
        Add("hot_standby", "on");
        Add("hot_standby_feedback", "on");
        Add("wal_receiver_status_interval", "1s");
        Add("wal_retrieve_retry_interval", "100ms");
        Add("wal_receiver_timeout", "5s");
        Add("wal_sender_timeout", "5s");

        // Of two lines for the same setting the server takes the later.
        foreach (var (name, value) in extra)
            Add(name, value);
        return text.ToString();

        void Add(string name, string value) => text.Append(Line(name, value)).Append('\n');
    }

    public static string Line(string name, string value) => $"{name} = '{value.Replace("\\", "\\\\").Replace("'", "''")}'";
}
