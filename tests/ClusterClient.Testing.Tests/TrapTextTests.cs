using System.Text;
using ClusterClient.Testing.Faults;

namespace ClusterClient.Testing.Tests;

public sealed class TrapTextTests
{
    [Theory]
    [InlineData("COMMIT", "COMMIT", true)]
    [InlineData("COMMIT", "Q\0\0\0\u000bCOMMIT\0", true)]
    [InlineData("COMMIT", "P\0\0\0\u0010\0commit\0\0\0", true)]
    [InlineData("commit", "insert into t values (1);Commit;", true)]
    [InlineData("COMMIT", "COMMITTED COMMIT", true)]
    [InlineData("COMMIT", "CCOMMIT", false)]
    [InlineData("COMMIT", "COMMI", false)]
    [InlineData("COMMIT", "", false)]
    [InlineData("COMMIT", "set synchronous_commit = on", false)]
    [InlineData("COMMIT", "insert into clusterclient_commits values (1)", false)]
    [InlineData("COMMIT", "on commit drop", true)]
    [InlineData("COMMIT\0", "on commit drop\0", false)]
    [InlineData("COMMIT\0", "Q\0\0\0\u000bCOMMIT\0", true)]
    [InlineData("_p1\0", "B\0\0\0\u0015\0_p1\0\0", true)]
    [InlineData("_p1\0", "B\0\0\0\u0015\0_p11\0\0", false)]
    [InlineData("'a'", "x'a'b", true)]
    [InlineData("insert", "Q\0\0\0AINSERT INTO t", true)] // The length of the message looks like a letter.
    [InlineData("insert", "Q\0\0ABINSERT INTO t", true)]
    public void IsIn_Whole_FindsWords(string text, string bytes, bool found) =>
        Assert.Equal(found, new TrapText(text).IsIn(Encoding.ASCII.GetBytes(bytes), 0));

    [Fact]
    public void IsIn_EverySplit_FindsTheTextOnceItIsThere()
    {
        var text = new TrapText("insert");
        var bytes = "xxxxxxxxQ\0\0\0AINSERT INTO t"u8;
        for (var split = 0; split <= bytes.Length; split++)
        {
            var known = Math.Min(split, text.Overlap);
            var before = bytes[..split];
            Assert.Equal(split >= 19, text.IsIn(before, 0));
            Assert.Equal(split < 19, text.IsIn(bytes[(split - known)..], known));
        }
    }
}
