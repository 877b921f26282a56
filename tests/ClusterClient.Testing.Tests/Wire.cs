using System.Buffers.Binary;
using System.Text;

namespace ClusterClient.Testing.Tests;

/// <summary>The few messages of PostgreSQL's protocol that tests send byte by byte.</summary>
internal static class Wire
{
    public static async Task<TestClient> OpenSessionAsync(int port)
    {
        var client = await TestClient.ConnectAsync(port);
        var parameters = "user\0app\0database\0app\0\0"u8;
        await client.SendAsync([0, 0, 0, (byte)(8 + parameters.Length), 0, 3, 0, 0, .. parameters]);
        await ReadUntilReadyAsync(client);
        return client;
    }

    public static async Task RunAsync(TestClient client, string sql)
    {
        await client.SendAsync(Query(sql));
        await ReadUntilReadyAsync(client);
    }

    public static byte[] Query(string sql) => Message('Q', sql + "\0");

    /// <summary>An unnamed statement without parameters.</summary>
    public static byte[] Parse(string sql) => Message('P', $"\0{sql}\0\0\0");

    /// <summary>Binds and executes the unnamed statement, and asks for all answers so far.</summary>
    public static byte[] BindExecuteSync() =>
        [.. Message('B', "\0\0\0\0\0\0\0\0"), .. Message('E', "\0\0\0\0\0"), .. Message('S', "")];

    private static byte[] Message(char type, string body)
    {
        byte[] message = [(byte)type, 0, 0, 0, 0, .. Encoding.ASCII.GetBytes(body)];
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(1), message.Length - 1);
        return message;
    }

    // ReadyForQuery is the last message of an answer: Z, its length 5, and the state of the transaction.
    private static async Task ReadUntilReadyAsync(TestClient client)
    {
        var answer = new List<byte>();
        while (answer is not [.., (byte)'Z', 0, 0, 0, 5, (byte)'I' or (byte)'T' or (byte)'E'])
            answer.Add(Assert.Single(await client.ReceiveAsync(1)));
    }
}
