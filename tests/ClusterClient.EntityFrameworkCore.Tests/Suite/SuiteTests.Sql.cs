using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Npgsql;
using NpgsqlTypes;

namespace ClusterClient.EntityFrameworkCore.Tests.Suite;

// SQL of the application's own, the context's connection, pooling and interceptors.
public abstract partial class SuiteTests
{
    [Fact]
    public async Task FromSql_ComposedUpon_IsAQuery()
    {
        var batch = await AddReadingsAsync(4);
        await using var shop = NewContext();
        Assert.Equal([3, 2], await shop.Readings.FromSql($"SELECT * FROM \"Readings\" WHERE \"Batch\" = {batch}")
            .Where(r => r.Value > 1).OrderByDescending(r => r.Value).Select(r => r.Value).ToListAsync());
    }

    [Fact]
    public async Task FromSql_ThatWrites_ReturnsEntities()
    {
        var name = NewName();
        await using var shop = NewContext();
        var article = Assert.Single(await shop.Articles.FromSql($"INSERT INTO \"Articles\" (\"Name\") VALUES ({name}) RETURNING *").ToListAsync());
        Assert.Equal(EntityState.Unchanged, shop.Entry(article).State);
        Assert.Equal(1, await shop.Articles.CountAsync(a => a.Name == name));
    }

    [Fact]
    public async Task SqlQuery_OfAScalarAndOfAType_IsRead()
    {
        var batch = await AddReadingsAsync(3);
        await using var shop = NewContext();
        Assert.Equal(3, await shop.Database.SqlQuery<int>(
            $"SELECT count(*)::int AS \"Value\" FROM \"Readings\" WHERE \"Batch\" = {batch}").SingleAsync());
        var rows = await shop.Database.SqlQuery<Row>($"SELECT \"Batch\" AS \"Name\", \"Value\" FROM \"Readings\" WHERE \"Batch\" = {batch}")
            .Where(r => r.Value > 0).OrderBy(r => r.Value).ToListAsync();
        Assert.Equal([(batch, 1), (batch, 2)], rows.Select(r => (r.Name, r.Value)));
    }

    [Fact]
    public async Task ExecuteSql_Interpolated_RunsWithParameters()
    {
        var batch = await AddReadingsAsync(3);
        await using var shop = NewContext();
        Assert.Equal(2, await shop.Database.ExecuteSqlAsync($"DELETE FROM \"Readings\" WHERE \"Batch\" = {batch} AND \"Value\" > {0}"));
        Assert.Equal(1, shop.Database.ExecuteSql($"UPDATE \"Readings\" SET \"Value\" = 7 WHERE \"Batch\" = {batch}"));
        Assert.Equal(7, await shop.Readings.Where(r => r.Batch == batch).Select(r => r.Value).SingleAsync());
    }

    [Fact]
    public async Task ExecuteSqlRaw_WithTheDriversParameter_PassesItOn()
    {
        var batch = await AddReadingsAsync(1);
        await using var shop = NewContext();
        var scale = new NpgsqlParameter("scale", NpgsqlDbType.IntegerRange) { Value = new NpgsqlRange<int>(3, true, 9, false) };
        Assert.Equal(1, await shop.Database.ExecuteSqlRawAsync(
            "UPDATE \"Readings\" SET \"Scale\" = @scale WHERE \"Batch\" = @batch", scale, new NpgsqlParameter("batch", batch)));
        Assert.Equal(new NpgsqlRange<int>(3, true, 9, false), await shop.Readings.Where(r => r.Batch == batch).Select(r => r.Scale).SingleAsync());
    }

    [Fact]
    public async Task ExecuteSql_SyntaxError_IsTheServersException()
    {
        await using var shop = NewContext();
        var error = await Assert.ThrowsAsync<PostgresException>(() => shop.Database.ExecuteSqlRawAsync("SELEKT 1"));
        Assert.Equal(PostgresErrorCodes.SyntaxError, error.SqlState);
    }

    [Fact]
    public async Task CommandTimeout_Passed_IsTheDriversException()
    {
        await using var shop = NewContext();
        shop.Database.SetCommandTimeout(1);
        var error = await Assert.ThrowsAsync<NpgsqlException>(() => shop.Database.ExecuteSqlRawAsync("SELECT pg_sleep(60)"));
        Assert.IsType<TimeoutException>(error.InnerException);
        Assert.Equal(1, await shop.Database.SqlQuery<int>($"SELECT 1 AS \"Value\"").SingleAsync());
    }

    [Fact]
    public async Task GetDbConnection_Opened_ServesCommandsBesideTheContext()
    {
        var batch = await AddReadingsAsync(2);
        await using var shop = NewContext();
        await shop.Database.OpenConnectionAsync();
        await using (var command = shop.Database.GetDbConnection().CreateCommand())
        {
            command.CommandText = $"SELECT count(*) FROM \"Readings\" WHERE \"Batch\" = '{batch}'";
            Assert.Equal(2L, await command.ExecuteScalarAsync());
        }

        Assert.Equal(2, await shop.Readings.CountAsync(r => r.Batch == batch));
        await shop.Database.CloseConnectionAsync();
    }

