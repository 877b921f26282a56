using System.Data;
using System.Data.Common;

namespace ClusterClient.Data;

/// <summary>
/// Copies of a driver's commands and batches, so that two of them can run at the same time. A driver that can copy its own knows of settings
/// that ADO.NET has no words for; batches, which none copies, are put together from parts that are copied.
/// </summary>
internal static class StatementCopy
{
    public static bool IsPossible(DbCommand command) =>
        command is ICloneable && command.CommandType == CommandType.Text && AreValues(command.Parameters);

    public static bool IsPossible(DbBatch batch)
    {
        foreach (DbBatchCommand command in batch.BatchCommands)
        {
            if (command.CommandType != CommandType.Text || !AreValues(command.Parameters))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The same command on another connection.</summary>
    public static DbCommand Of(DbCommand command, DbConnection? connection)
    {
        var copy = (DbCommand)((ICloneable)command).Clone();
        copy.Connection = connection;
        copy.Transaction = null;
        return copy;
    }

    /// <summary>The same batch on another connection.</summary>
    public static DbBatch Of(DbBatch batch, DbConnection? connection, DbProviderFactory driver)
    {
        var copy = driver.CreateBatch();
        copy.Connection = connection;
        copy.Timeout = batch.Timeout;
        foreach (DbBatchCommand command in batch.BatchCommands)
        {
            var part = copy.CreateBatchCommand();
            part.CommandText = command.CommandText;
            part.CommandType = command.CommandType;
            foreach (DbParameter parameter in command.Parameters)
            {
                part.Parameters.Add(((ICloneable)parameter).Clone());
            }

            copy.BatchCommands.Add(part);
        }

        return copy;
    }

    /// <summary>The same statement as a part of a batch, to which the caller adds it.</summary>
    public static DbBatchCommand Of(DbCommand command, DbBatch batch)
    {
        var part = batch.CreateBatchCommand();
        part.CommandText = command.CommandText;
        foreach (DbParameter parameter in command.Parameters)
        {
            part.Parameters.Add(((ICloneable)parameter).Clone());
        }

        return part;
    }

    /// <summary>Whether its values go by their places, so that its text must stay one statement.</summary>
    public static bool IsPositional(DbCommand command)
    {
        for (var i = 0; i < command.Parameters.Count; i++)
        {
            if (string.IsNullOrEmpty(command.Parameters[i].ParameterName))
            {
                return true;
            }
        }

        return false;
    }

    // An output would be written to the copy, and a stream can be read only once.
    private static bool AreValues(DbParameterCollection parameters)
    {
        for (var i = 0; i < parameters.Count; i++)
        {
            if (parameters[i] is not ({ Direction: ParameterDirection.Input, Value: not (Stream or TextReader) } and ICloneable))
            {
                return false;
            }
        }

        return true;
    }
}
