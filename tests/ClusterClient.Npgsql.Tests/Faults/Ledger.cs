using System.Collections.Concurrent;
using System.Diagnostics;
using ClusterClient.Data;
using ClusterClient.Npgsql.Tests.Data;
using Npgsql;

namespace ClusterClient.Npgsql.Tests.Faults;

/// <summary>Writers that write every row under a number of its own, and the account of what became of each. Thread-safe.</summary>
internal sealed class Ledger(ClusterDataSource orders)
{
    /// <summary>Nothing here forbids a row to be there twice, except what says that it may be sent twice.</summary>
    public const string Schema =
        """
        SET ROLE app;
        CREATE TABLE twin (id int);
        CREATE TABLE once (id int PRIMARY KEY);
        CREATE FUNCTION flaky(id int) RETURNS int LANGUAGE plpgsql AS $$
          BEGIN IF random() < 0.1 THEN RAISE EXCEPTION 'overloaded' USING ERRCODE = '53200'; END IF; RETURN id; END $$;
        CREATE PROCEDURE committing(id int) LANGUAGE plpgsql AS $$
          BEGIN INSERT INTO t VALUES (id); COMMIT; INSERT INTO twin VALUES (flaky(id)); END $$;
        """;

    private static readonly string[] Kinds = ["plain", "source", "text", "procedure", "batch", "transaction", "idempotent"];

    private readonly ConcurrentBag<Entry> _entries = [];
    private int _lastId;
    private long _longest;

    /// <summary>One row. With a fault it is in doubt, or it was not written.</summary>
    public sealed record Entry(int Id, string Kind, Exception? Fault);

    public IReadOnlyCollection<Entry> Entries => _entries;

    /// <summary>How long the longest call took.</summary>
    public TimeSpan Longest => Stopwatch.GetElapsedTime(0, Volatile.Read(ref _longest));

    public async Task WriteAsync(Io io, Random random, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var id = Interlocked.Increment(ref _lastId);
            var kind = Kinds[random.Next(Kinds.Length)];
            var began = Stopwatch.GetTimestamp();
            Exception? fault = null;
            try
            {
                await RunAsync(kind, id, io);
            }
            catch (Exception e)
            {
                fault = e;
            }

            _entries.Add(new(id, kind, fault));
            var took = Stopwatch.GetTimestamp() - began;
            for (var longest = _longest; took > longest; longest = _longest)
            {
                Interlocked.CompareExchange(ref _longest, took, longest);
            }

            if (io == Io.Async)
            {
                await Task.Delay(random.Next(5), CancellationToken.None);
            }
            else
            {
                stop.WaitHandle.WaitOne(random.Next(5));
            }
        }
    }

    private async Task RunAsync(string kind, int id, Io io)
    {
        if (kind == "source")
        {
            await using var direct = orders.CreateCommand($"INSERT INTO t SELECT flaky({id})");
            await direct.NonQueryAsync(io);
            return;
        }

        var db = (ClusterConnection)await orders.OpenAsync(io);
        try
        {
            switch (kind)
            {
                case "plain":
                    await db.RunAsync($"INSERT INTO t SELECT flaky({id})", io);
                    break;
                case "text":
                    await db.RunAsync($"INSERT INTO t VALUES ({id}); INSERT INTO twin SELECT flaky({id})", io);
                    break;
                case "procedure":
                    await db.RunAsync($"CALL committing({id})", io);
                    break;
                case "batch":
                    await using (var batch = db.CreateBatch())
                    {
                        batch.BatchCommands.Add(new NpgsqlBatchCommand($"INSERT INTO t VALUES ({id})"));
                        batch.BatchCommands.Add(new NpgsqlBatchCommand($"INSERT INTO twin SELECT flaky({id})"));
                        await batch.NonQueryAsync(io);
                    }

                    break;
                case "transaction":
                    await using (var transaction = await db.BeginAsync(io))
                    {
                        await db.RunAsync($"INSERT INTO t SELECT flaky({id})", io);
                        await transaction.CommitAsync(io);
                    }

                    break;
                default:
                    await using (var command = db.CreateCommand())
                    {
                        command.CommandText = $"INSERT INTO once SELECT flaky({id}) ON CONFLICT DO NOTHING";
                        command.IsIdempotent = true;
                        await command.NonQueryAsync(io);
                    }

                    break;
            }
        }
        finally
        {
            await db.DisposeAsync(io);
        }
    }

    /// <summary>
    /// What a server has that this does not account for, and what it lacks: nothing, or an entry a line. And how many of those that failed
    /// it has all the same.
    /// </summary>
    public async Task<(string[] Wrong, int FailedButDone)> AuditAsync(int port)
    {
        await using var source = NpgsqlDataSource.Create($"Host=127.0.0.1;Port={port};Username=postgres;Database=app");
        var rows = await CountAsync("t");
        var twins = await CountAsync("twin");
        var once = await CountAsync("once");
        string[] wrong =
        [
            .. from entry in _entries
               let count = (entry.Kind == "idempotent" ? once : rows).GetValueOrDefault(entry.Id)
               let twin = twins.GetValueOrDefault(entry.Id)
               let least = entry.Fault is null ? 1 : 0
               let leastTwin = entry.Kind is "text" or "batch" or "procedure" ? least : 0
               where count < least || count > 1 || twin < leastTwin || twin > 1
               select $"{entry.Kind} {entry.Id} is there {count} and {twin} times, and its writer was told {Told(entry.Fault)}",
        ];
        return (wrong, _entries.Count(e => e.Fault is not null && rows.ContainsKey(e.Id)));

        async Task<Dictionary<int, long>> CountAsync(string table)
        {
            await using var command = source.CreateCommand($"SELECT id, count(*) FROM {table} GROUP BY id");
            await using var reader = await command.ExecuteReaderAsync();
            var counts = new Dictionary<int, long>();
            while (await reader.ReadAsync())
            {
                counts.Add(reader.GetInt32(0), reader.GetInt64(1));
            }

            return counts;
        }
    }

    private static string Told(Exception? fault) => fault is null ? "that it is written" : CallFault.Of(fault)?.ToString() ?? fault.ToString();
}
