namespace ClusterClient.History.Workload;

/// <summary>The tables. Where an operation must not be applied twice, nothing in them forbids it: it has to show.</summary>
internal static class Schema
{
    public const int Accounts = 12;

    public const long InitialBalance = 1_000_000;

    /// <summary>Where writes past the library are tried; no operation writes here.</summary>
    public const string TryWrite = "INSERT INTO tries DEFAULT VALUES";

    public static readonly string Sql = $"""
        CREATE TABLE lists (id int PRIMARY KEY, elements bigint[] NOT NULL);
        CREATE TABLE accounts (id int PRIMARY KEY, balance bigint NOT NULL);
        INSERT INTO accounts SELECT n, {InitialBalance} FROM generate_series(1, {Accounts}) n;
        CREATE TABLE transfers (id bigint NOT NULL, payer int NOT NULL, payee int NOT NULL, amount int NOT NULL);
        CREATE TABLE plain_rows (id bigint NOT NULL);
        CREATE TABLE upserts (id bigint PRIMARY KEY);
        CREATE TABLE tries (at timestamptz NOT NULL DEFAULT clock_timestamp());
        """;
}
