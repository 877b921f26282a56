namespace ClusterClient.Testing.Servers;

/// <summary>The statements this package sends to its servers.</summary>
internal static class NodeSql
{
    public const string IsInRecovery = "select pg_is_in_recovery()";
    public const string LoadTime = "select pg_conf_load_time()";
    public const string Promote = "select pg_promote(false)";
    public const string PauseReplay = "select pg_wal_replay_pause()";
    public const string ResumeReplay = "select pg_wal_replay_resume()";
    public const string ReplayIsPaused = "select pg_get_wal_replay_pause_state() = 'paused'";
    public const string Checkpoint = "checkpoint";

    // A standby may have replayed from its own files more than it received since its start, or received more than it replayed.
    public const string Position = """
        select (case when pg_is_in_recovery() then greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())
                else pg_current_wal_lsn() end - '0/0')::bigint
        """;

    public const string Replayed = "select (pg_last_wal_replay_lsn() - '0/0')::bigint";

    public const string True = "t";

    public static string ReceivesFrom(int port) =>
        $"select exists (select from pg_stat_wal_receiver where status = 'streaming' and sender_port = {port})";

    // The receiver calls itself streaming before the sender has agreed; the sender says so only once it does.
    public static string SendsTo(string node) =>
        $"select exists (select from pg_stat_replication where application_name = '{node}' and state = 'streaming')";
}
