namespace Failover;

/// <summary>What a reader of the output must know to judge it.</summary>
internal static class Introduction
{
    public static void Print(DemoOptions options)
    {
        Console.WriteLine($"""
            Five PostgreSQL servers on this machine, one replication group in two regions; us is {Scenario.Distance.TotalMilliseconds:0} ms away from this program.
            ClusterClient and Npgsql's own multi-host data source do the same work at the same time, in a table each:
              {Workload.Writers} writers: open, insert a new id, close; {Workload.Readers} readers: open, read the highest id, close; after an error {Workload.PauseAfterError.TotalMilliseconds:0} ms of rest.
              An id is never sent twice: after an error nobody knows whether it arrived.
              Settings of both: {Contenders.Settings}
              ClusterClient: located in eu.
              Npgsql: target session ReadWrite to write; PreferStandby with {Contenders.SettingsToRead} to read; {Sources(options)}.
            A commit waits for all other servers but one, so that an acknowledged write is in both regions.

            """);
    }

    // It matters: a data source that also reads hears of a promotion over its connections to the replica that is promoted.
    private static string Sources(DemoOptions options) =>
        options.HasSharedSource ? "one data source for both" : "a data source for each (--shared-source: one for both)";
}
