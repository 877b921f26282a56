using System.Text.Json;
using ClusterClient.Diagnostics;
using Microsoft.Extensions.Logging;

namespace ClusterClient.Health.Patterns;

/// <summary>Keeps patterns in a file, so that a restart does not forget. Trouble with it is logged and never anybody's exception.</summary>
/// <remarks>
/// Written beside its place and then moved there, so that a reader, or a crash, meets the old one or the new one and never half of one.
/// What cannot be read is not written over either: it may be somebody's, named by mistake, or of a newer version. For one caller at a
/// time.
/// </remarks>
internal sealed class PatternFile(string cluster, string path, TimeProvider time, ILogger logger)
{
    private bool _isForeign;

    public string Path => path;

    /// <summary>What was saved; nothing when there is no file, or none that can be used.</summary>
    public IReadOnlyList<NodeMemory> Load()
    {
        try
        {
            if (!File.Exists(path))
            {
                return [];
            }

            using var stream = File.OpenRead(path);
            var document = JsonSerializer.Deserialize(stream, PatternJson.Default.PatternDocument);
            if ((document is null ? "it is empty" : document.Objection(cluster)) is { } objection)
            {
                return Reject(objection, null);
            }

            var memories = document!.Memories(HourOfWeek.Hour(time.GetUtcNow())).ToArray();
            Log.PatternsLoaded(logger, cluster, memories.Length, path);
            return memories;
        }
#pragma warning disable CA1031 // Whatever is wrong with a file, the application runs as well without it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return Reject(e is JsonException ? "it is damaged, or of another kind" : "it cannot be read", e);
        }
    }

    public void Save(IEnumerable<NodeMemory> memories)
    {
        // Whoever has moved a foreign file away wants this one saved.
        if (_isForeign && File.Exists(path))
        {
            return;
        }

        _isForeign = false;
        var draft = $"{path}.{System.IO.Path.GetRandomFileName()}.tmp";
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
            using (var stream = File.Create(draft))
            {
                JsonSerializer.Serialize(stream, PatternDocument.Of(cluster, time.GetUtcNow(), memories), PatternJson.Default.PatternDocument);
                stream.Flush(flushToDisk: true);
            }

            File.Move(draft, path, overwrite: true);
        }
#pragma warning disable CA1031 // Full disks and missing rights cost the memory of a restart and nothing else.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.PatternsNotSaved(logger, cluster, path, e);
            TryDelete(draft);
        }
    }

    private IReadOnlyList<NodeMemory> Reject(string reason, Exception? exception)
    {
        _isForeign = true;
        Log.PatternsRejected(logger, cluster, path, reason, exception);
        return [];
    }

    private static void TryDelete(string draft)
    {
        try
        {
            File.Delete(draft);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What made writing fail may make this fail too, and that was told already.
        }
    }
}
