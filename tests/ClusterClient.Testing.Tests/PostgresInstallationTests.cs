using ClusterClient.Testing.Servers;

namespace ClusterClient.Testing.Tests;

public sealed class PostgresInstallationTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Find_Nowhere_SaysHowToInstall()
    {
        var error = Assert.Throws<PostgresNotFoundException>(() => PostgresInstallation.Find(null, _root, _root));
        Assert.Contains("apt-get install postgresql", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Find_ChosenFolderIsWrong_ThrowsAlthoughThereIsAnother()
    {
        var other = Install("15");
        var error = Assert.Throws<PostgresNotFoundException>(() => PostgresInstallation.Find("/nowhere", other, _root));
        Assert.Contains("CLUSTERCLIENT_POSTGRES_BIN is '/nowhere'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_Chosen_WinsOverPathAndPackages()
    {
        var (chosen, path) = (Install("12"), Install("13"));
        Assert.Equal(chosen, PostgresInstallation.Find(chosen, path, _root).Folder);
    }

    [Fact]
    public void Find_OnPath_WinsOverPackages()
    {
        Install("17");
        var path = Install("13");
        Assert.Equal(path, PostgresInstallation.Find(null, $"/nowhere:{path}", _root).Folder);
    }

    [Fact]
    public void Find_SeveralPackages_TakesTheNewest()
    {
        Install("9.6");
        var newest = Install("15");
        Install("13");
        Directory.CreateDirectory(Path.Combine(_root, "18", "bin"));
        Assert.Equal(newest, PostgresInstallation.Find(null, "", _root).Folder);
    }

    private string Install(string version)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_root, version, "bin")).FullName;
        foreach (var program in new[] { "initdb", "postgres", "pg_rewind", "pg_basebackup" })
            File.WriteAllText(Path.Combine(folder, program), "");
        return folder;
    }
}
