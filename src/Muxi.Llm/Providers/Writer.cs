using System.Collections.Immutable;

namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>
    /// Writer and its Palmyra models, whose chat is OpenAI's at a path of its own. A streamed completion comes in pieces under <c>value</c> and without an end (recorded, 2025), so it cannot be told from
    /// a cut one and is an error here: stream chat instead.
    /// </summary>
    public static Provider Writer { get; } = new("writer", "https://api.writer.com/v1", Auth.Bearer("WRITER_API_KEY"))
    {
        DisplayName = "Writer",
        // Its page names it in place of all the models that went in July 2026.
        DefaultModel = "palmyra-x5",
        // None of these is among what its own Python client can send, which is made from its OpenAPI document (writer/writer-python, 2026).
        Chat = new OpenAIChat
        {
            Path = "chat",
            EffortField = null,
            Drops = ["logit_bias", "frequency_penalty", "presence_penalty", "seed", "user", "metadata", "store", "service_tier", "parallel_tool_calls", "top_logprobs"],
        },
        Completions = new OpenAICompletions
        {
            StreamOptions = false,
            ManyPrompts = false,
            Renames = ImmutableDictionary<string, string>.Empty.Add("seed", "random_seed"),
            Drops = ["n", "suffix", "logprobs", "echo", "logit_bias", "frequency_penalty", "presence_penalty", "user"],
        },
        Documentation = "https://dev.writer.com/api-reference/completion-api/chat-completion",
        Evidence = Evidence.Recorded,
    };
}
