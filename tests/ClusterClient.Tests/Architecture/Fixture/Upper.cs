namespace ClusterClient.Tests.Architecture.Fixture.Upper;

internal class High
{
    public static int Count() => 1;

    // The allowed direction, which must be found to be none of an offence.
    public static Lower.Low Below() => new();
}
