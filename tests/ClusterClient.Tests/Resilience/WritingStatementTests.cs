using ClusterClient.Resilience;

namespace ClusterClient.Tests.Resilience;

public sealed class WritingStatementTests
{
    [Theory]
    [InlineData("SELECT count(*) FROM t", false)]
    [InlineData("select 1;", false)]
    [InlineData("  \n-- why\nSELECT 1 ; ", false)]
    [InlineData("/* who */ show all", false)]
    [InlineData("SET search_path = a", false)]
    [InlineData("table t", false)]
    [InlineData("VALUES (1)", false)]
    [InlineData("BEGIN", false)]
    [InlineData("ROLLBACK TO x", false)]
    [InlineData("LISTEN x", false)]
    [InlineData("", false)]
    [InlineData("  ", false)]
    [InlineData("INSERT INTO t VALUES (1)", true)]
    [InlineData("update t set a = 1", true)]
    [InlineData("-- why\nDELETE FROM t", true)]
    [InlineData("WITH x AS (DELETE FROM t RETURNING *) SELECT * FROM x", true)]
    [InlineData("CALL p()", true)]
    [InlineData("COPY t FROM STDIN", true)]
    [InlineData("COMMIT", true)]
    [InlineData("truncate t", true)]
    [InlineData("(SELECT 1)", true)]
    [InlineData("SELECT 1; INSERT INTO t VALUES (1)", true)]
    [InlineData("SET a = 1; UPDATE t SET a = 1", true)]
    [InlineData("SELECTED", true)]
    public void Is_Text_TellsByItsFirstWord(string text, bool writes) => Assert.Equal(writes, WritingStatement.Is(text));

    [Fact]
    public void Is_AnyText_AllocatesNothing()
    {
        WritingStatement.Is("-- why\nINSERT INTO t VALUES (1)");
        var before = GC.GetAllocatedBytesForCurrentThread();
        WritingStatement.Is("-- why\nINSERT INTO t VALUES (1)");
        WritingStatement.Is("SELECT 1; ");
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
