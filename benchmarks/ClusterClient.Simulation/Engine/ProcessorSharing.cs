namespace ClusterClient.Simulation.Engine;

/// <summary>
/// A server whose queries share its cores evenly, at most one core a query; the cores change with time. As all progress at one
/// rate, what is kept is a clock of progress: a query is done when that has moved on by its work, and a change of cores or of
/// company changes the clock's speed, not the queries. Times in µs, work in µs of one core.
/// </summary>
/// <remarks>
/// Whoever runs it asks for <see cref="NextCompletion"/> after each change and schedules it together with <see cref="Version"/>;
/// an event whose version is no longer the server's has been overtaken and is dropped.
/// </remarks>
internal sealed class ProcessorSharing(double cores)
{
    private Job[] _jobs = NewJobs(0, new Job[64]);
    private int[] _heap = new int[64];
    private int _free;
    private double _updated;
    private double _progress;

    /// <summary>Queries in it.</summary>
    public int Active { get; private set; }

    /// <summary>Changes with everything that may move the next completion.</summary>
    public int Version { get; private set; }

    public double Cores { get; private set; } = cores;

    /// <summary>Work done until the last change, in µs of one core.</summary>
    public double WorkDone { get; private set; }

    /// <summary>Work that could have been done until the last change.</summary>
    public double WorkPossible { get; private set; }

    private double Rate => Active == 0 ? 0 : Math.Min(1, Cores / Active);

    public void SetCores(double now, double cores)
    {
        Advance(now);
        Cores = cores;
    }

    /// <summary>A query begins; the handle cancels it, until it is complete.</summary>
    public int Begin(double now, int id, double work)
    {
        Advance(now);
        if (Active == _heap.Length)
        {
            Array.Resize(ref _jobs, Active * 2);
            Array.Resize(ref _heap, Active * 2);
            NewJobs(Active, _jobs);
            _free = Active;
        }

        var handle = _free;
        _free = _jobs[handle].Position;
        _jobs[handle] = new Job { Id = id, Until = _progress + work };
        Rise(Active++, handle);
        return handle;
    }

    public void Cancel(double now, int handle)
    {
        Advance(now);
        Remove(_jobs[handle].Position);
    }

    /// <summary>When the next query will be done if nothing changes; infinity for none.</summary>
    public double NextCompletion =>
        Active == 0 || Cores <= 0 ? double.PositiveInfinity : _updated + Math.Max(0, _jobs[_heap[0]].Until - _progress) / Rate;

    /// <summary>The query whose completion was due now.</summary>
    /// <returns>The id that it began with.</returns>
    public int Complete(double now)
    {
        Advance(now);
        var id = _jobs[_heap[0]].Id;
        Remove(0);
        return id;
    }

    /// <summary>Brings <see cref="WorkDone"/> and <see cref="WorkPossible"/> up to now.</summary>
    public void Advance(double now)
    {
        var elapsed = now - _updated;
        if (elapsed > 0)
        {
            var step = elapsed * Rate;
            _progress += step;
            WorkDone += step * Active;
            WorkPossible += elapsed * Cores;
            _updated = now;
        }

        Version++;
    }

    private void Remove(int position)
    {
        var handle = _heap[position];
        _jobs[handle].Position = _free;
        _free = handle;
        var last = _heap[--Active];
        if (position == Active)
        {
            return;
        }

        if (position > 0 && _jobs[last].Until < _jobs[_heap[(position - 1) / 2]].Until)
        {
            Rise(position, last);
        }
        else
        {
            Sink(position, last);
        }
    }

    private void Rise(int at, int handle)
    {
        while (at > 0 && _jobs[handle].Until < _jobs[_heap[(at - 1) / 2]].Until)
        {
            Place(at, _heap[(at - 1) / 2]);
            at = (at - 1) / 2;
        }

        Place(at, handle);
    }

    private void Sink(int at, int handle)
    {
        for (var child = 2 * at + 1; child < Active; child = 2 * at + 1)
        {
            if (child + 1 < Active && _jobs[_heap[child + 1]].Until < _jobs[_heap[child]].Until)
            {
                child++;
            }

            if (_jobs[handle].Until <= _jobs[_heap[child]].Until)
            {
                break;
            }

            Place(at, _heap[child]);
            at = child;
        }

        Place(at, handle);
    }

    private void Place(int at, int handle)
    {
        _heap[at] = handle;
        _jobs[handle].Position = at;
    }

    private static Job[] NewJobs(int from, Job[] jobs)
    {
        for (var i = from; i < jobs.Length; i++)
        {
            jobs[i].Position = i + 1;
        }

        return jobs;
    }

    /// <summary>A query: done when the clock of progress reaches Until. Position is its place in the heap, or the next free slot's handle.</summary>
    private struct Job
    {
        public int Id;
        public double Until;
        public int Position;
    }
}
