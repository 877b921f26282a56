using Dashboard.State;
using Dashboard.Story;

namespace Dashboard.Web;

/// <summary>What the page shows at one moment, and the answer to "what is wrong?".</summary>
internal sealed record Picture(ClusterState State, Answer Answer);
