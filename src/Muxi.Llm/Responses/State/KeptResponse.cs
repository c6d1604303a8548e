using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>A response that is kept here, and all that it was made from.</summary>
/// <param name="Response">The response.</param>
/// <param name="Input">The items before it, those of earlier responses included, oldest first.</param>
internal sealed record KeptResponse(Response Response, IReadOnlyList<ResponseItem> Input)
{
    /// <summary>How long OpenAI keeps a response, and we.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);

    /// <summary>
    /// What an entry is called: a hash of its id and of whose it is, so that nobody finds another one's. Whose it is, are the service, its address, every credential that
    /// is sent there, and, at a server, who asks it.
    /// </summary>
    public static string KeyOf(string id, Target target, string? tenant)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, "muxi-llm response 1");
        Add(hash, id);
        Add(hash, target.Provider.Name);
        Add(hash, target.BaseUrl.At("").AbsoluteUri);
        Add(hash, target.BaseUrl.User);
        Add(hash, target.Key);
        Add(hash, tenant);
        foreach (var (name, value) in target.Headers.Where(header => IsCredential(header.Key, target)).OrderBy(static header => header.Key, StringComparer.OrdinalIgnoreCase))
        {
            Add(hash, name.ToUpperInvariant());
            Add(hash, value);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public byte[] ToUtf8() => JsonOut.ToUtf8(this, static (json, kept) =>
    {
        json.WriteStartObject();
        json.WritePropertyName("response"u8);
        ResponseWriter.Write(json, kept.Response);
        ResponseItemJson.WriteList(json, "input"u8, kept.Input, isReply: false);
        json.WriteEndObject();
    });

    /// <summary>Reads an entry; null where it is none of ours.</summary>
    public static KeptResponse? Read(ReadOnlySpan<byte> utf8)
    {
        try
        {
            Response? response = null;
            List<ResponseItem>? input = null;
            var reader = new Utf8JsonReader(utf8);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
            while (reader.NextMember())
            {
                if (reader.Is("response"u8) && reader.EnterObject()) response = ResponseReader.Read(ref reader, utf8, out _);
                else if (reader.Is("input"u8)) input = ResponseItemJson.ReadList(ref reader, utf8);
                else reader.SkipMember();
            }
            return response is null || input is null ? null : new(response, input);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The items that it was made from, as a list of them shows them: each with an id, its content in parts.</summary>
    public IReadOnlyList<ResponseItem> Listed() => [.. Input.Select((item, place) => Listed(item, Response.Id, place))];

    private static ResponseItem Listed(ResponseItem item, string response, int place)
    {
        var isAnswer = item.Role == Role.Assistant;
        var (prefix, status) = item.Type.Value switch
        {
            "message" => ("msg_", "completed"),
            "reasoning" => ("rs_", null),
            "function_call" or "function_call_output" => (item.Type == ResponseItemType.FunctionCall ? "fc_" : "fco_", "completed"),
            "custom_tool_call" or "custom_tool_call_output" => (item.Type == ResponseItemType.CustomToolCall ? "ctc_" : "ctco_", "completed"),
            _ => ("item_", item.Status),
        };
        if (item.Type == ResponseItemType.Message && item.Content is { IsList: false } said)
            item = item with { Content = ResponseContent.FromParts([isAnswer ? new() { Type = ResponsePartType.OutputText, Text = said.Text, Annotations = [], Logprobs = [] } : ResponsePart.FromText(said.Text)]) };
        return item with { Id = item.Id ?? prefix + IdOf(response, place), Status = item.Status ?? status, IsPlain = false };
    }

    private static string IdOf(string response, int place) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{response}/input/{place}")))[..32];

    private static bool IsCredential(string header, Target target) => Secrets.IsSecret(header) || header.Equals(target.Auth.Header, StringComparison.OrdinalIgnoreCase);

    private static void Add(IncrementalHash hash, string? text)
    {
        var bytes = Encoding.UTF8.GetBytes(text ?? "");
        Span<byte> length = stackalloc byte[sizeof(int)];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(length, text is null ? -1 : bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}
