using System.Text.RegularExpressions;

namespace ClusterClient.Testing;

/// <summary>Says what <see cref="LocalPostgres.StartAsync"/> shall start. At least one region is needed.</summary>
/// <threadsafety>Not safe; it is used only inside the call.</threadsafety>
public sealed partial class LocalPostgresBuilder
{
    private readonly List<(string Region, string Name)> _nodes = [];
    private readonly List<KeyValuePair<string, string>> _settings = [];
    private readonly List<string> _scripts = [];

    internal LocalPostgresBuilder()
    {
    }

    internal IReadOnlyList<(string Region, string Name)> Nodes => _nodes;

    internal IReadOnlyList<KeyValuePair<string, string>> Settings => _settings;

    internal IReadOnlyList<string> Scripts => _scripts;

    internal bool HasOwnIdentifier { get; private set; }

    internal string? SynchronousStandbyNames { get; private set; }

    /// <summary>
    /// Adds a region. Its nodes are called by its name and a number from 1 on. The first node of the first region is the
    /// primary; all others follow it directly.
    /// </summary>
    /// <param name="name">Lower-case letters, digits and dashes, such as <c>eu</c>.</param>
    /// <param name="nodes">How many servers, from 1 on.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException">The name has other characters, or was given before.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than one node.</exception>
    public LocalPostgresBuilder Region(string name, int nodes)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(nodes, 1);
        if (!RegionName().IsMatch(name))
            throw new ArgumentException($"'{name}' is not lower-case letters, digits and dashes.", nameof(name));
        if (_nodes.Exists(node => node.Region == name))
            throw new ArgumentException($"Region '{name}' was given before.", nameof(name));
        for (var number = 1; number <= nodes; number++)
            _nodes.Add((name, $"{name}-{number}"));
        return this;
    }

    /// <summary>Adds a server setting (a line of postgresql.conf) on every node; it wins over this package's own
    /// choice.</summary>
    /// <param name="name">The name, such as <c>work_mem</c>.</param>
    /// <param name="value">The value, without quotes around it. <c>max_connections</c> may not be below 100: standbys
    /// would refuse to start.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException">Not the name of a setting.</exception>
    public LocalPostgresBuilder Setting(string name, string value)
    {
        ThrowUnlessSetting(name);
        ArgumentNullException.ThrowIfNull(value);
        _settings.Add(new(name, value));
        return this;
    }

    /// <summary>
    /// Gives this group a system identifier of its own. Otherwise all groups of a machine share one, as they are copies of the
    /// same template. Costs about a second.
    /// </summary>
    /// <returns>This builder.</returns>
    public LocalPostgresBuilder NewSystemIdentifier()
    {
        HasOwnIdentifier = true;
        return this;
    }

    /// <summary>
    /// Runs a script on the primary, in the database app, before the group is handed out; the standbys have replayed it then.
    /// It runs with the rights of role app, which owns what it creates; after <c>reset role;</c> with those of a superuser.
    /// </summary>
    /// <param name="script">One or more statements. Scripts run in the order they were given.</param>
    /// <returns>This builder.</returns>
    public LocalPostgresBuilder Sql(string script)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(script);
        _scripts.Add(script);
        return this;
    }

    /// <summary>Makes commits on the primary wait for standbys, from the moment the group is handed out.</summary>
    /// <param name="synchronousStandbyNames">A value for the server's <c>synchronous_standby_names</c>, such as <c>ANY 1
    /// (*)</c>.</param>
    /// <returns>This builder.</returns>
    public LocalPostgresBuilder Synchronous(string synchronousStandbyNames)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(synchronousStandbyNames);
        SynchronousStandbyNames = synchronousStandbyNames;
        return this;
    }

    internal static void ThrowUnlessSetting(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!SettingName().IsMatch(name))
            throw new ArgumentException($"'{name}' is not the name of a setting.", nameof(name));
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9-]*$")]
    private static partial Regex RegionName();

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_.]*$")]
    private static partial Regex SettingName();
}
