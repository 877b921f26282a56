using System.Globalization;
using ClusterClient.Npgsql;
using ClusterClient.Resilience;
using ClusterClient.Testing;
using Npgsql;

namespace ClusterClient.Benchmarks.Overload;

/// <summary>
/// A server that works at so many calls at a time, whatever the machine: a call waits in line for one of its places, and sleeps there for a
/// while that is drawn from an exponential distribution.
/// </summary>
/// <remarks>
/// Places are advisory locks. One more is the line: whoever has it looks for a free place, the others queue up behind it in the order in
/// which they came.
/// </remarks>
internal sealed class LimitedServer(LocalPostgres servers) : IAsyncDisposable
{
    public const int Places = 16;

    /// <summary>The mean time in a place.</summary>
    public static readonly TimeSpan Service = TimeSpan.FromMilliseconds(20);

    /// <summary>Calls per second that it can serve.</summary>
    public static readonly double Capacity = Places / Service.TotalSeconds;

    public const string Call = "select work()";

    public static async Task<LimitedServer> StartAsync()
    {
        var places = Places.ToString(CultureInfo.InvariantCulture);
        var seconds = Service.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        return new(await LocalPostgres.StartAsync(b => b
            .Region("eu", 1)
            .Setting("max_connections", "300")
            .Sql($$"""
                create sequence seen cache 1;
                create table pace (factor float8);
                insert into pace values (1);
                create function work() returns void language plpgsql as $f$
                declare
                    place int := floor(random() * {{places}});
                begin
                    perform nextval('seen');
                    perform pg_advisory_lock(1000);
                    while not pg_try_advisory_xact_lock(place) loop
                        place := (place + 1) % {{places}};
                        if place = 0 then
                            perform pg_sleep(0.0005);
                        end if;
                    end loop;
                    perform pg_advisory_unlock(1000);
                    perform pg_sleep(-ln(1 - random()) * {{seconds}} * factor) from pace;
                exception when others or query_canceled then
                    perform pg_advisory_unlock_all();
                    raise;
                end $f$;
                """)));
    }

    public Task<string?> VersionAsync() => servers.Primary.ExecuteAsync("show server_version");

    /// <summary>How many calls have reached it.</summary>
    public async Task<long> SeenAsync() =>
        long.Parse((await servers.Primary.ExecuteAsync("select last_value from seen"))!, CultureInfo.InvariantCulture);

    /// <summary>From now on every call takes so many times as long.</summary>
    public Task SlowDownAsync(double factor) =>
        servers.Primary.ExecuteAsync($"update pace set factor = {factor.ToString(CultureInfo.InvariantCulture)}");

    public async Task<ClusterDataSource> ConnectAsync(ConcurrencyLimits? limits = null)
    {
        var node = servers.Primary;
        var source = new ClusterDataSourceBuilder("overload")
            .UseNpgsql(servers.ConnectionString)
            .AddNode($"{node.Host}:{node.DirectPort}", node.Region, name: node.Name)
            .Configure(o => o.Limits = limits ?? o.Limits)
            .Build();
        await source.WaitUntilReadyAsync();
        return source;
    }

    public NpgsqlDataSource ConnectBare() =>
        NpgsqlDataSource.Create($"{servers.ConnectionString};Host={servers.Primary.Host};Port={servers.Primary.DirectPort}");

    public ValueTask DisposeAsync() => servers.DisposeAsync();
}
