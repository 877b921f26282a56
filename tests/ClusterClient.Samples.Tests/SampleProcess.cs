using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace ClusterClient.Samples.Tests;

/// <summary>A sample as its user starts it: a program of its own that says where it is, and is ended by a signal.</summary>
internal sealed partial class SampleProcess : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private SampleProcess(ProcessStartInfo start)
    {
        _process = new() { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public string Output => string.Join(Environment.NewLine, _output);

    /// <summary>Starts a sample that was built with the tests, and waits until it has said its address.</summary>
    public static async Task<(SampleProcess Sample, Uri Address)> ServeAsync(string name, Dictionary<string, string>? environment = null)
    {
        var sample = Start(name, [], environment);
        try
        {
            return (sample, await sample._address.Task.WaitAsync(Limit));
        }
        catch (Exception e) when (e is TimeoutException or InvalidOperationException)
        {
            await sample.DisposeAsync();
            throw new InvalidOperationException($"{name} does not serve:{Environment.NewLine}{sample.Output}", e);
        }
    }

    public static SampleProcess Start(string name, string[] arguments, Dictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, $"{name}.dll"));
        Array.ForEach(arguments, start.ArgumentList.Add);
        foreach (var (variable, value) in environment ?? [])
        {
            start.Environment[variable] = value;
        }

        return new(start);
    }

    /// <summary>Asks it to end, as an init system would, and waits for that.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> TerminateAsync()
    {
        using var kill = Process.Start("sh", ["-c", $"kill -TERM {_process.Id}"]);
        return await WaitForExitAsync();
    }

    public async Task<int> WaitForExitAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await WaitForExitAsync();
        }

        _process.Dispose();
    }

    private void Read(string? line)
    {
        if (line is null)
        {
            _address.TrySetException(new InvalidOperationException("It ended."));
            return;
        }

        _output.Enqueue(line);
        if (Address().Match(line) is { Success: true, Value: var address })
        {
            _address.TrySetResult(new(address));
        }
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex Address();
}
