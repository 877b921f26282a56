using System.Data;
using System.Data.Common;
using System.Globalization;
using ClusterClient.Data;
using ClusterClient.Npgsql.Tests.Data;
using Npgsql;
using NpgsqlTypes;

namespace ClusterClient.Npgsql.Tests.Transactions;

/// <summary>
/// The question for a transaction's mark goes along with its first write, and nobody may notice: each way to execute is run on the bare driver and on
/// the library, in a transaction, and all that can be seen of it is compared. And whatever wrote has a mark when it commits.
/// </summary>
public sealed class MarkedExecutionTests(ClusterFixture fixture) : DataTest(fixture)
{
    private const string Insert = "INSERT INTO w VALUES (1, 'one')";
    private const string Returning = "INSERT INTO w VALUES (1, 'one'), (2, 'two') RETURNING id, note";

    private static readonly Dictionary<string, Func<Run, Task>> Cases = new()
    {
        ["non-query"] = r => r.NonQueryAsync(Insert),
        ["non-query of no row"] = r => r.NonQueryAsync("UPDATE w SET note = 'x'"),
        ["non-query of no row, then a write"] = async r =>
        {
            await r.NonQueryAsync("UPDATE w SET note = 'x'");
            await r.NonQueryAsync(Insert);
        },
        ["non-query with RETURNING"] = r => r.NonQueryAsync(Returning),
        ["two writes"] = async r =>
        {
            await r.NonQueryAsync(Insert);
            await r.NonQueryAsync("INSERT INTO w SELECT g, 'g' FROM generate_series(2, 5) g");
        },
        ["ends in a semicolon"] = r => r.NonQueryAsync(Insert + " ; "),
        ["ends in a comment"] = r => r.NonQueryAsync(Insert + " -- that is it"),
        ["ends in a semicolon and a comment"] = r => r.NonQueryAsync(Insert + "; -- that is it"),
        ["ends in a block comment"] = r => r.NonQueryAsync(Insert + " /* that; is it */"),
        ["begins with a comment"] = r => r.NonQueryAsync("-- first\n/* then */ " + Insert),
        ["a literal with a semicolon"] = r => r.NonQueryAsync("INSERT INTO w VALUES (1, 'a;b''--c')"),
        ["several statements"] = r => r.NonQueryAsync($"{Insert}; UPDATE w SET note = note || '!'; DELETE FROM w WHERE id = 7"),
        ["several statements, reader"] = r => r.ReaderAsync($"{Returning}; SELECT count(*) FROM w; DELETE FROM w WHERE id = 1; SELECT note FROM w"),
        ["a write and a query, scalar"] = r => r.ScalarAsync($"{Insert}; SELECT note FROM w"),
        ["scalar"] = r => r.ScalarAsync(Returning),
        ["scalar of no row"] = r => r.ScalarAsync("DELETE FROM w RETURNING id"),
        ["scalar of nothing"] = r => r.ScalarAsync(Insert),
        ["scalar of NULL"] = r => r.ScalarAsync("INSERT INTO w VALUES (1, NULL) RETURNING note"),
        ["reader"] = r => r.ReaderAsync(Returning),
        ["reader of nothing"] = r => r.ReaderAsync(Insert),
        ["reader of no row"] = r => r.ReaderAsync("DELETE FROM w RETURNING id, note"),
        ["reader, single result"] = r => r.ReaderAsync(Returning, CommandBehavior.SingleResult),
        ["reader, single result of several"] = r => r.ReaderAsync($"{Returning}; SELECT 7", CommandBehavior.SingleResult),
        ["reader, single row"] = r => r.ReaderAsync(Returning, CommandBehavior.SingleRow),
        ["reader, sequential"] = r => r.ReaderAsync(Returning, CommandBehavior.SequentialAccess),
        ["reader, as Dapper asks"] = r => r.ReaderAsync(Returning, CommandBehavior.SequentialAccess | CommandBehavior.SingleResult),
        ["reader, as Dapper asks for the first"] = r => r.ReaderAsync(
            Returning, CommandBehavior.SequentialAccess | CommandBehavior.SingleResult | CommandBehavior.SingleRow),
        ["reader, schema only"] = r => r.ReaderAsync(Returning, CommandBehavior.SchemaOnly),
        ["reader, key info"] = r => r.ReaderAsync(Returning, CommandBehavior.KeyInfo),
        ["reader, left half read"] = async r =>
        {
            await using var command = r.Command(Returning);
            await using (var reader = await command.ReaderAsync(r.Io))
            {
                r.Tell(await reader.ReadAsync(r.Io), reader.GetInt32(0));
            }

            await r.NonQueryAsync("UPDATE w SET note = 'later'");
        },
        ["with SELECT in a WITH"] = r => r.ReaderAsync("WITH x AS (INSERT INTO w VALUES (1, 'one') RETURNING id) SELECT * FROM x"),
        ["named parameters"] = r => r.NonQueryAsync("INSERT INTO w VALUES (@id, @note)", ("id", 3), ("note", "a;b")),
        ["named parameters, reader"] = r => r.ReaderAsync("INSERT INTO w VALUES (@id, @note) RETURNING *", CommandBehavior.Default, ("id", 3), ("note", "x")),
        ["a named parameter used twice"] = r => r.NonQueryAsync("INSERT INTO w VALUES (@id, 'x'), (@id + 1, 'y')", ("id", 3)),
        ["positional parameters"] = r => r.NonQueryAsync("INSERT INTO w VALUES ($1, $2)", ("", 3), ("", "x")),
        ["positional parameters, scalar"] = r => r.ScalarAsync("INSERT INTO w VALUES ($1, $2) RETURNING note", ("", 3), ("", "x")),
        ["positional parameters, reader"] = r => r.ReaderAsync("INSERT INTO w VALUES ($1, $2) RETURNING *", CommandBehavior.Default, ("", 3), ("", "x")),
        ["positional parameters, single row"] = r => r.ReaderAsync(
            "INSERT INTO w VALUES ($1, $2), (9, 'z') RETURNING *", CommandBehavior.SingleRow, ("", 3), ("", "x")),
        ["parameters keep their values"] = async r =>
        {
            await using var command = r.Command("INSERT INTO w VALUES (@id, @note)", ("id", 1), ("note", "x"));
            for (var id = 1; id < 4; id++)
            {
                command.Parameters[0].Value = id;
                r.Tell(await command.NonQueryAsync(r.Io), command.Parameters[0].Value, command.Parameters.Count, command.CommandText);
            }
        },
        ["prepared"] = async r =>
        {
            await using var command = r.Command("INSERT INTO w VALUES (@id, @note)", ("id", 1), ("note", "x"));
            command.Parameters[0].DbType = DbType.Int32;
            command.Parameters[1].DbType = DbType.String;
            await command.PrepareAsync(r.Io);
            r.Tell(await command.NonQueryAsync(r.Io));
            command.Parameters[0].Value = 2;
            r.Tell(await command.NonQueryAsync(r.Io));
        },
        ["prepared, positional reader"] = async r =>
        {
            await using var command = r.Command("INSERT INTO w VALUES ($1, $2) RETURNING *", ("", 1), ("", "x"));
            await command.PrepareAsync(r.Io);
            await r.ReadAsync(await command.ReaderAsync(r.Io));
        },
        ["results as text"] = async r =>
        {
            await using var command = r.Command(Returning);
            Native(command).AllResultTypesAreUnknown = true;
            await r.ReadAsync(await command.ReaderAsync(r.Io));
        },
        ["results as text, scalar"] = async r =>
        {
            await using var command = r.Command(Returning);
            Native(command).AllResultTypesAreUnknown = true;
            r.Tell(await command.ScalarAsync(r.Io));
        },
        ["one result as text, positional"] = async r =>
        {
            await using var command = r.Command("INSERT INTO w VALUES ($1, $2) RETURNING *", ("", 1), ("", "x"));
            Native(command).UnknownResultTypeList = [true, false];
            await r.ReadAsync(await command.ReaderAsync(r.Io));
        },
        ["typed parameter of the driver's own"] = async r =>
        {
            await using var command = r.Command("INSERT INTO w VALUES (@id, @note)");
            Native(command).Parameters.Add(new NpgsqlParameter<int>("id", 4));
            Native(command).Parameters.Add(new NpgsqlParameter("note", NpgsqlDbType.Varchar) { Value = "v" });
            r.Tell(await command.NonQueryAsync(r.Io));
        },
        ["output parameter"] = async r =>
        {
            await using var command = r.Command("INSERT INTO w VALUES (5, 'out') RETURNING note AS told");
            var told = command.CreateParameter();
            (told.ParameterName, told.Direction, told.DbType) = ("told", ParameterDirection.Output, DbType.String);
            command.Parameters.Add(told);
            r.Tell(await command.NonQueryAsync(r.Io), told.Value);
        },
        ["stored procedure"] = async r =>
        {
            await using var command = r.Command("add_w", ("id", 6), ("note", "p"));
            command.CommandType = CommandType.StoredProcedure;
            r.Tell(await command.NonQueryAsync(r.Io));
        },
        ["function that writes"] = r => r.ScalarAsync("SELECT write_w(8)"),
        ["CALL"] = r => r.NonQueryAsync("CALL add_w(6, 'p')"),
        ["DO"] = r => r.NonQueryAsync("DO $$ BEGIN INSERT INTO w VALUES (9, 'do'); END $$"),
        ["batch"] = async r =>
        {
            await using var batch = r.Batch(Insert, "SELECT 7", "UPDATE w SET note = 'b' RETURNING note");
            await r.ReadAsync(await batch.ReaderAsync(r.Io));
        },
        ["batch, non-query"] = async r =>
        {
            await using var batch = r.Batch(Insert, "INSERT INTO w VALUES (2, 'b')");
            r.Tell(await batch.NonQueryAsync(r.Io), string.Join(' ', batch.BatchCommands.Select(c => c.RecordsAffected)));
        },
        ["SET TRANSACTION first"] = async r =>
        {
            await r.NonQueryAsync("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE");
            await r.NonQueryAsync(Insert);
            await r.ScalarAsync("SHOW transaction_isolation");
        },
        ["SET TRANSACTION READ ONLY, then a write"] = async r =>
        {
            await r.NonQueryAsync("SET TRANSACTION READ ONLY");
            await r.FailAsync(() => r.ReaderAsync(Returning));
        },
        ["LOCK first"] = async r =>
        {
            await r.NonQueryAsync("LOCK TABLE w IN EXCLUSIVE MODE");
            await r.NonQueryAsync(Insert);
        },
        ["SELECT FOR UPDATE"] = r => r.ReaderAsync("SELECT id FROM item WHERE id = 1 FOR UPDATE"),
        ["CREATE TEMP TABLE and a write into it"] = async r =>
        {
            await r.NonQueryAsync("CREATE TEMP TABLE own (id int) ON COMMIT DROP");
            await r.NonQueryAsync("INSERT INTO own VALUES (1)");
        },
        ["NOTIFY"] = r => r.NonQueryAsync("NOTIFY told"),
        ["only reads"] = async r =>
        {
            await r.ReaderAsync("SELECT id, name FROM item ORDER BY id");
            await r.ScalarAsync("SELECT count(*) FROM item");
            await r.ScalarAsync("SELECT pg_current_xact_id_if_assigned()::text");
        },
        ["a write in a savepoint that is rolled back"] = async r =>
        {
            await r.Transaction.SaveAsync("s");
            await r.NonQueryAsync(Insert);
            await r.Transaction.RollbackAsync("s");
            await r.NonQueryAsync("INSERT INTO w VALUES (2, 'kept')");
        },
        ["a failure in a savepoint by statements"] = async r =>
        {
            await r.NonQueryAsync(Insert);
            await r.NonQueryAsync("SAVEPOINT s");
            await r.FailAsync(() => r.NonQueryAsync(Insert));
            await r.NonQueryAsync("ROLLBACK TO SAVEPOINT s");
            await r.NonQueryAsync("INSERT INTO w VALUES (2, 'kept')");
        },
        ["an unmarked write, then a failure in a savepoint by statements"] = async r =>
        {
            await r.ScalarAsync("SELECT write_w(8)");
            await r.NonQueryAsync("SAVEPOINT s");
            await r.FailAsync(() => r.NonQueryAsync("SELECT 1 / 0"));
            await r.NonQueryAsync("ROLLBACK TO SAVEPOINT s");
        },
        ["unique key"] = async r =>
        {
            await r.Transaction.SaveAsync("s");
            await r.FailAsync(() => r.NonQueryAsync("INSERT INTO w VALUES (1, 'a'), (1, 'b')"));
            await r.Transaction.RollbackAsync("s");
            await r.FailAsync(() => r.ReaderAsync("INSERT INTO w VALUES (1, 'a'), (1, 'b') RETURNING id"));
            await r.Transaction.RollbackAsync("s");
            await r.FailAsync(() => r.ScalarAsync("INSERT INTO w VALUES ($1, 'a'), ($1, 'b') RETURNING id", ("", 1)));
            await r.Transaction.RollbackAsync("s");
            await r.FailAsync(() => r.ReaderAsync("INSERT INTO w VALUES ($1, 'a'), ($1, 'b') RETURNING id", CommandBehavior.Default, ("", 1)));
            await r.Transaction.RollbackAsync("s");
        },
        ["no such table"] = r => r.FailAsync(() => r.NonQueryAsync("INSERT INTO nowhere VALUES (1)")),
        ["syntax error, reader"] = r => r.FailAsync(() => r.ReaderAsync("INSERT INTO w VALUES (1, 'x') RETURN id")),
        ["a block comment without an end"] = r => r.FailAsync(() => r.NonQueryAsync(Insert + " /* oops"), hasText: false),
        ["a literal without an end"] = r => r.FailAsync(() => r.NonQueryAsync("INSERT INTO w VALUES (1, 'x"), hasText: false),
        ["a parameter that is missing"] = r => r.FailAsync(() => r.NonQueryAsync("INSERT INTO w VALUES (@id, 'x')")),
        ["a parameter of a wrong type"] = r => r.FailAsync(() => r.NonQueryAsync("INSERT INTO w VALUES (@id, 'x')", ("id", "no number"))),
        ["a value that nobody can send"] = r => r.FailAsync(() => r.NonQueryAsync("INSERT INTO w VALUES (@id, 'x')", ("id", new object()))),
        ["fails in its last row, reader"] = r => r.FailAsync(() => r.ReaderAsync("INSERT INTO w SELECT g, 1 / (3 - g) FROM generate_series(1, 3) g RETURNING id")),
        ["timeout"] = r => r.FailAsync(async () =>
        {
            await using var command = r.Command("INSERT INTO w SELECT 1, pg_sleep(20)::text");
            command.CommandTimeout = 1;
            await command.NonQueryAsync(r.Io);
        }),
        ["cancelled from another thread"] = r => r.FailAsync(() => r.CancelAsync(
            "INSERT INTO w SELECT 1, pg_sleep(20)::text", (command, _) => command.NonQueryAsync(r.Io), (command, _) => command.Cancel())),
        ["reader cancelled from another thread"] = r => r.FailAsync(() => r.CancelAsync(
            "INSERT INTO w SELECT 1, pg_sleep(20)::text RETURNING id", (command, _) => command.ReaderAsync(r.Io), (command, _) => command.Cancel())),
        ["token cancelled"] = r => r.FailAsync(() => r.CancelAsync(
            "INSERT INTO w SELECT 1, pg_sleep(20)::text", (command, token) => command.ExecuteNonQueryAsync(token), (_, source) => source.Cancel())),
        ["token cancelled, reader"] = r => r.FailAsync(() => r.CancelAsync(
            "INSERT INTO w SELECT 1, pg_sleep(20)::text RETURNING id", (command, token) => command.ExecuteReaderAsync(token), (_, source) => source.Cancel())),
        ["COPY"] = async r =>
        {
            var native = r.Connection as NpgsqlConnection ?? ((ClusterConnection)r.Connection).Unwrap<NpgsqlConnection>();
            await using var copy = await native.BeginBinaryImportAsync("COPY w FROM STDIN BINARY");
            await copy.StartRowAsync();
            await copy.WriteAsync(3);
            await copy.WriteAsync("copied");
            r.Tell(await copy.CompleteAsync());
        },
    };

