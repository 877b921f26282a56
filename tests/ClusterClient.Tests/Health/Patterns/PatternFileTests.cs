using ClusterClient.Health.Patterns;
using ClusterClient.Tests.Fakes;

namespace ClusterClient.Tests.Health.Patterns;

public sealed class PatternFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualTimeProvider _clock = new() { UtcNow = HourOfWeek.Start(492_000) };
    private readonly LogLines _log = new();
    private readonly VirtualWeeks _weeks = new VirtualWeeks(Loads.Office.Noisy(0.2, seed: 1).Shifted(490_900, 1.7)).Weeks(6);

    [Fact]
    public void Load_WhatWasSaved_IsAllOfIt()
    {
        var memory = new NodeMemory("a", _weeks.Pattern.Ratio, _weeks.Pattern.Profile);
        File("patterns.json").Save([memory, memory with { Node = "b", Ratio = 0.5 }]);
        var loaded = File("patterns.json").Load();
        Assert.Equal([("a", memory.Ratio), ("b", 0.5)], loaded.Select(m => (m.Node, m.Ratio)));
        Assert.All(loaded, m => Assert.Equal(memory.Profile.Buckets, m.Profile.Buckets));
        Assert.Equal(["patterns.json"], _folder.Files);
        Assert.StartsWith("Information: orders: goes on from the patterns of 2 nodes in ", Assert.Single(_log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void Save_FolderThatIsNotThere_IsMade()
    {
        File("deep/down/patterns.json").Save([]);
        Assert.Empty(File("deep/down/patterns.json").Load());
        Assert.True(System.IO.File.Exists(_folder["deep/down/patterns.json"]));
    }

    [Fact]
    public void Load_NoFile_IsNothingToSpeakOf()
    {
        Assert.Empty(File("patterns.json").Load());
        Assert.Empty(_log.Lines);
    }

    [Theory]
    [InlineData("", "it is damaged, or of another kind")]
    [InlineData("null", "it is empty")]
    [InlineData("{\"format\":\"ClusterClient patterns\",\"version\":1,\"clu", "it is damaged, or of another kind")]
    [InlineData("\0\0\0\0", "it is damaged, or of another kind")]
    [InlineData("[1,2]", "it is damaged, or of another kind")]
    [InlineData("{\"ConnectionStrings\":{}}", "it is a file of another kind")]
    [InlineData("{\"format\":\"ClusterClient patterns\",\"version\":2,\"cluster\":\"orders\",\"nodes\":{}}", "its version is 2, and this library reads 1")]
    [InlineData("{\"format\":\"ClusterClient patterns\",\"version\":1,\"cluster\":\"bills\",\"nodes\":{}}", "it belongs to the cluster 'bills'")]
    [InlineData("{\"format\":\"ClusterClient patterns\",\"version\":1,\"cluster\":\"orders\"}", "it is damaged")]
    public void Load_FileThatIsNotOurs_IsReportedAndNeverWrittenOver(string text, string reason)
    {
        System.IO.File.WriteAllText(_folder["patterns.json"], text);
        var file = File("patterns.json");
        Assert.Empty(file.Load());
        Assert.Equal(
            $"Warning: orders: {_folder["patterns.json"]} holds no patterns that can be used: {reason}. Learning begins anew, and nothing is "
            + "saved over it: delete or move the file, or have PatternFile name another",
            Assert.Single(_log.Lines));
        file.Save([]);
        Assert.Equal(text, System.IO.File.ReadAllText(_folder["patterns.json"]));
        // Once it was moved away, saving works.
        System.IO.File.Delete(_folder["patterns.json"]);
        file.Save([]);
        Assert.Equal(["patterns.json"], _folder.Files);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{\"ratio\":0,\"hours\":[]}")]
    [InlineData("{\"ratio\":-1,\"hours\":[]}")]
    [InlineData("{\"ratio\":1}")]
    [InlineData("{\"ratio\":1,\"hours\":[null]}")]
    [InlineData("{\"ratio\":1,\"hours\":[{\"hour\":1,\"weeks\":0}]}")]
    [InlineData("{\"ratio\":1,\"hours\":[{\"hour\":-1,\"weeks\":1}]}")]
    [InlineData("{\"ratio\":1,\"hours\":[{\"hour\":1,\"weeks\":1,\"rate\":-1}]}")]
    [InlineData("{\"ratio\":1,\"hours\":[{\"hour\":1,\"weeks\":1,\"service\":1e99}]}")]
    [InlineData("{\"ratio\":1,\"hours\":[{\"hour\":1,\"weeks\":1,\"miss\":[1,2]}]}")]
    [InlineData("{\"ratio\":1,\"hours\":[{\"hour\":1,\"weeks\":1,\"miss\":[1,2,-3]}]}")]
    public void Load_NodeThatMakesNoSense_SpoilsTheFile(string node)
    {
        System.IO.File.WriteAllText(
            _folder["patterns.json"], $"{{\"format\":\"ClusterClient patterns\",\"version\":1,\"cluster\":\"orders\",\"nodes\":{{\"a\":{node}}}}}");
        Assert.Empty(File("patterns.json").Load());
        Assert.Contains("can be used: it is damaged", Assert.Single(_log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_HoursThatAreStillToCome_AreLeftOut()
    {
        File("patterns.json").Save([new("a", 1, _weeks.Pattern.Profile)]);
        _clock.UtcNow = HourOfWeek.Start(_weeks.Hour - 11);
        var known = Assert.Single(File("patterns.json").Load()).Profile.Buckets.ToArray().Count(b => b.Weeks > 0);
        // The last hour was not completed when they were saved.
        Assert.Equal(HourOfWeek.Count - 9, known);
    }

    [Fact]
    public void Load_PathThatIsAFolder_IsReported()
    {
        Directory.CreateDirectory(_folder["patterns.json"]);
        Assert.Empty(File("patterns.json").Load());
        var file = File("patterns.json");
        file.Save([]);
        Assert.StartsWith("Warning: orders: could not save patterns to ", Assert.Single(_log.Lines), StringComparison.Ordinal);
        Assert.Empty(_folder.Files);
    }

    public void Dispose() => _folder.Dispose();

    private PatternFile File(string name) => new("orders", _folder[name], _clock, _log);
}
