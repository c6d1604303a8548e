using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace Muxi.Llm;

/// <summary>
/// Our ids of calls: 32 hexadecimal digits that sort by time, twelve of the clock's milliseconds, ten drawn once for this process, ten counted. Drawing for each
/// call, as a Guid does, is a system call.
/// </summary>
internal static class CallIds
{
    private const ulong TenDigits = (1UL << 40) - 1;

    private static readonly ulong _process = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8)) & TenDigits;
    private static ulong _count;

    public static string Next(DateTimeOffset now) => string.Create(
        CultureInfo.InvariantCulture, $"{now.ToUnixTimeMilliseconds():x12}{_process:x10}{Interlocked.Increment(ref _count) & TenDigits:x10}");
}
