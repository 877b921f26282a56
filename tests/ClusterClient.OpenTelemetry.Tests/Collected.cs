using System.Collections;

namespace ClusterClient.OpenTelemetry.Tests;

/// <summary>What an exporter has in memory, to be looked at while more comes.</summary>
internal sealed class Collected<T> : ICollection<T>
{
    private readonly List<T> _items = [];

    public int Count
    {
        get
        {
            lock (_items)
            {
                return _items.Count;
            }
        }
    }

    public bool IsReadOnly => false;

    public void Add(T item)
    {
        lock (_items)
        {
            _items.Add(item);
        }
    }

    public void Clear()
    {
        lock (_items)
        {
            _items.Clear();
        }
    }

    public IEnumerator<T> GetEnumerator()
    {
        lock (_items)
        {
            return _items.ToList().GetEnumerator();
        }
    }

    public bool Contains(T item) => this.ToList().Contains(item);

    public void CopyTo(T[] array, int arrayIndex) => this.ToList().CopyTo(array, arrayIndex);

    public bool Remove(T item) => throw new NotSupportedException();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
