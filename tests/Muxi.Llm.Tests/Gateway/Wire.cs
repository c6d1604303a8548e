using System.Net.Sockets;
using System.Text;

namespace Muxi.Llm.Tests;

/// <summary>A connection as the socket has it, for what no well-behaved client sends or shows.</summary>
internal static class Wire
{
    /// <summary>Sends this, and gives all that comes until the connection is closed; nothing where the client leaves at once.</summary>
    public static async Task<string> AskAsync(Uri url, string request, bool isLeft = false)
    {
        using var socket = new TcpClient(url.Host, url.Port);
        var wire = socket.GetStream();
        await wire.WriteAsync(Encoding.UTF8.GetBytes(request), TestContext.Current.CancellationToken);
        if (isLeft) return "";
        var bytes = new MemoryStream();
        try
        {
            await wire.CopyToAsync(bytes, TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        }
        catch (IOException)
        {
            // Reset.
        }
        return Encoding.UTF8.GetString(bytes.ToArray());
    }
}