    [Fact]
    public async Task OpenConnection_WithATemporaryTable_KeepsTheSession()
    {
        await using var shop = NewContext();
        await shop.Database.OpenConnectionAsync();
        await shop.Database.ExecuteSqlRawAsync("CREATE TEMPORARY TABLE mine AS SELECT 7 AS x");
        Assert.Equal(7, await shop.Database.SqlQuery<int>($"SELECT x AS \"Value\" FROM mine").SingleAsync());
        await shop.Database.ExecuteSqlRawAsync("DROP TABLE mine");
        await shop.Database.CloseConnectionAsync();
    }

    [Fact]
    public async Task CanConnect_ToADatabaseThatIsThere_IsTrue()
    {
        await using var shop = NewContext();
        Assert.True(shop.Database.CanConnect());
        Assert.True(await shop.Database.CanConnectAsync());
        Assert.False(await shop.Database.EnsureCreatedAsync());
    }

    [Fact]
    public async Task GenerateCreateScript_IsTheProviders()
    {
        await using var shop = NewContext();
        Assert.Contains("CREATE TYPE mood AS ENUM", shop.Database.GenerateCreateScript(), StringComparison.Ordinal);
        Assert.Equal("Npgsql.EntityFrameworkCore.PostgreSQL", shop.Database.ProviderName);
        Assert.True(shop.Database.IsNpgsql());
    }

    [Fact]
    public async Task Pool_ReturnedContext_IsNewAgain()
    {
        var options = new DbContextOptionsBuilder<ShopContext>();
        Backend.Use(options);
        var pool = new PooledDbContextFactory<ShopContext>(options.Options, poolSize: 1);
        var batch = NewName();
        ShopContext first;
        await using (first = await pool.CreateDbContextAsync())
        {
            first.Add(new Reading { Batch = batch });
            await first.SaveChangesAsync();
            first.Database.SetCommandTimeout(7);
            await first.Database.BeginTransactionAsync();
            first.Add(new Reading { Batch = batch });
            await first.SaveChangesAsync();
        }

        await using var second = await pool.CreateDbContextAsync();
        Assert.Same(first, second);
        Assert.Empty(second.ChangeTracker.Entries());
        Assert.Null(second.Database.CurrentTransaction);
        Assert.Equal(AutoTransactionBehavior.WhenNeeded, second.Database.AutoTransactionBehavior);
        Assert.Equal(1, await second.Readings.CountAsync(r => r.Batch == batch));
    }

    [Fact]
    public async Task Pool_ManyAtOnce_KeepTheirDataApart()
    {
        var options = new DbContextOptionsBuilder<ShopContext>();
        Backend.Use(options);
        var pool = new PooledDbContextFactory<ShopContext>(options.Options, poolSize: 4);
        var batch = NewName();
        await Task.WhenAll(Enumerable.Range(0, 40).Select(async i =>
        {
            await using var shop = await pool.CreateDbContextAsync();
            shop.Add(new Reading { Batch = batch, Value = i });
            await shop.SaveChangesAsync();
            Assert.Single(shop.ChangeTracker.Entries());
        }));
        Assert.Equal(40, await CountAsync(batch));
    }

    [Fact]
    public async Task Interceptors_OfTheApplication_SeeAndChangeWhatRuns()
    {
        var batch = await AddReadingsAsync(3);
        var witness = new Witness();
        await using var shop = NewContext(o => o.AddInterceptors(witness));
        Assert.Equal(3, await shop.Readings.TagWith("counted").CountAsync(r => r.Batch == batch));
        Assert.Equal(1, await shop.Database.SqlQuery<int>($"SELECT 'replace me'::int AS \"Value\"").SingleAsync());
        shop.Add(new Reading { Batch = batch });
        await shop.SaveChangesAsync();
        Assert.Contains(witness.Texts, t => t.StartsWith("-- counted", StringComparison.Ordinal));
        Assert.Contains(witness.Texts, t => t.StartsWith("INSERT INTO \"Readings\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Interceptor_ThatAnswersItself_KeepsTheServerOutOfIt()
    {
        await using var shop = NewContext(o => o.AddInterceptors(new Answering()));
        Assert.Equal(4711, await shop.Database.ExecuteSqlRawAsync("answered: this is no SQL"));
    }

    [Fact]
    public async Task Log_OfWhatRuns_HasTextAndParameters()
    {
        var batch = await AddReadingsAsync(1);
        var lines = new List<string>();
        await using var shop = NewContext(o => o.EnableSensitiveDataLogging().LogTo(lines.Add, [RelationalEventId.CommandExecuted]));
        Assert.Equal(1, await shop.Readings.CountAsync(r => r.Batch == batch));
        Assert.Contains(batch, Assert.Single(lines), StringComparison.Ordinal);
    }

    private sealed record Row(string Name, double Value);

    private sealed class Witness : DbCommandInterceptor
    {
        public List<string> Texts { get; } = [];

        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
        {
            command.CommandText = command.CommandText.Replace("'replace me'", "'1'", StringComparison.Ordinal);
            Texts.Add(command.CommandText);
            return new(result);
        }
    }

    private sealed class Answering : DbCommandInterceptor
    {
        public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default) =>
            new(command.CommandText.StartsWith("answered", StringComparison.Ordinal) ? InterceptionResult<int>.SuppressWithResult(4711) : result);
    }
}
