using System.Data.Common;
using System.Diagnostics;
using ClusterClient.Diagnostics;
using ClusterClient.Resilience;
using Npgsql;

namespace ClusterClient.OpenTelemetry.Tests;

/// <summary>From a line of the server's own log to the trace that it is from.</summary>
[Collection(SharedServers.Name)]
public sealed class PropagationTests(SharedServers servers)
{
    private int _number;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SqlComment_Command_IsInTheServersLogAndNotInItsText(bool isAsync)
    {
        await using var w = await StartAsync(TracePropagation.SqlComment);
        await using var db = await w.Orders.OpenConnectionAsync();
        var text = Text();
        await using var command = db.CreateCommand();
        command.CommandText = text;
        using (var request = w.Telemetry.Begin())
        {
            Assert.Equal(1, isAsync ? await command.ExecuteScalarAsync() : command.ExecuteScalar());
            Assert.Equal(text, command.CommandText);
            await LoggedAsync("eu-1", text, request);
            // Each execution has the one of its own time.
            using var inner = w.Telemetry.Begin();
            await using (await command.ExecuteReaderAsync())
            {
                Assert.Equal(text, command.CommandText);
            }

            var logged = await StatementsAsync("eu-1", text);
            Assert.Equal(2, logged.Count);
            Assert.Contains($"-{inner.SpanId}-01", logged[1], StringComparison.Ordinal);
            Assert.Equal(2, logged[1].Split("traceparent").Length);
        }

        await command.ExecuteNonQueryAsync();
        Assert.DoesNotContain("traceparent", (await StatementsAsync("eu-1", text))[2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(" -- the end")]
    [InlineData(";")]
    [InlineData(" ; \n ")]
    [InlineData(" -- the end;")]
    [InlineData(" /* the end; */;")]
    [InlineData(", ';'")]
    public async Task SqlComment_Ending_IsKept(string ending)
    {
        await using var w = await StartAsync(TracePropagation.SqlComment);
        using var request = w.Telemetry.Begin();
        await using var db = await w.Orders.OpenConnectionAsync();
        var text = $"{Text()}{ending}";
        await using var command = db.CreateCommand();
        command.CommandText = text;
        Assert.Equal(1, await command.ExecuteScalarAsync());
        Assert.Equal(text, command.CommandText);
        await LoggedAsync("eu-1", text[..text.IndexOf(ending, StringComparison.Ordinal)], request);
        // In a transaction, with another statement behind it in the same text.
        var number = Interlocked.Increment(ref _number);
        await using var transaction = await db.BeginTransactionAsync();
        command.CommandText = $"INSERT INTO t VALUES (@id, 'ending {number}'){(ending.StartsWith(',') ? "" : ending)}";
        command.Parameters.Add(new NpgsqlParameter("id", number));
        Assert.Equal(1, await command.ExecuteNonQueryAsync());
        await transaction.CommitAsync();
        await LoggedAsync("eu-1", $"'ending {number}')", request);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SqlComment_Batch_IsBehindEachOfItsStatements(bool isAsync)
    {
        await using var w = await StartAsync(TracePropagation.SqlComment);
        using var request = w.Telemetry.Begin();
        await using var db = await w.Orders.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        string[] texts = [Text(), $"{Text()};"];
        await using var batch = db.CreateBatch();
        foreach (var text in texts)
        {
            var part = batch.CreateBatchCommand();
            part.CommandText = text;
            batch.BatchCommands.Add(part);
        }

        await using (var reader = isAsync ? await batch.ExecuteReaderAsync() : batch.ExecuteReader())
        {
            Assert.Equal(texts, batch.BatchCommands.Cast<DbBatchCommand>().Select(c => c.CommandText));
            var results = 0;
            do
            {
                Assert.True(await reader.ReadAsync());
                results++;
            }
            while (await reader.NextResultAsync());
            Assert.Equal(2, results);
        }

        await transaction.CommitAsync();
        await LoggedAsync("eu-1", texts[0], request);
        await LoggedAsync("eu-1", texts[1].TrimEnd(';'), request);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SqlComment_MarkedWrite_HasItAndIsCommittedOnce(bool isPositional)
    {
        await using var w = await StartAsync(TracePropagation.SqlComment);
        using var request = w.Telemetry.Begin();
        await using var db = await w.Orders.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        var number = Interlocked.Increment(ref _number);
        var note = $"marked {number} {Guid.NewGuid():N}";
        await using var command = db.CreateCommand();
        command.CommandText = isPositional ? $"INSERT INTO t VALUES ($1, '{note}') RETURNING id" : $"INSERT INTO t VALUES (@id, '{note}') RETURNING id";
        command.Parameters.Add(new NpgsqlParameter { ParameterName = isPositional ? "" : "id", Value = number });
        Assert.Equal(number, await command.ExecuteScalarAsync());
        await transaction.CommitAsync();
        Assert.EndsWith("RETURNING id", command.CommandText, StringComparison.Ordinal);
        await LoggedAsync("eu-1", note, request);
        Assert.Equal("1", await servers.Group.Primary.ExecuteAsync($"SELECT count(*) FROM t WHERE note = '{note}'"));
    }

    [Fact]
    public async Task SqlComment_Prepared_IsNotThere()
    {
        await using var w = await StartAsync(TracePropagation.SqlComment);
        using var request = w.Telemetry.Begin();
        await using var db = await w.Orders.OpenConnectionAsync();
        var text = Text();
        await using var command = db.CreateCommand();
        command.CommandText = text;
        await command.ExecuteNonQueryAsync();
        await command.PrepareAsync();
        await command.ExecuteNonQueryAsync();
        await command.ExecuteNonQueryAsync();
        Assert.True(command.Unwrap<NpgsqlCommand>().IsPrepared);
        var logged = await StatementsAsync("eu-1", text);
        Assert.Contains("traceparent", logged[0], StringComparison.Ordinal);
        Assert.Equal(3, logged.Count);
        Assert.All(logged.Skip(1), l => Assert.DoesNotContain("traceparent", l, StringComparison.Ordinal));

        await using var batch = db.CreateBatch();
        var part = batch.CreateBatchCommand();
        part.CommandText = text = Text();
        batch.BatchCommands.Add(part);
        await batch.PrepareAsync();
        await batch.ExecuteNonQueryAsync();
        Assert.DoesNotContain(await StatementsAsync("eu-1", text), l => l.Contains("traceparent", StringComparison.Ordinal));
    }

    [Fact]
    public async Task SqlComment_TextHasOne_IsLeftAsItIs()
    {
        await using var w = await StartAsync(TracePropagation.SqlComment);
        using var request = w.Telemetry.Begin();
        await using var db = await w.Orders.OpenConnectionAsync();
        var text = $"{Text()} /*traceparent='00-0123'*/";
        await Watched.RunAsync(db, text);
        Assert.DoesNotContain($"{request.TraceId}", Assert.Single(await StatementsAsync("eu-1", text)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SqlComment_HedgedRead_IsThereOnce()
    {
        await using var w = await StartAsync(TracePropagation.SqlComment, o => o.Hedging = HedgingPolicy.Default);
        using var request = w.Telemetry.Begin();
        await using var db = await w.Orders.Reads.OpenConnectionAsync();
        var text = Text();
        await using var command = db.CreateCommand();
        command.CommandText = text;
        await command.ExecuteScalarAsync();
        await db.CloseAsync();
        await db.OpenAsync();
        var node = db.NodeName!;
        await command.ExecuteScalarAsync();
        Assert.Equal(text, command.CommandText);
        Assert.All(await StatementsAsync(node, text), l => Assert.Equal(2, l.Split("traceparent").Length));
        await LoggedAsync(node, text, request);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ApplicationName_Session_HasItUntilItIsGivenBack(bool isAsync)
    {
        await using var w = await StartAsync(TracePropagation.ApplicationName, settings: "Maximum Pool Size=1;Application Name=orders");
        var (text, later) = (Text(), Text());
        using (var request = w.Telemetry.Begin())
        {
            if (isAsync)
            {
                await using var db = await w.Orders.OpenConnectionAsync();
                await Watched.RunAsync(db, text);
            }
            else
            {
                using var db = w.Orders.OpenConnection();
                await Watched.RunAsync(db, text);
            }

            var line = Assert.Single(await servers.LogAsync("eu-1"), l => l.Contains(text, StringComparison.Ordinal));
            Assert.Contains($"app=00-{request.TraceId}-{request.SpanId}-01 ", line, StringComparison.Ordinal);
        }

        await w.WriteAsync(later);
        Assert.Contains("app=orders ", Assert.Single(await servers.LogAsync("eu-1"), l => l.Contains(later, StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void ApplicationName_SessionsAreNotReset_IsRefused()
    {
        var builder = new ClusterDataSourceBuilder("orders").UseNpgsql($"{servers.Group.ConnectionString};No Reset On Close=true")
            .AddNode("a", "eu").Configure(o => o.TracePropagation = TracePropagation.ApplicationName);
        Assert.Contains("No Reset On Close", Assert.Throws<InvalidOperationException>(builder.Build).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Off_Command_IsSentAsItIs()
    {
        await using var w = await StartAsync(TracePropagation.Off);
        using var request = w.Telemetry.Begin();
        var text = Text();
        await w.WriteAsync(text);
        Assert.DoesNotContain("traceparent", Assert.Single(await StatementsAsync("eu-1", text)), StringComparison.Ordinal);
    }

    private Task<Watched> StartAsync(TracePropagation propagation, Action<ClusterOptions>? configure = null, string settings = "") => Watched.StartAsync(
        b => b.Configure(o =>
        {
            o.TracePropagation = propagation;
            configure?.Invoke(o);
        }),
        servers.Group,
        settings);

    private string Text() => $"SELECT 1, 'statement {Interlocked.Increment(ref _number)} {Guid.NewGuid():N}'";

    private async Task LoggedAsync(string node, string text, Activity request)
    {
        var logged = await StatementsAsync(node, text);
        Assert.Contains(logged, l => l.Contains($"traceparent='00-{request.TraceId}-{request.SpanId}-01'", StringComparison.Ordinal));
    }

    // The entries of the log with this text: a line with its continuations, which begin with a tab.
    private async Task<List<string>> StatementsAsync(string node, string text) =>
        [.. string.Join('\n', await servers.LogAsync(node)).Replace("\n\t", "\n ", StringComparison.Ordinal)
            .Split("\n2", StringSplitOptions.RemoveEmptyEntries).Where(e => e.Contains(text, StringComparison.Ordinal))];
}
