using System.Diagnostics.CodeAnalysis;
using ClusterClient.Resilience;

namespace ClusterClient.Data;

/// <summary>
/// One command or batch under way: the node counts it as in flight from the moment it is sent until its first answer, a fault or its
/// caller's giving up, whichever comes first, and learns from it how quickly it serves. Ended exactly once; <c>default</c> counts nothing.
/// </summary>
/// <remarks>
/// A reader that is kept open is over for it: its rows are the caller's pace, and would make a node look frozen on which nothing waits.
/// </remarks>
internal readonly struct CallTicket(ConnectionOpener opener, ClusterNode node, long began)
{
    private readonly ConnectionOpener? _opener = opener;

    [MemberNotNullWhen(true, nameof(_opener))]
    private bool Counts => _opener is not null;

    /// <summary>The first of the answer is here.</summary>
    public void Answered()
    {
        if (Counts)
        {
            node.State.Complete(began, _opener.Clock.Now, _opener.RoundTripTo(node), faulted: false);
        }
    }

    /// <summary>It ended in an exception that means this.</summary>
    public void Failed(Fault fault)
    {
        if (Counts && fault.BlamesNode)
        {
            _opener.Outliers?.Met(node.State.Complete(began, _opener.Clock.Now, _opener.RoundTripTo(node), faulted: true));
        }
        else
        {
            GivenUp();
        }
    }

    /// <summary>It ended, and says nothing of the node.</summary>
    public void GivenUp()
    {
        if (Counts)
        {
            node.State.End(began);
        }
    }
}
