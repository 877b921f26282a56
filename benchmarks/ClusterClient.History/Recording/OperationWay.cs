namespace ClusterClient.History.Recording;

/// <summary>How an operation is sent.</summary>
internal enum OperationWay
{
    /// <summary>One command outside of transactions.</summary>
    Command,

    /// <summary>A transaction that the client begins and commits itself.</summary>
    Transaction,

    /// <summary>A transaction that the library runs, and runs again where that is safe.</summary>
    Execute,
}
