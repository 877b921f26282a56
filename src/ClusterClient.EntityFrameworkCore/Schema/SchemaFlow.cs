namespace ClusterClient.EntityFrameworkCore.Schema;

/// <summary>Whether the present flow of control changes the schema. One of all contexts with the same options.</summary>
internal sealed class SchemaFlow
{
    private readonly AsyncLocal<bool> _isRunning = new();

    /// <summary>Whether contexts are given the driver's own connections to the primary here.</summary>
    public bool IsRunning
    {
        get => _isRunning.Value;
        set => _isRunning.Value = value;
    }
}
