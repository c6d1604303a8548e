using System.Text;

namespace Muxi.Llm.Cli;

/// <summary>Standard output for those who want a writer: what goes wrong is told as <see cref="Terminal.Write"/> tells it.</summary>
internal sealed class GuardedWriter(Terminal terminal) : TextWriter
{
    public override Encoding Encoding => terminal.Out.Encoding;

    public override void Write(char value) => terminal.Write(value.ToString());

    public override void Write(char[] buffer, int index, int count) => terminal.Write(new string(buffer, index, count));

    public override void Write(string? value) => terminal.Write(value ?? "");
}
