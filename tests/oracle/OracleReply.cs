using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>What a reference reader understood of one chat reply, in the vendor's own words.</summary>
internal sealed class OracleReply
{
    public string? Id { get; set; }
    public string? Model { get; set; }
    public bool IsStream { get; set; }

    /// <summary>Whether a stream ended in its [DONE] sentinel.</summary>
    public bool SawDone { get; set; }

    public List<OracleChoice> Choices { get; } = [];
    public OracleUsage? Usage { get; set; }

    /// <summary>The error of a failed call, or the one that broke a stream: then the choices hold what came before it.</summary>
    public OracleError? Error { get; set; }
}

/// <summary>One choice. A text is empty where the service sent null, nothing or an empty string: the oracle does not tell them apart.</summary>
internal sealed class OracleChoice
{
    public int Index { get; set; }
    public string Text { get; set; } = "";
    public string Reasoning { get; set; } = "";
    public string Refusal { get; set; } = "";
    public List<OracleToolCall> ToolCalls { get; } = [];

    /// <summary>The vendor's word.</summary>
    public string? FinishReason { get; set; }

    public string? AudioId { get; set; }
    public string AudioTranscript { get; set; } = "";

    /// <summary>The items of reasoning_details as they came, in order; those of a stream are not merged.</summary>
    public JsonArray ReasoningDetails { get; } = [];
}

/// <summary>One tool call; <see cref="Key"/> is how the reader found the deltas that belong together.</summary>
internal sealed class OracleToolCall(string key)
{
    public string Key { get; } = key;
    public string? Id { get; set; }
    public string? Type { get; set; }
    public string? Name { get; set; }
    public string Arguments { get; set; } = "";
}

/// <summary>Token counts as the vendor gave them, without any reckoning.</summary>
internal sealed record OracleUsage(long? Prompt, long? Completion, long? Total, long? Cached, long? Reasoning);

/// <summary>An error as the vendor worded it; a number code is its digits.</summary>
internal sealed record OracleError(string? Message, string? Code, string? Type);