    public static TheoryData<string, Io> All()
    {
        var all = new TheoryData<string, Io>();
        foreach (var name in Cases.Keys)
        {
            all.Add(name, Io.Sync);
            all.Add(name, Io.Async);
        }

        return all;
    }

    [Theory, MemberData(nameof(All))]
    public async Task Execute_FirstInATransaction_AsDriverAndWithAMarkIfItWrote(string name, Io io)
    {
        await using (var setup = Fixture.Bare.CreateCommand(
            """
            CREATE TABLE IF NOT EXISTS w (id int PRIMARY KEY, note text);
            CREATE OR REPLACE FUNCTION write_w(id int) RETURNS int LANGUAGE sql AS 'INSERT INTO w VALUES ($1, ''f'') RETURNING id';
            CREATE OR REPLACE PROCEDURE add_w(id int, note text) LANGUAGE sql AS 'INSERT INTO w VALUES ($1, $2)';
            """))
        {
            await setup.ExecuteNonQueryAsync();
        }

        var bare = await RunAsync(Fixture.Bare, name, io);
        var cluster = await RunAsync(Cluster, name, io);
        Assert.Equal(bare.Account, cluster.Account);
        // A statement that failed for good may have brought a mark ahead of it, which does no harm.
        if (bare.IsCommitted)
        {
            // A reader's write is given an id before it is known whether it writes.
            Assert.Equal(bare.HasId || name == "reader of no row", cluster.HasMark);
        }
    }

