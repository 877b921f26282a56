using ClusterClient.History.CommandLine;

namespace ClusterClient.History.Tests.CommandLine;

public sealed class ArgumentParserTests
{
    [Fact]
    public void Parse_Nothing_HasTheDefaults()
    {
        var arguments = ArgumentParser.Parse([]);

        Assert.Equal((200, ReplicationMode.Sync, ResolutionWay.Id, 8, BrokenLaw.None),
            (arguments.Faults, arguments.Mode, arguments.Resolution, arguments.Clients, arguments.Break));
        Assert.StartsWith(Path.GetTempPath(), arguments.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_Everything_TakesIt()
    {
        var arguments = ArgumentParser.Parse(
            ["--seed", "7", "--faults=30", "--mode", "async", "--resolution", "marker", "--clients", "3", "--out", "/tmp/x", "--break", "retry-blindly"]);

        Assert.Equal("--seed 7 --faults 30 --mode async --resolution marker --clients 3 --break retry-blindly --out /tmp/x", arguments.ToString());
    }

    [Fact]
    public void Parse_BreakThatNeedsLosses_IsAsynchronous()
    {
        Assert.Equal(ReplicationMode.Async, ArgumentParser.Parse(["--break", "old-primary"]).Mode);
        Assert.Equal(ResolutionWay.Off, ArgumentParser.Parse(["--break", "trust-status"]).Resolution);
    }

    [Theory]
    [InlineData("--faults")]
    [InlineData("--faults", "0")]
    [InlineData("--faults", "-1")]
    [InlineData("--faults", "many")]
    [InlineData("--seed", "1.5")]
    [InlineData("--mode", "half")]
    [InlineData("--resolution", "guess")]
    [InlineData("--clients", "61")]
    [InlineData("--break", "none")]
    [InlineData("--break", "everything")]
    [InlineData("--mode", "sync", "--break", "old-primary")]
    [InlineData("--resolution", "id", "--break", "trust-status")]
    [InlineData("--seed", "1", "--seed", "2")]
    [InlineData("--speed", "1")]
    [InlineData("faults")]
    public void Parse_Nonsense_IsRefused(params string[] args) => Assert.Throws<UsageException>(() => ArgumentParser.Parse(args));

    [Fact]
    public void Parse_UnknownWord_TellsTheKnownOnes()
    {
        var e = Assert.Throws<UsageException>(() => ArgumentParser.Parse(["--break", "everything"]));

        Assert.Equal("--break is retry-blindly or trust-status or old-primary, not 'everything'.", e.Message);
    }
}
