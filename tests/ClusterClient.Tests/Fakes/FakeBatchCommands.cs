using System.Data.Common;

namespace ClusterClient.Tests.Fakes;

internal sealed class FakeBatchCommands : DbBatchCommandCollection
{
    private readonly List<DbBatchCommand> _all = [];

    public override int Count => _all.Count;

    public override bool IsReadOnly => false;

    public override void Add(DbBatchCommand item) => _all.Add(item);

    public override void Clear() => _all.Clear();

    public override bool Contains(DbBatchCommand item) => _all.Contains(item);

    public override void CopyTo(DbBatchCommand[] array, int arrayIndex) => _all.CopyTo(array, arrayIndex);

    public override IEnumerator<DbBatchCommand> GetEnumerator() => _all.GetEnumerator();

    public override int IndexOf(DbBatchCommand item) => _all.IndexOf(item);

    public override void Insert(int index, DbBatchCommand item) => _all.Insert(index, item);

    public override bool Remove(DbBatchCommand item) => _all.Remove(item);

    public override void RemoveAt(int index) => _all.RemoveAt(index);

    protected override DbBatchCommand GetBatchCommand(int index) => _all[index];

    protected override void SetBatchCommand(int index, DbBatchCommand batchCommand) => _all[index] = batchCommand;
}
