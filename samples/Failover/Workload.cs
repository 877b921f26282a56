using System.Data.Common;
using System.Diagnostics;

namespace Failover;

/// <summary>The writers and readers of one contender: the same loop for either, over nothing but ADO.NET.</summary>
/// <remarks>Calls get no token: one to a hung server would not hear it, and the end of the demo does not wait for that one.</remarks>
internal sealed class Workload(Contender contender)
{
    public const int Writers = 4;
    public const int Readers = 8;

    public static readonly TimeSpan PauseAfterError = TimeSpan.FromMilliseconds(10);

    // Two cores are enough to run this: what is compared is the time without service, not the throughput.
    private static readonly TimeSpan PauseAfterCall = TimeSpan.FromMilliseconds(10);

    public Task RunAsync(CancellationToken stop) => Task.WhenAll(
    [
        .. Enumerable.Range(0, Writers).Select(_ => Task.Run(() => RepeatAsync(WriteAsync, contender.WriteFailed, stop), stop)),
        .. Enumerable.Range(0, Readers).Select(_ => Task.Run(() => RepeatAsync(ReadAsync, contender.ReadFailed, stop), stop)),
    ]);

    private static async Task RepeatAsync(Func<Task> call, Action failed, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var pause = PauseAfterCall;
            try
            {
                await call();
            }
            catch (Exception) when (!stop.IsCancellationRequested)
            {
                // Whatever it is, an application would have seen it.
                failed();
                pause = PauseAfterError;
            }
            catch (Exception)
            {
                // The end of the demo closed the data source under the call.
            }

            await Task.Delay(pause, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task WriteAsync()
    {
        var started = Stopwatch.GetTimestamp();
        await using var connection = await contender.Writes.OpenConnectionAsync();
        var node = contender.NodeOf(connection);
        await using var command = connection.CreateCommand();
        command.CommandText = $"insert into {contender.Table} (id) values ($1)";

        // A new one every time, also after an error: the fate of the last is unknown, so it is not sent again.
        var id = contender.Ledger.NextId();
        command.Parameters.Add(Parameter(command, id));
        await command.ExecuteNonQueryAsync();
        contender.Ledger.Acknowledge(id);
        contender.Clock.Succeeded();
        contender.Calls.Add(new(node, IsRead: false, Stopwatch.GetElapsedTime(started)));
    }

    private async Task ReadAsync()
    {
        var started = Stopwatch.GetTimestamp();
        await using var connection = await contender.Reads.OpenConnectionAsync();
        var node = contender.NodeOf(connection);
        await using var command = connection.CreateCommand();
        command.CommandText = $"select max(id) from {contender.Table}";
        await command.ExecuteScalarAsync();
        contender.Calls.Add(new(node, IsRead: true, Stopwatch.GetElapsedTime(started)));
    }

    private static DbParameter Parameter(DbCommand command, long value)
    {
        var parameter = command.CreateParameter();
        parameter.Value = value;
        return parameter;
    }
}
