using System.IO.Compression;
using System.Xml.Linq;

namespace ClusterClient.Packages.Tests;

[Collection(nameof(Packages))]
public sealed class PackageContentTests(PackedPackages packages)
{
    public static TheoryData<string> Names => [.. PackedPackages.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Package_Content_HasAllThatAConsumerNeeds(string name)
    {
        using var package = ZipFile.OpenRead(packages.PathOf(name, "nupkg"));
        var files = package.Entries.Select(e => e.FullName).ToArray();
        Assert.Contains("README.md", files);
        Assert.Contains($"lib/net10.0/{name}.dll", files);
        Assert.Contains($"lib/net10.0/{name}.xml", files);
        Assert.NotEqual(0, package.GetEntry("README.md")!.Length);

        using var nuspec = package.GetEntry($"{name}.nuspec")!.Open();
        var metadata = XDocument.Load(nuspec).Root!.Elements().Single(e => e.Name.LocalName == "metadata");
        var license = metadata.Elements().Single(e => e.Name.LocalName == "license");
        Assert.Equal(("expression", "MIT"), (license.Attribute("type")?.Value, license.Value));
        Assert.Equal("README.md", metadata.Elements().Single(e => e.Name.LocalName == "readme").Value);
        Assert.False(string.IsNullOrWhiteSpace(metadata.Elements().Single(e => e.Name.LocalName == "description").Value));
    }

    /// <summary>What has editors know the section of a cluster.</summary>
    [Fact]
    public void Package_OfTheLibrary_HasTheSchemaAndNamesIt()
    {
        using var package = ZipFile.OpenRead(packages.PathOf("ClusterClient", "nupkg"));
        using var targets = package.GetEntry("buildTransitive/ClusterClient.targets")!.Open();
        var segment = XDocument.Load(targets).Descendants("JsonSchemaSegment").Single().Attribute("Include")!.Value;
        Assert.Equal("$(MSBuildThisFileDirectory)../ConfigurationSchema.json", segment);
        Assert.NotEqual(0, package.GetEntry("ConfigurationSchema.json")!.Length);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Package_Symbols_AreThere(string name)
    {
        using var symbols = ZipFile.OpenRead(packages.PathOf(name, "snupkg"));
        Assert.Contains($"lib/net10.0/{name}.pdb", symbols.Entries.Select(e => e.FullName));
    }
}