    private async Task<(List<string> Account, bool HasId, bool HasMark, bool IsCommitted)> RunAsync(DbDataSource source, string name, Io io)
    {
        await using (var empty = Fixture.Bare.CreateCommand("TRUNCATE w"))
        {
            await empty.ExecuteNonQueryAsync();
        }

        await using var connection = await source.OpenAsync(io);
        await using var transaction = await connection.BeginAsync(io);
        var run = new Run(connection, transaction, io)
        {
            WatchString = $"Host={Fixture.Group.Primary.Host};Port={Fixture.Group.Primary.DirectPort};{Fixture.Group.ConnectionString};Pooling=false",
        };
        await Cases[name](run);
        var (hasId, isCommitted) = (false, false);
        if (!run.HasFailed || name.Contains("savepoint", StringComparison.Ordinal) || name == "unique key")
        {
            // What failed was undone.
            if (transaction is NpgsqlTransaction)
            {
                hasId = await connection.ValueAsync<object>("SELECT pg_current_xact_id_if_assigned()::text", io) is string;
            }

            await transaction.CommitAsync(io);
            isCommitted = true;
        }

        run.Tell($"{connection.State}");
        await using var rows = Fixture.Bare.CreateCommand("SELECT string_agg(id || ' ' || note, ', ' ORDER BY id) FROM w");
        run.Tell(await rows.ExecuteScalarAsync());
        return (run.Account, hasId, (transaction as ClusterTransaction)?.Mark is not null, isCommitted);
    }

