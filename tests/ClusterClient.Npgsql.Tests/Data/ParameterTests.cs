using System.Data;
using System.Data.Common;
using Npgsql;
using NpgsqlTypes;

namespace ClusterClient.Npgsql.Tests.Data;

public sealed class ParameterTests(ClusterFixture fixture) : DataTest(fixture)
{
    [Theory, ClassData(typeof(EachWay))]
    public async Task Execute_Named_Bound(Face face, Io io)
    {
        await using var connection = await Source(face).OpenAsync(io);
        await using var command = connection.Text("select @a - @b + @a");
        foreach (var (name, value) in new[] { ("a", 10), ("b", 3) })
        {
            var parameter = command.CreateParameter();
            Assert.IsType<NpgsqlParameter>(parameter);
            (parameter.ParameterName, parameter.Value, parameter.DbType) = (name, value, DbType.Int32);
            command.Parameters.Add(parameter);
        }

        Assert.Equal(17, await command.ScalarAsync(io));
    }

    [Theory, ClassData(typeof(EachWay))]
    public async Task Execute_PositionalTypedAndArray_Bound(Face face, Io io)
    {
        await using var connection = await Source(face).OpenAsync(io);
        await using var command = connection.Text("select count(*) from item where id = any($1) and name <> $2 and $3::jsonb ? 'k'");
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [1, 2, 9] });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = "two" });
        command.Parameters.Add(new NpgsqlParameter { Value = """{"k":1}""", NpgsqlDbType = NpgsqlDbType.Jsonb });
        Assert.IsType<NpgsqlParameterCollection>(command.Parameters);
        Assert.Equal(1L, await command.ScalarAsync(io));
    }

    [Theory, ClassData(typeof(EachWay))]
    public async Task Execute_OutputOfFunction_Filled(Face face, Io io)
    {
        await using var connection = await Source(face).OpenAsync(io);
        await using var command = connection.Text("select * from swapped(1, 2)");
        var a = Output(command, "a");
        var b = Output(command, "b");
        await command.NonQueryAsync(io);
        Assert.Equal((2, 1), (a.Value, b.Value));
    }

    [Theory, ClassData(typeof(EachWay))]
    public async Task Execute_OutputOfProcedure_Filled(Face face, Io io)
    {
        await using var connection = await Source(face).OpenAsync(io);
        await using var command = connection.CreateCommand();
        (command.CommandText, command.CommandType) = ("raise_by", CommandType.StoredProcedure);
        command.Parameters.Add(new NpgsqlParameter("step", 5));
        var total = Output(command, "total");
        (total.Direction, total.Value) = (ParameterDirection.InputOutput, 7);
        await command.NonQueryAsync(io);
        Assert.Equal(12, total.Value);
    }

    private static DbParameter Output(DbCommand command, string name)
    {
        var parameter = new NpgsqlParameter(name, NpgsqlDbType.Integer) { Direction = ParameterDirection.Output };
        command.Parameters.Add(parameter);
        return parameter;
    }
}
