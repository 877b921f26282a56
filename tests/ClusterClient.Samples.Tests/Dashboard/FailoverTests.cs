using System.Text.RegularExpressions;
using Dashboard;
using Microsoft.Playwright;

namespace ClusterClient.Samples.Tests.Dashboard;

/// <summary>A real failover under load, done and watched through the page.</summary>
[Collection(BrowserFixture.Name)]
public sealed class FailoverTests(BrowserFixture fixture)
{
    [Fact]
    public async Task Page_PrimaryKilledAndReplicaPromoted_ShowsTellsAndAnnouncesIt()
    {
        await using var site = await Site.StartAsync(new());
        var page = await DashboardPage.OpenAsync(await fixture.Browser.OpenAsync(1280, 890), site.Url);

        await page.ExpectAsync(page.Answer, "Nothing is wrong: all 5 nodes answer. Writes go to eu-1 in eu");
        await page.ExpectAsync(page.Node("eu-1"), "primary");
        await page.WaitForAsync(HasDrawn(Pictures.AreAccepted ? 45 : 4));
        await Pictures.KeepAsync("before", await page.PictureAsync());

        await page.DoAsync("Kill", "eu-1");
        await page.ExpectAsync(page.Answer, new Regex("There is no primary: eu-1 is down. Writes wait until a replica is promoted, and reads go to"));
        await page.ExpectAsync(page.Node("eu-1"), "unreachable");
        await page.ExpectAsync(page.Timeline, "eu-1 is not the primary any more");
        await page.WaitForAsync("+document.querySelector('#numbers dd').textContent === 0");
        await Pictures.KeepAsync("during", await page.PictureAsync());
        Assert.Empty(await page.SpokenAsync());

        await page.Button("Announce aloud").ClickAsync();
        await page.DoAsync("Promote", "eu-2");
        await page.ExpectAsync(page.Node("eu-2"), "primary");
        await page.ExpectAsync(page.Timeline, new Regex(@"eu-2 in eu took over from eu-1 after \d+\.\d s without a primary: writes go on, in epoch 2\."));
        await page.ExpectAsync(page.Answer, "eu-1 is down. Writes go on at eu-2 in eu, and reads go to eu-3, us-1 and us-2.");
        await page.WaitForAsync("+document.querySelector('#numbers dd').textContent > 0");
        var spoken = Assert.Single(await page.SpokenAsync(), said => said.Contains("took over", StringComparison.Ordinal));
        Assert.StartsWith("eu-2 in eu took over from eu-1", spoken, StringComparison.Ordinal);
        Assert.DoesNotContain(await page.SpokenAsync(), said => said.Contains("not the primary any more", StringComparison.Ordinal));
        await page.WaitForAsync(HasDrawn(Pictures.AreAccepted ? 60 : 4));
        await Pictures.KeepAsync("after", await page.PictureAsync());

        await page.Button("Read it out").ClickAsync();
        await page.WaitForAsync("window.spoken.at(-1).startsWith('eu-1 is down. Writes go on')");

        await page.DoAsync("Rejoin as replica", "eu-1");
        await page.ExpectAsync(page.Node("eu-1"), "replica");
        await page.ExpectAsync(page.Answer, "Nothing is wrong: all 5 nodes answer. Writes go to eu-2 in eu");
        Assert.Empty(page.Complaints);
    }

    private static string HasDrawn(int points) =>
        $"document.querySelector('[data-node=us-1] .line').getAttribute('d').split('L').length >= {points}";
}
