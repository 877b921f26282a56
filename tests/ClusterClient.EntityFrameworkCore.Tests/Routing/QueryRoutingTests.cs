using System.Transactions;
using Microsoft.EntityFrameworkCore;

namespace ClusterClient.EntityFrameworkCore.Tests.Routing;

/// <summary>Which server each query of a context is answered by, as that server says.</summary>
[Collection(Servers.Name)]
public sealed class QueryRoutingTests(Places places) : IClassFixture<Places>
{
    private static readonly Func<PlacesContext, int, Place> CompiledOnReplica = EF.CompileQuery(
        (PlacesContext context, int id) => context.Places.OnReplica().Single(p => p.Id == id));

    private static readonly Func<PlacesContext, int, Task<Place>> CompiledOnReplicaAsync = EF.CompileAsyncQuery(
        (PlacesContext context, int id) => context.Places.OnReplica().Single(p => p.Id == id));

    private static readonly Dictionary<string, Func<PlacesContext, Func<IQueryable<Place>, IQueryable<Place>>, Task<IEnumerable<bool>>>> Kinds = new()
    {
        ["list"] = async (c, on) => (await on(c.Places).ToListAsync()).Select(p => p.IsOnReplica),
        ["list, blocking"] = (c, on) => Task.FromResult<IEnumerable<bool>>([.. on(c.Places).ToList().Select(p => p.IsOnReplica)]),
        ["single"] = async (c, on) => [(await on(c.Places).SingleAsync(p => p.Id == 1)).IsOnReplica],
        ["number"] = async (c, on) => [await on(c.Places).CountAsync(p => p.IsOnReplica) == 2],
        ["any, blocking"] = (c, on) => Task.FromResult<IEnumerable<bool>>([on(c.Places).Any(p => p.IsOnReplica)]),
        ["projection"] = async (c, on) => await on(c.Places).Select(p => p.IsOnReplica).ToListAsync(),
        ["word at the end"] = async (c, on) => (await on(c.Places.Where(p => p.Id > 0).OrderBy(p => p.Id)).ToListAsync()).Select(p => p.IsOnReplica),
        ["not tracked"] = async (c, on) => (await on(c.Places.AsNoTracking()).ToListAsync()).Select(p => p.IsOnReplica),
        ["include"] = async (c, on) => All(await on(c.Places.Include(p => p.Spots)).ToListAsync()),
        ["split"] = async (c, on) => All(await on(c.Places.Include(p => p.Spots)).AsSplitQuery().ToListAsync()),
        ["split, blocking"] = (c, on) => Task.FromResult(All([.. on(c.Places.Include(p => p.Spots)).AsSplitQuery()])),
        ["group"] = async (c, on) => (await on(c.Places).GroupBy(p => p.IsOnReplica).Select(g => g.Key).ToListAsync()),
        ["FromSql"] = async (c, on) => (await on(c.Places.FromSql($"select * from places")).ToListAsync()).Select(p => p.IsOnReplica),
        ["FromSql, composed"] = async (c, on) => (await on(c.Places.FromSql($"select * from places")).Where(p => p.Id == 1).ToListAsync()).Select(p => p.IsOnReplica),
        ["stream"] = StreamAsync,
        ["related"] = async (c, on) =>
        {
            var place = c.Attach(new Place { Id = 1 });
            return (await place.Collection(p => p.Spots).Query().Join(on(c.Places), s => s.PlaceId, p => p.Id, (s, _) => s).ToListAsync()).Select(s => s.IsOnReplica);
        },
    };

    public static TheoryData<string> AllKinds() => [.. Kinds.Keys];

    [Theory]
    [MemberData(nameof(AllKinds))]
    public async Task Query_OfEveryKind_RunsWhereItSays(string kind)
    {
        await using var context = places.NewContext();
        await IsAsync(q => q.OnReplica(), isOnReplica: true);
        await IsAsync(q => q, isOnReplica: false);
        await IsAsync(q => q.OnPrimary(), isOnReplica: false);
        await IsAsync(q => q.OnReplica().OnPrimary(), isOnReplica: false);
        if (kind != "FromSql")
        {
            // SQL of one's own may have written, for all that can be known.
            await IsAsync(q => q.OnReplica(), isOnReplica: true);
        }

        async Task IsAsync(Func<IQueryable<Place>, IQueryable<Place>> on, bool isOnReplica)
        {
            // What is tracked already is not read anew.
            context.ChangeTracker.Clear();
            var rows = (await Kinds[kind](context, on)).ToArray();
            Assert.NotEmpty(rows);
            Assert.All(rows, row => Assert.Equal(isOnReplica, row));
        }
    }

