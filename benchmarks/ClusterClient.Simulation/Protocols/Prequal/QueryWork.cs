using ClusterClient.Simulation.Engine;

namespace ClusterClient.Simulation.Protocols.Prequal;

/// <summary>How much processor time a query takes: a normal distribution, what is below 0 drawn again.</summary>
internal sealed class QueryWork(double mode, double deviation)
{
    private const int Slices = 20_000;
    private const double Reach = 8;

    public double Mean { get; } = MeanOf(mode, deviation);

    public double Draw(RandomStream random)
    {
        double work;
        do
        {
            work = mode + deviation * random.Normal();
        }
        while (work < 0);

        return work;
    }

    // Summed up rather than in closed form: that would need an error function, which the runtime has none of.
    private static double MeanOf(double mode, double deviation)
    {
        if (deviation == 0)
        {
            return mode;
        }

        double weights = 0, sum = 0;
        for (var i = 0; i < Slices; i++)
        {
            var z = Reach * (2.0 * i / Slices - 1);
            var work = mode + deviation * z;
            if (work >= 0)
            {
                var weight = Math.Exp(-z * z / 2);
                weights += weight;
                sum += weight * work;
            }
        }

        return sum / weights;
    }
}
