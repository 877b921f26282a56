namespace ClusterClient.Npgsql.Tests.Data;

public sealed class EachWay : TheoryData<Face, Io>
{
    public EachWay()
    {
        foreach (var face in Enum.GetValues<Face>())
        {
            Add(face, Io.Sync);
            Add(face, Io.Async);
        }
    }
}
