namespace ClusterClient.Testing.Tests;

/// <summary>What a real server has made of a COMMIT at which its connection was cut.</summary>
public sealed class LostCommitTests(TwoRegions regions) : IClassFixture<TwoRegions>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly PostgresNode _node = regions.Group.Primary;

    [Theory]
    [InlineData(CutSide.BeforeServer, CutManner.Reset)]
    [InlineData(CutSide.BeforeServer, CutManner.Drop)]
    [InlineData(CutSide.AfterServer, CutManner.Reset)]
    [InlineData(CutSide.AfterServer, CutManner.Drop)]
    public Task CutAt_Query_IsCommittedIfTheServerGotIt(CutSide side, CutManner manner) =>
        CutAsync(side, manner, Wire.Query("COMMIT"));

    [Theory]
    [InlineData(CutSide.BeforeServer)]
    [InlineData(CutSide.AfterServer)]
    public Task CutAt_ExtendedProtocol_IsCommittedIfTheServerGotIt(CutSide side) =>
        CutAsync(side, CutManner.Reset, [.. Wire.Parse("commit"), .. Wire.BindExecuteSync()]);

    [Theory]
    [InlineData(CutSide.BeforeServer)]
    [InlineData(CutSide.AfterServer)]
    public Task CutAt_ExtendedProtocolInTwoWrites_IsCommittedIfTheServerGotIt(CutSide side) =>
        CutAsync(side, CutManner.Drop, Wire.Parse("commit"), Wire.BindExecuteSync());

    private async Task CutAsync(CutSide side, CutManner manner, params byte[][] commit)
    {
        using var client = await Wire.OpenSessionAsync(_node.Port);
        await Wire.RunAsync(client, "set application_name = 'cut'");
        await Wire.RunAsync(client, "begin");
        await Wire.RunAsync(client, "insert into t values (200)");
        using (var trap = _node.Proxy.CutAt("COMMIT", side, manner))
        {
            foreach (var message in commit)
                await client.SendAsync(message);
            await trap.Sprung.WaitAsync(Patience);
        }

        if (manner == CutManner.Drop)
        {
            Assert.True(await client.IsSilentAsync());
            Assert.Equal(side == CutSide.AfterServer ? "idle" : "idle in transaction", await SessionAsync());
            _node.Proxy.Heal();
        }

        await client.AssertResetAsync();
        await Until.TrueAsync(async () => await SessionAsync() is null, "the server has noticed");
        Assert.Equal(side == CutSide.AfterServer ? "1" : "0", await _node.ExecuteAsync("select count(*) from t where id = 200"));
        await _node.ExecuteAsync("delete from t where id = 200");
    }

    private Task<string?> SessionAsync() =>
        _node.ExecuteAsync("select state from pg_stat_activity where application_name = 'cut'");
}
