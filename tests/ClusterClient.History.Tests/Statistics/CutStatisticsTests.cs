using ClusterClient.History.Recording;
using ClusterClient.History.Statistics;
using ClusterClient.History.Tests.Checks;

namespace ClusterClient.History.Tests.Statistics;

public sealed class CutStatisticsTests
{
    [Theory]
    [InlineData(0, 300, 340, 40)]
    [InlineData(310, 300, 340, 30)]
    [InlineData(0, 300, 290, 0)]
    [InlineData(0, null, 290, 290)]
    public void Delay_SentAcceptedResolved_CountsFromTheLaterOfSentAndAccepted(int sent, int? accepted, int resolved, int expected)
    {
        var fault = new FaultRecord
        {
            Number = 1, Name = "kill and promote", Node = "eu-1", Began = At(-10), Ended = At(1_000), AcceptedAt = accepted is { } ms ? At(ms) : null,
        };

        var delay = CutStatistics.Delay(new(1, At(sent), At(resolved), Outcome.Committed), [fault]);

        Assert.Equal(TimeSpan.FromMilliseconds(expected), delay);
    }

    private static DateTimeOffset At(int ms) => Fabrication.Start + TimeSpan.FromMilliseconds(ms);
}
