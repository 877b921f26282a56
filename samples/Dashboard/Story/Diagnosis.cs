using ClusterClient.Health;
using ClusterClient.Topology;
using Dashboard.State;

namespace Dashboard.Story;

/// <summary>Answers "what is wrong?" from one picture: the worst thing first, and what it means for callers. Pure.</summary>
internal static class Diagnosis
{
    public static Answer Of(ClusterState state)
    {
        var contested = state.Nodes.Where(node => node.Status == NodeStatus.Contested).Select(node => node.Name).ToArray();
        var troubles = state.Nodes.Where(node => node.Role != NodeRole.Primary && !node.ServesReads).Select(Trouble).ToArray();
        return state switch
        {
            _ when state.Nodes.All(node => node.Status == NodeStatus.Unseen) =>
                new(Tone.Warning, "Nothing is known yet: no server has answered.", "The first look takes a moment."),
            _ when contested.Length > 0 => new(
                Tone.Bad,
                $"{Words.List(contested)} accept writes in the same epoch {state.Epoch}, and nothing tells which of them is right.",
                $"Writes are refused until one of them remains, and {Reads(state)}."),
            { Primary: null } => new(
                Tone.Bad,
                $"There is no primary: {(troubles.Length == 0 ? "no node accepts writes" : Words.List(troubles))}.",
                $"Writes wait until a replica is promoted, and {Reads(state)}."),
            { Primary: { Circuit: not CircuitStatus.Closed } primary } => new(
                Tone.Bad, $"Writes to the primary {primary.Name} are held back: its circuit is {Circuit(primary)}.", $"Meanwhile {Reads(state)}."),
            { Primary: { } primary, AreWritesStuck: true } => new(
                Tone.Bad,
                $"{primary.Name} is the primary, but no write succeeds there.",
                $"It may hang, or miss the replica that a commit waits for; {Reads(state)}."),
            { Primary: { } primary } when troubles.Length > 0 => new(
                Tone.Warning, $"{Words.List(troubles)}.", $"Writes go on at {primary.Name} in {primary.Region}, and {Reads(state)}."),
            _ => new(
                Tone.Good,
                $"Nothing is wrong: all {state.Nodes.Count} nodes answer.",
                $"Writes go to {state.Primary.Name} in {state.Primary.Region}, and {Reads(state)}."),
        };
    }

    private static string Trouble(NodeState node) => node switch
    {
        { Status: NodeStatus.Unreachable } => $"{node.Name} is down",
        { Status: NodeStatus.Silent } => $"{node.Name} is silent",
        { Status: NodeStatus.Unseen } => $"{node.Name} has not answered yet",
        { Status: NodeStatus.Fenced } => $"{node.Name} is an old primary and fenced off",
        { Status: NodeStatus.Diverged } => $"{node.Name} has writes that the primary does not have",
        { Status: NodeStatus.Foreign } => $"{node.Name} belongs to another group",
        { Circuit: not CircuitStatus.Closed } => $"{node.Name} is left alone because its circuit is {Circuit(node)}",
        { IsEjected: true } => $"{node.Name} is left alone because calls there fail or hang",
        _ => $"{node.Name} is too far behind to be read from",
    };

    private static string Reads(ClusterState state)
    {
        var serving = state.Nodes.Where(node => node.ServesReads).Select(node => node.Name).ToArray();
        return serving.Length > 0 ? $"reads go to {Words.List(serving)}"
            : state.Primary is null ? "nothing can be read either"
            : "reads go to the primary too, because no replica can serve them";
    }

    private static string Circuit(NodeState node) => node.Circuit switch
    {
        CircuitStatus.HalfOpen => "half-open, on trial",
        CircuitStatus.Isolated => "isolated by an operator",
        _ => "open",
    };
}
