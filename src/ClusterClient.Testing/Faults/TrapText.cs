using System.Buffers;
using System.Text;

namespace ClusterClient.Testing.Faults;

/// <summary>
/// A text to look for among bytes, in either case and as whole words: a COMMIT is neither in <c>synchronous_commit</c> nor in the
/// name of a table of commits. The end of what has come in is the end of a word, too, for not every protocol ends its texts with
/// a byte of their own.
/// </summary>
/// <param name="text">ASCII, one character at least.</param>
internal sealed class TrapText(string text)
{
    // A simple query is a Q, four bytes of length and the text: what the length ends with may look like a letter.
    private const int HeaderLength = 5;

    private static readonly SearchValues<byte> WordBytes =
        SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"u8);

    private readonly byte[] _text = Encoding.ASCII.GetBytes(text);

    /// <summary>How many of the last bytes to look at again with the next ones, so that no split hides the text.</summary>
    public int Overlap => HeaderLength + _text.Length - 1;

    /// <summary>Whether the bytes hold the text where it ends after the first <paramref name="known"/> of them.</summary>
    public bool IsIn(ReadOnlySpan<byte> bytes, int known)
    {
        for (var start = Math.Max(0, known - _text.Length + 1); start + _text.Length <= bytes.Length; start++)
        {
            var next = bytes[start..].IndexOfAny(Lower(_text[0]), Upper(_text[0]));
            if (next < 0)
                return false;
            start += next;
            if (IsAt(bytes, start))
                return true;
        }

        return false;
    }

    private bool IsAt(ReadOnlySpan<byte> bytes, int start)
    {
        var end = start + _text.Length;
        return end <= bytes.Length
            && Ascii.EqualsIgnoreCase(bytes[start..end], _text)
            && (!IsWord(_text[0]) || BeginsWord(bytes[..start]))
            && (!IsWord(_text[^1]) || end == bytes.Length || !IsWord(bytes[end]));
    }

    private static bool BeginsWord(ReadOnlySpan<byte> before) =>
        before is [] or [.., (byte)'Q', 0, _, _, _] || !IsWord(before[^1]);

    private static bool IsWord(byte value) => WordBytes.Contains(value);

    private static byte Lower(byte value) => (byte)char.ToLowerInvariant((char)value);

    private static byte Upper(byte value) => (byte)char.ToUpperInvariant((char)value);
}
