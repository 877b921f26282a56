namespace ClusterClient.Testing.Tests;

public sealed class LocalPostgresTests(TwoRegions regions) : IClassFixture<TwoRegions>
{
    private readonly LocalPostgres _group = regions.Group;

    [Fact]
    public async Task StartAsync_TwoRegions_AllFollowTheFirstNode()
    {
        Assert.Equal(["eu-1", "eu-2", "eu-3", "us-1", "us-2"], _group.Nodes.Select(node => node.Name));
        Assert.Equal(["eu", "eu", "eu", "us", "us"], _group.Nodes.Select(node => node.Region));
        Assert.Same(_group["eu-1"], _group.Primary);
        Assert.Equal("f", await _group.Primary.ExecuteAsync("select pg_is_in_recovery()"));
        foreach (var standby in _group.Nodes.Skip(1))
        {
            Assert.Equal("t", await standby.ExecuteAsync("select pg_is_in_recovery()"));
            Assert.Equal(
                $"{_group.Primary.DirectPort}", await standby.ExecuteAsync("select sender_port from pg_stat_wal_receiver"));
            Assert.Equal(standby.Name, await standby.ExecuteAsync("show cluster_name"));
        }

        Assert.Equal(
            "eu-2,eu-3,us-1,us-2",
            await _group.Primary.ExecuteAsync(
                "select string_agg(application_name, ',' order by application_name) from pg_stat_replication where state = 'streaming'"));
    }

    [Fact]
    public async Task StartAsync_ScriptsAndSetting_AreEverywhere()
    {
        foreach (var node in _group.Nodes)
        {
            Assert.Equal("5MB", await node.ExecuteAsync("show work_mem"));
            Assert.Equal("0", await node.ExecuteAsync("select id from t"));
            Assert.Equal("app", await node.ExecuteAsync("select tableowner from pg_tables where tablename = 't'"));
            Assert.Equal("postgres", await node.ExecuteAsync("select tableowner from pg_tables where tablename = 'of_superuser'"));
        }
    }

    [Fact]
    public async Task StartAsync_RoleApp_MayMonitorAndIsNoSuperuser() => Assert.Equal(
        "true false",
        await _group.Primary.ExecuteAsync(
            "select concat_ws(' ', pg_has_role('app', 'pg_monitor', 'member')::text, rolsuper::text) from pg_roles where rolname = 'app'"));

    [Fact]
    public async Task WaitForReplicationAsync_AfterWrite_EveryNodeHasIt()
    {
        await _group.Primary.ExecuteAsync("create table w as select generate_series(1, 5000) as id");
        await _group.WaitForReplicationAsync();
        foreach (var node in _group.Nodes)
            Assert.Equal("5000", await node.ExecuteAsync("select count(*) from w"));
        await _group.Primary.ExecuteAsync("drop table w");
    }

    [Fact]
    public void Indexer_UnknownName_SaysWhichThereAre()
    {
        var error = Assert.Throws<KeyNotFoundException>(() => _group["asia-1"]);
        Assert.Equal("No node 'asia-1'; there are eu-1, eu-2, eu-3, us-1, us-2.", error.Message);
    }

    [Fact]
    public async Task StartAsync_NewSystemIdentifier_DiffersFromOthers()
    {
        const string Identifier = "select system_identifier from pg_control_system()";
        await using var other = await LocalPostgres.StartAsync(builder => builder.Region("eu", 2).NewSystemIdentifier());
        var identifier = await other["eu-2"].ExecuteAsync(Identifier);
        Assert.Equal(await other["eu-1"].ExecuteAsync(Identifier), identifier);
        Assert.NotEqual(await _group["eu-1"].ExecuteAsync(Identifier), identifier);
    }

    [Fact]
    public async Task StartAsync_Synchronous_CommitsWaitForAStandby()
    {
        await using var group = await LocalPostgres.StartAsync(builder => builder.Region("eu", 2).Synchronous("ANY 1 (*)"));
        await group.Primary.ExecuteAsync("create table s (id int)");

        group["eu-2"].Hang();
        var commit = group.Primary.ExecuteAsync("insert into s values (1)");
        await Until.TrueAsync(
            async () => await group.Primary.ExecuteAsync("select count(*) from pg_stat_activity where wait_event = 'SyncRep'") == "1",
            "the commit waits for its standby");
        Assert.False(commit.IsCompleted);
        group["eu-2"].Resume();
        await commit;
    }

    [Fact]
    public async Task StartAsync_ScriptFails_ThrowsAndLeavesNothing()
    {
        var error = await Assert.ThrowsAsync<PostgresErrorException>(
            () => LocalPostgres.StartAsync(builder => builder.Region("broken", 1).Sql("select nonsense")));
        Assert.Equal("42703", error.SqlState);
        Assert.Empty(Machine.ServersOf("/broken-1"));
    }

    [Fact]
    public async Task StartAsync_SettingTheServerRefuses_ThrowsWithItsLog()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => LocalPostgres.StartAsync(builder => builder.Region("eu", 1).Setting("no_such_setting", "1")));
        Assert.Contains("unrecognized configuration parameter \"no_such_setting\"", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_Cancelled_LeavesNothing()
    {
        using var cancelled = new CancellationTokenSource(TimeSpan.FromMilliseconds(60));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => LocalPostgres.StartAsync(builder => builder.Region("cancelled", 5), cancelled.Token));
        Assert.Empty(Machine.ServersOf("/cancelled-"));
    }

    [Fact]
    public Task StartAsync_NoRegion_Throws() =>
        Assert.ThrowsAsync<InvalidOperationException>(() => LocalPostgres.StartAsync(_ => { }));
}
