namespace ClusterClient.Tests.Architecture.Fixture.Stray;

internal sealed class Nowhere;
