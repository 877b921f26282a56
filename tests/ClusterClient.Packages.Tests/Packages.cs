namespace ClusterClient.Packages.Tests;

/// <summary>Tests of this collection share what was packed.</summary>
[CollectionDefinition(nameof(Packages))]
public sealed class Packages : ICollectionFixture<PackedPackages>;
