using System.Buffers.Binary;

namespace Muxi.Llm;

/// <summary>The check sum of Ethernet, zip and Amazon's frames (IEEE 802.3: polynomial 0x04C11DB7, reflected). Eight bytes are taken at a time, by a table for each of them.</summary>
internal static class Crc32
{
    private const int Lanes = 8;

    private static readonly uint[] _tables = Tables();

    /// <summary>The sum of some bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var sum = uint.MaxValue;
        for (; bytes.Length >= Lanes; bytes = bytes[Lanes..])
        {
            var low = BinaryPrimitives.ReadUInt32LittleEndian(bytes) ^ sum;
            var high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            sum = _tables[(7 << 8) | (byte)low] ^ _tables[(6 << 8) | (byte)(low >> 8)] ^ _tables[(5 << 8) | (byte)(low >> 16)] ^ _tables[(4 << 8) | (low >> 24)]
                ^ _tables[(3 << 8) | (byte)high] ^ _tables[(2 << 8) | (byte)(high >> 8)] ^ _tables[(1 << 8) | (byte)(high >> 16)] ^ _tables[high >> 24];
        }
        foreach (var b in bytes) sum = _tables[(byte)(sum ^ b)] ^ (sum >> 8);
        return ~sum;
    }

    private static uint[] Tables()
    {
        var tables = new uint[Lanes * 256];
        for (var i = 0u; i < 256; i++)
        {
            var sum = i;
            for (var bit = 0; bit < 8; bit++) sum = (sum & 1) == 0 ? sum >> 1 : 0xEDB88320u ^ (sum >> 1);
            tables[i] = sum;
        }
        for (var i = 256; i < tables.Length; i++) tables[i] = tables[(byte)tables[i - 256]] ^ (tables[i - 256] >> 8);
        return tables;
    }
}
