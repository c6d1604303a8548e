using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>A chat request that has passed the checks of <see cref="SandboxChatReader"/>.</summary>
internal sealed record SandboxChatRequest
{
    private static readonly string[] CountedAsWritten = ["tools", "functions", "response_format"];

    public required string Model { get; init; }
    public required IReadOnlyList<SandboxMessage> Messages { get; init; }
    public required JsonElement Json { get; init; }
    public bool Stream { get; init; }
    public bool IncludeUsage { get; init; }
    public int Choices { get; init; } = 1;
    public IReadOnlyList<string> Stop { get; init; } = [];
    public int? MaxTokens { get; init; }
    public bool Logprobs { get; init; }
    public int TopLogprobs { get; init; }

    /// <summary>The effort, when reasoning is asked for.</summary>
    public string? Effort { get; init; }

    /// <summary><c>wav</c> or <c>pcm16</c>, when a spoken reply is asked for.</summary>
    public string? AudioFormat { get; init; }

    public IReadOnlyList<SandboxTool> Tools { get; init; } = [];

    /// <summary>The tools came as the older <c>functions</c>, so the call goes out as <c>function_call</c>.</summary>
    public bool Legacy { get; init; }

    public string UserText => Messages.LastOrDefault(message => message.Role == "user")?.Text ?? "";

    /// <summary>Texts, images and so on of all messages, then the tools and the response format as they were written, then three for the reply's opening.</summary>
    public int PromptTokens =>
        Messages.Sum(message => message.Tokens) + 3
        + CountedAsWritten.Sum(name => SandboxTokens.Count(Json.Get(name)?.GetRawText()));

    public int PromptAudioTokens => Messages.Sum(message => message.Parts.Where(part => part.Kind == "audio").Sum(part => part.Tokens));

    /// <summary>An id from the body and what it is for. Streaming is no part of it, so that a stream has the ids of the same reply unstreamed.</summary>
    public string Id(string prefix, string purpose)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var member in Json.EnumerateObject())
            if (member.Name is not ("stream" or "stream_options"))
                hash.AppendData(Encoding.UTF8.GetBytes($"{member.Name}\0{member.Value.GetRawText()}\0"));
        hash.AppendData(Encoding.UTF8.GetBytes(purpose));
        return prefix + Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 12));
    }
}

/// <summary>A tool of the request.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsCustom">Whether it takes free text, not arguments by a schema.</param>
/// <param name="Json">The <c>function</c> or <c>custom</c> object.</param>
internal sealed record SandboxTool(string Name, bool IsCustom, JsonElement Json);