    private static NpgsqlCommand Native(DbCommand command) => command as NpgsqlCommand ?? ((ClusterCommand)command).Unwrap<NpgsqlCommand>();

    /// <summary>One run of a case, and all that was seen in it.</summary>
    private sealed class Run(DbConnection connection, DbTransaction transaction, Io io)
    {
        public DbConnection Connection => connection;

        public DbTransaction Transaction => transaction;

        public Io Io => io;

        public List<string> Account { get; } = [];

        public bool HasFailed { get; private set; }

        public void Tell(params object?[] seen) => Account.Add(string.Join(' ', seen.Select(
            s => s is null ? "null" : string.Create(CultureInfo.InvariantCulture, $"{s.GetType().Name}:{s}"))));

        public DbCommand Command(string sql, params (string Name, object Value)[] parameters)
        {
            var command = connection.Text(sql);
            command.Transaction = transaction;
            foreach (var (name, value) in parameters)
            {
                var parameter = command.CreateParameter();
                (parameter.ParameterName, parameter.Value) = (name, value);
                command.Parameters.Add(parameter);
            }

            return command;
        }

        public DbBatch Batch(params string[] texts)
        {
            var batch = connection.CreateBatch();
            foreach (var text in texts)
            {
                var command = batch.CreateBatchCommand();
                command.CommandText = text;
                batch.BatchCommands.Add(command);
            }

            return batch;
        }

