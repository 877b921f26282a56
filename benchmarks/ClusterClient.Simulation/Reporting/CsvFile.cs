using System.Globalization;
using ClusterClient.Simulation.Protocols;

namespace ClusterClient.Simulation.Reporting;

/// <summary>A row per run.</summary>
internal static class CsvFile
{
    private const string Header = "protocol,policy,load,seed,nodes,clients,p50_ms,p90_ms,p99_ms,p999_ms,errors,requests,mean_ms,jain";

    public static void Write(string path, IEnumerable<(Protocol Protocol, RunResult Result)> results)
    {
        using var file = new StreamWriter(path) { NewLine = "\n" };
        file.WriteLine(Header);
        foreach (var (protocol, r) in results)
        {
            file.Write(string.Create(
                CultureInfo.InvariantCulture,
                $"{protocol.Name},{r.Spec.Policy},{r.Spec.Load},{r.Spec.Seed},{r.Spec.Nodes},{r.Spec.Clients},"));
            file.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{r.P50:0.####},{r.P90:0.####},{r.P99:0.####},{r.P999:0.####},{r.Errors},{r.Requests},{r.Mean:0.####},{r.Jain:0.#####}"));
        }
    }
}