    [Fact]
    public async Task SqlQuery_OnReplica_RunsThere()
    {
        await using var context = places.NewContext();
        var query = context.Database.SqlQuery<bool>($"select pg_is_in_recovery() as \"Value\"");
        Assert.True(await query.OnReplica().SingleAsync());
        Assert.False(await query.SingleAsync());
    }

    [Fact]
    public async Task CompiledQuery_OnReplica_RunsThere()
    {
        await using var context = places.NewContext();
        Assert.True(CompiledOnReplica(context, 1).IsOnReplica);
        Assert.True((await CompiledOnReplicaAsync(context, 2)).IsOnReplica);
    }

    [Fact]
    public async Task Find_IsOnThePrimary()
    {
        await using var context = places.NewContext(c => c.RouteNoTrackingQueriesToReplicas());
        Assert.False((await context.Places.FindAsync(1))!.IsOnReplica);
    }

    [Fact]
    public async Task Transaction_OnReplica_StaysOnThePrimary()
    {
        await using var context = places.NewContext();
        await using (await context.Database.BeginTransactionAsync())
        {
            Assert.False((await context.Places.OnReplica().FirstAsync()).IsOnReplica);
        }

        using (new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            await using var inside = places.NewContext();
            Assert.False((await inside.Places.OnReplica().FirstAsync()).IsOnReplica);
        }

        await using var after = places.NewContext();
        Assert.True((await after.Places.OnReplica().FirstAsync()).IsOnReplica);
    }

    [Fact]
    public async Task NoTracking_Routed_RunsOnAReplicaUnlessItSaysOtherwise()
    {
        await using var context = places.NewContext(c => c.RouteNoTrackingQueriesToReplicas());
        Assert.False((await context.Places.FirstAsync(p => p.Id == 1)).IsOnReplica);
        Assert.True((await context.Places.AsNoTracking().FirstAsync(p => p.Id == 1)).IsOnReplica);
        Assert.True((await context.Places.AsNoTrackingWithIdentityResolution().Include(p => p.Spots).FirstAsync()).Spots[0].IsOnReplica);
        Assert.Equal(2, await context.Places.AsNoTracking().CountAsync(p => p.IsOnReplica));
        Assert.True(context.Places.AsNoTracking().Any(p => p.IsOnReplica));
        Assert.True((await context.Places.AsNoTracking().OrderBy(p => p.Id).Select(p => new { p.Id, p.IsOnReplica }).LastAsync()).IsOnReplica);
        Assert.False((await context.Places.AsNoTracking().AsTracking().FirstAsync(p => p.Id == 2)).IsOnReplica);
        Assert.False((await context.Places.AsNoTracking().OnPrimary().FirstAsync()).IsOnReplica);
        await using (await context.Database.BeginTransactionAsync())
        {
            Assert.False((await context.Places.AsNoTracking().FirstAsync()).IsOnReplica);
        }
    }

    [Fact]
    public async Task NoTracking_ByDefault_RunsOnAReplicaUnlessItIsTracked()
    {
        await using var context = places.NewContext(
            c => c.RouteNoTrackingQueriesToReplicas(), o => o.UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking));
        Assert.True((await context.Places.FirstAsync()).IsOnReplica);
        Assert.False((await context.Places.AsTracking().FirstAsync()).IsOnReplica);
        Assert.Equal(0, await context.Counters.Where(c => c.Id == -1).ExecuteDeleteAsync());
        Assert.Equal(0, await context.Counters.AsNoTracking().Where(c => c.Id == -1).ExecuteUpdateAsync(s => s.SetProperty(c => c.Value, 1)));
    }

    [Fact]
    public async Task NoTracking_NotRouted_RunsOnThePrimary()
    {
        await using var context = places.NewContext();
        Assert.False((await context.Places.AsNoTracking().FirstAsync()).IsOnReplica);
    }

    private static IEnumerable<bool> All(List<Place> found) =>
        found.SelectMany(p => p.Spots.Select(s => s.IsOnReplica).Append(p.IsOnReplica)).ToArray() is { Length: 6 } all
            ? all : throw new InvalidOperationException($"{found.Sum(p => p.Spots.Count)} spots.");

    private static async Task<IEnumerable<bool>> StreamAsync(PlacesContext context, Func<IQueryable<Place>, IQueryable<Place>> on)
    {
        var seen = new List<bool>();
        await foreach (var place in on(context.Places).AsAsyncEnumerable())
        {
            seen.Add(place.IsOnReplica);
        }

        return seen;
    }
}