        public async Task NonQueryAsync(string sql, params (string Name, object Value)[] parameters)
        {
            await using var command = Command(sql, parameters);
            Tell(await command.NonQueryAsync(io));
        }

        public async Task ScalarAsync(string sql, params (string Name, object Value)[] parameters)
        {
            await using var command = Command(sql, parameters);
            Tell(await command.ScalarAsync(io));
        }

        public async Task ReaderAsync(
            string sql, CommandBehavior behavior = CommandBehavior.Default, params (string Name, object Value)[] parameters)
        {
            await using var command = Command(sql, parameters);
            await ReadAsync(await command.ReaderAsync(io, behavior));
        }

        public async Task ReadAsync(DbDataReader reader)
        {
            await using (reader)
            {
                do
                {
                    Tell(reader.GetType(), reader.FieldCount, reader.HasRows, reader.RecordsAffected, reader.IsClosed, reader.Depth);
                    Tell([.. Enumerable.Range(0, reader.FieldCount).Select(i => $"{reader.GetName(i)} {reader.GetFieldType(i)} {reader.GetDataTypeName(i)}")]);
                    while (await reader.ReadAsync(io))
                    {
                        Tell([.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetValue)]);
                    }
                }
                while (await reader.NextResultAsync(io));
                await reader.CloseAsync();
                Tell(reader.IsClosed, reader.RecordsAffected);
            }
        }

