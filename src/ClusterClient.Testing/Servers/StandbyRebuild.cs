namespace ClusterClient.Testing.Servers;

/// <summary>Makes the data directory of a stopped server one that can follow a given primary, with settings of its own.</summary>
internal sealed class StandbyRebuild(PostgresInstallation installation, ServerAccount account)
{
    /// <returns>What was done, for the server's log.</returns>
    public async Task<string> RunAsync(DataDirectory data, int primaryPort, CancellationToken ct)
    {
        // Both programs bring the primary's settings along.
        var overrides = data.ReadOverrides();

        // pg_rewind lets a server that crashed recover in single-user mode first, which refuses to be a standby.
        data.UnmarkStandby();
        var rewound = await account.RunAsync(
            installation["pg_rewind"],
            ["-D", data.Path, "--source-server", $"host=127.0.0.1 port={primaryPort} user=postgres dbname=postgres", "--no-sync"],
            null, ct).ConfigureAwait(false);
        if (rewound.ExitCode != 0)
            await BackUpAsync(data, primaryPort, rewound.Output, ct).ConfigureAwait(false);
        data.WriteOverrides(overrides);
        await data.MarkStandbyAsync(ct).ConfigureAwait(false);
        return rewound.ExitCode == 0 ? "rejoins after pg_rewind" : $"rejoins from a fresh backup, as pg_rewind said: {rewound.Output}";
    }

    private async Task BackUpAsync(DataDirectory data, int primaryPort, string whyNotRewound, CancellationToken ct)
    {
        await data.RemoveAsync(ct).ConfigureAwait(false);
        var copied = await account.RunAsync(
            installation["pg_basebackup"],
            ["-D", data.Path, "-h", "127.0.0.1", "-p", $"{primaryPort}", "-U", "postgres", "-X", "stream", "-c", "fast", "--no-sync"],
            null, ct).ConfigureAwait(false);
        if (copied.ExitCode != 0)
        {
            throw new InvalidOperationException(
                $"pg_rewind: {whyNotRewound}\npg_basebackup ended with {copied.ExitCode}: {copied.Output}");
        }
    }
}
