using System.Collections;
using System.Data.Common;

namespace ClusterClient.Tests.Fakes;

internal sealed class FakeParameters : DbParameterCollection
{
    private readonly ArrayList _all = [];

    public override int Count => _all.Count;

    public override object SyncRoot => _all;

    public override int Add(object value) => _all.Add(value);

    public override void AddRange(Array values) => _all.AddRange(values);

    public override void Clear() => _all.Clear();

    public override bool Contains(object value) => _all.Contains(value);

    public override bool Contains(string value) => IndexOf(value) >= 0;

    public override void CopyTo(Array array, int index) => _all.CopyTo(array, index);

    public override IEnumerator GetEnumerator() => _all.GetEnumerator();

    public override int IndexOf(object value) => _all.IndexOf(value);

    public override int IndexOf(string parameterName) => _all.Cast<FakeParameter>().Select(p => p.ParameterName).ToList().IndexOf(parameterName);

    public override void Insert(int index, object value) => _all.Insert(index, value);

    public override void Remove(object value) => _all.Remove(value);

    public override void RemoveAt(int index) => _all.RemoveAt(index);

    public override void RemoveAt(string parameterName) => _all.RemoveAt(IndexOf(parameterName));

    protected override DbParameter GetParameter(int index) => (DbParameter)_all[index]!;

    protected override DbParameter GetParameter(string parameterName) => GetParameter(IndexOf(parameterName));

    protected override void SetParameter(int index, DbParameter value) => _all[index] = value;

    protected override void SetParameter(string parameterName, DbParameter value) => SetParameter(IndexOf(parameterName), value);
}
