using ClusterClient.Consistency;
using ClusterClient.Data;
using ClusterClient.Npgsql.Tests.Failover;
using Npgsql;
using Xunit;

namespace ClusterClient.Npgsql.Tests.Transactions;

/// <summary>What is asked for less often because a session is known.</summary>
public sealed class KnownSessionTests
{
    private const int Many = 12;

    [Fact]
    public async Task Mark_OfAKnownSession_TellsTheSameRun()
    {
        await using var scenario = await Scenario.StartAsync(_ => { }, eu: 1);
        await using var db = await scenario.Orders.OpenConnectionAsync();
        var marks = new List<TransactionMark>();
        for (var i = 1; i <= Many; i++)
        {
            marks.Add((await TransactAsync(db, isAsync: true))!);
        }

        Assert.Single(marks.Select(m => m.Run).Distinct());
        Assert.Equal(Many, marks.Select(m => m.Id).Distinct().Count());
        Assert.Equal(marks.Select(m => m.Position), marks.Select(m => m.Position).Order());
        await using var full = new NpgsqlCommand(new NpgsqlCommits().Mark, db.Unwrap<NpgsqlConnection>());
        Assert.EndsWith(marks[0].Run, await RunAsync(full));
    }

    [Fact]
    public void Learn_NumberOfAnotherSession_RemembersNothing()
    {
        var session = new NpgsqlSession();
        session.Learn(greetedWith: 1, session: 2, run: "a run");
        Assert.Null(session.Run);
    }

    private static async Task<string> RunAsync(NpgsqlCommand command)
    {
        await using var row = await command.ExecuteReaderAsync();
        await row.ReadAsync();
        return row.GetString(2);
    }

    private static async Task<TransactionMark?> TransactAsync(ClusterConnection db, bool isAsync)
    {
        await using var transaction = await db.BeginTransactionAsync();
        await using var command = db.CreateCommand();
        command.CommandText = "INSERT INTO t VALUES ($1)";
        command.Parameters.Add(new NpgsqlParameter { Value = Random.Shared.Next() });
        if (isAsync)
        {
            await command.ExecuteNonQueryAsync();
            await transaction.CommitAsync();
        }
        else
        {
            command.ExecuteNonQuery();
            transaction.Commit();
        }

        return transaction.Mark;
    }
}
