namespace ClusterClient.History.Recording;

/// <summary>What an operation does to the database. Each leaves its own number there, once.</summary>
internal enum OperationKind
{
    /// <summary>Appends its number to a list, which is one row with an array.</summary>
    Append,

    /// <summary>Moves money from one account to another, and notes it under its number in a table that would take it twice.</summary>
    Transfer,

    /// <summary>Inserts its number as a row, as one ordinary command, in a table that would take it twice.</summary>
    Row,

    /// <summary>Inserts its number where it is not there yet, as a command that is declared idempotent.</summary>
    Upsert,
}