        /// <param name="call">The call.</param>
        /// <param name="hasText">Whether the server's message names only what is the statement's.</param>
        public async Task FailAsync(Func<Task> call, bool hasText = true)
        {
            try
            {
                await call();
                Tell("ends well");
            }
            catch (Exception e)
            {
                HasFailed = true;
                Tell(e.GetType(), e.InnerException?.GetType(), (e as DbException)?.SqlState, (e as DbException)?.IsTransient);
                if (hasText && e is PostgresException told)
                {
                    Tell(told.MessageText, told.Position, told.ConstraintName, told.TableName);
                }
            }
        }

        /// <summary>Starts it, and cancels it once the server runs it.</summary>
        public async Task CancelAsync(string sql, Func<DbCommand, CancellationToken, Task> start, Action<DbCommand, CancellationTokenSource> cancel)
        {
            await using var command = Command(sql);
            using var source = new CancellationTokenSource();
            var process = connection is NpgsqlConnection native ? native.ProcessID : await connection.BackendAsync(io);
            if (connection is NpgsqlConnection)
            {
                // The same statements on both.
                await connection.BackendAsync(io);
            }

            var running = Task.Run(() => start(command, source.Token));
            await using var watch = new NpgsqlConnection(WatchString);
            await watch.OpenAsync();
            await Failover.Eventually.TrueAsync(
                async () => await watch.ValueAsync<long>(
                    $"SELECT count(*) FROM pg_stat_activity WHERE pid = {process} AND wait_event = 'PgSleep'") == 1,
                Failover.Scenario.Patience);
            cancel(command, source);
            await running;
        }

        public required string WatchString { get; init; }
    }
}
