namespace ClusterClient.Testing.Tests;

public sealed class LocalPostgresBuilderTests
{
    private readonly LocalPostgresBuilder _builder = new();

    [Theory]
    [InlineData("")]
    [InlineData("EU")]
    [InlineData("e u")]
    [InlineData("e/u")]
    [InlineData("-eu")]
    [InlineData("eu'")]
    public void Region_BadName_Throws(string name) => Assert.Throws<ArgumentException>(() => _builder.Region(name, 1));

    [Fact]
    public void Region_Twice_Throws() => Assert.Throws<ArgumentException>(() => _builder.Region("eu", 1).Region("eu", 1));

    [Fact]
    public void Region_NoNodes_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => _builder.Region("eu", 0));

    [Theory]
    [InlineData("")]
    [InlineData("work_mem = 5")]
    [InlineData("a\nb")]
    public void Setting_BadName_Throws(string name) => Assert.Throws<ArgumentException>(() => _builder.Setting(name, "1"));
}
