namespace ClusterClient.Testing.Tests;

/// <summary>Three nodes in eu, two in us, shared by a class of tests; each test leaves all five as it found them.</summary>
public sealed class TwoRegions : IAsyncLifetime
{
    public LocalPostgres Group { get; private set; } = null!;

    public async Task InitializeAsync() => Group = await LocalPostgres.StartAsync(builder => builder
        .Region("eu", 3)
        .Region("us", 2)
        .Setting("work_mem", "5MB")
        .Sql("create table t (id int primary key)")
        .Sql("insert into t values (0); reset role; create table of_superuser (id int)"));

    public async Task DisposeAsync() => await Group.DisposeAsync();
}
